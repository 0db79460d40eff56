//! The content of a plan refuses edits from adoption on.

use futures_util::future::BoxFuture;
use kernel::{Code, Error, Result, Unit, editions, row::Row, unit::Item};

use super::plan::is_protected;

/// Whether an item changes content: anything but progress, sharing and origin.
#[must_use]
pub fn changes(item: &Item) -> bool {
    let mut content = editions::content(item.after.def());
    item.is_new() || item.is_deletion() || content.any(|column| item.changes(column.name))
}

/// The refusal of an edit after adoption.
#[must_use]
pub fn refusal() -> Error {
    let text = "the plan is adopted: its content changes only in the next edition, with `edition=working`; status and progress can be reported";
    Error::Conflict(Code::PlanAdopted, text.into())
}

/// Refuses edits of what stands below an adopted plan, and moves to another plan (the guard of these kinds).
pub fn protect_content<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            let plan_of = |row: &Row| row.uuid(row.def().plan_column()?);
            let plans = [item.before.as_ref().and_then(plan_of), plan_of(&item.after)];
            let mut plans = plans.into_iter().flatten().filter_map(|id| unit.plan(id));
            let is_held_apart = unit.is_adopting() || item.is_of_next_edition();
            if !is_held_apart && plans.any(is_protected) && changes(item) {
                item.reject(refusal());
            }
            if !item.is_new() && !item.is_deletion() && item.changes("plan_id") {
                item.fault("/plan", Code::RuleBroken, "a record stays within its plan");
            }
        }
        Ok(())
    })
}
