//! The content of a plan refuses edits from adoption on.

use futures_util::future::BoxFuture;
use kernel::{Code, Error, Result, Unit, row::Row, unit::Item};

use super::lifecycle::{is_protected, status_of};

/// Columns that are not content: who sees a record, where it is from, how far the work is.
const NOT_CONTENT: &[&str] = &[
    "visibility",
    "handling",
    "shared_set_id",
    "release_set_id",
    "external_key",
    "source_system",
    "status",
    "status_reason",
    "progress_percent",
    "progress_note",
];

fn changes_content(item: &Item) -> bool {
    let columns = item.after.def().columns.iter();
    item.is_new()
        || item.is_deletion()
        || columns
            .filter(|column| !NOT_CONTENT.contains(&column.name))
            .any(|column| item.changes(column.name))
}

fn refusal() -> Error {
    let text =
        "the plan is adopted: its content changes only in a new edition; status and progress can be reported";
    Error::Conflict(Code::PlanAdopted, text.into())
}

/// Refuses edits of an adopted plan itself.
pub(super) fn protect(_: &Unit, items: &mut [Item]) {
    for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_move()) {
        let adopted = item.before.as_ref().is_some_and(|row| is_protected(status_of(row)));
        if adopted && changes_content(item) {
            item.reject(refusal());
        }
    }
}

/// Refuses edits of pillars, objectives and actions of an adopted plan (the guard of these kinds).
pub fn protect_content<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            let plans =
                [item.before.as_ref().and_then(|row| row.uuid("plan_id")), item.after.uuid("plan_id")];
            let mut plans = plans.into_iter().flatten().filter_map(|id| unit.plan(id));
            if plans.any(|plan: &Row| is_protected(status_of(plan))) && changes_content(item) {
                item.reject(refusal());
            }
            let moved = !item.is_new() && !item.is_deletion() && item.changes("plan_id");
            if moved {
                item.fault("/plan", Code::RuleBroken, "a record stays within its plan");
            }
        }
        Ok(())
    })
}

/// Rules of a plan's own fields.
pub(super) fn check_plan<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            if let (Some(from), Some(to)) = (item.after.date("starts_on"), item.after.date("ends_on"))
                && to < from
            {
                item.fault("/ends_on", Code::RuleBroken, "the period ends before it begins");
            }
            if item.is_new() && is_protected(status_of(&item.after)) {
                for field in ["act_body", "act_number", "act_on", "act_source"] {
                    if item.after.is_null(field) {
                        item.fault(
                            &format!("/{field}"),
                            Code::Required,
                            "a plan made in this state names its legal act and where that is published or kept",
                        );
                    }
                }
            }
        }
        Ok(())
    })
}
