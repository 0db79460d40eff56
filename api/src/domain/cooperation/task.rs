//! Tasks: work between agencies, with or without a plan.

use std::collections::BTreeSet;

use entity::{Deadline, Task, deadline, task, vocab::TaskStatus};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Result, Unit,
    actor::Actor,
    db::Conn,
    lifecycle::{Lack, Lacking},
    policy::visible,
    row::Row,
    store,
    unit::Item,
};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use crate::domain::{
    Registered,
    treaties::deadline::{OPEN, submitted},
};

/// Finds the tasks that wait for others which are still open, hidden ones too, and those whose deadline asks for a submission: of
/// these two what the caller does not see is absent.
#[must_use]
pub fn lacking<'a>(conn: Conn<'a>, actor: &'a Actor, rows: &'a [&'a Row]) -> BoxFuture<'a, Result<Lacking>> {
    Box::pin(async move {
        let mut all = waiting(conn, rows).await?;
        for (id, lack) in unsent(conn, actor, rows).await? {
            all.entry(id).or_default().push(lack);
        }
        Ok(all)
    })
}

/// The tasks that wait for others which are still open.
async fn waiting(conn: Conn<'_>, rows: &[&Row]) -> Result<Lacking> {
    let waits_for = |row: &Row| row.read(task::DEPENDS_ON).unwrap_or_default();
    let ids: BTreeSet<Uuid> = rows.iter().flat_map(|row| waits_for(row)).collect();
    if ids.is_empty() {
        return Ok(Lacking::new());
    }
    let def = Task::def();
    let over = [TaskStatus::Done, TaskStatus::Cancelled].map(TaskStatus::code);
    let open = Cond::all().add(def.col("id").is_in(ids)).add(def.col(task::STATUS.column).is_not_in(over));
    let open = store::distinct(conn, def, "id", open).await?;
    let waiting = rows.iter().filter(|row| waits_for(row).iter().any(|id| open.contains(id)));
    let fact = Lack::of("dependencies_done", "every task it depends on done or cancelled");
    Ok(waiting.map(|row| (row.id(), vec![fact])).collect())
}

/// The tasks whose deadline is open and has no submission on record, as far as the caller sees them.
async fn unsent(conn: Conn<'_>, actor: &Actor, rows: &[&Row]) -> Result<Vec<(Uuid, Lack)>> {
    let ids: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.read(task::DEADLINE)).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let def = Deadline::def();
    let among = Cond::all()
        .add(visible(actor, def))
        .add(conn.among(def.col("id"), &ids))
        .add(def.col(deadline::STATUS.column).is_in(OPEN));
    let open = store::distinct(conn, def, "id", among).await?;
    let sent = submitted(conn, actor, &open).await?;
    let asks =
        |row: &&&Row| row.read(task::DEADLINE).is_some_and(|id| open.contains(&id) && !sent.contains(&id));
    let fact =
        Lack::of("submission_recorded", "a submission on record for its deadline, or the deadline closed");
    Ok(rows.iter().filter(asks).map(|row| (row.id(), fact)).collect())
}

/// Rules of a task's own fields.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let made = items.iter().filter(|item| item.is_new() && !item.is_rejected());
        let ids = made.filter_map(|item| item.after.read(task::DEADLINE)).collect();
        let deadlines = unit.rows_of(Deadline::def(), &ids).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let plan = item.after.read(task::PLAN).and_then(|id| unit.plan(id));
            if plan.is_some_and(|plan| plan.owner() != item.after.owner()) {
                item.fault("/plan", Code::RuleBroken, "a task belongs to the owner of its plan");
            }
            let deadline = item.after.read(task::DEADLINE).and_then(|id| deadlines.get(&id));
            if deadline.is_some_and(|deadline| deadline.owner() != item.after.owner()) {
                item.fault("/deadline", Code::RuleBroken, "a task belongs to the owner of its deadline");
            }
            // One that comes back does so in the state, and with the facts, that it had.
            if item.is_new() && !item.is_restored() {
                check_first_state(item);
            } else if !item.is_new() && item.changes(task::DUE_ON.column) {
                check_due(item);
            }
        }
        Ok(())
    })
}

/// A task made in a later state, for history and imports, comes with that state's facts.
fn check_first_state(item: &mut Item) {
    let state = item.after.read(task::STATUS);
    if matches!(state, Some(TaskStatus::Blocked | TaskStatus::Cancelled)) {
        let text = "make the task in an earlier state and then the move, with its reason";
        item.fault("/status", Code::RuleBroken, text);
    }
    check_due(item);
}

/// Only a planned task may be without a due date.
fn check_due(item: &mut Item) {
    let is_planned = item.after.read(task::STATUS) == Some(TaskStatus::Planned);
    if !is_planned && item.after.read(task::DUE_ON).is_none() {
        item.fault("/due_on", Code::Required, "a task in this state has a due date");
    }
}
