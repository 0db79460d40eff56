//! The states of a task and the moves between them.

use std::collections::{BTreeSet, HashMap};

use entity::vocab::TaskStatus;
use futures_util::future::BoxFuture;
use kernel::{
    Ctx, Error, Record, Result, Unit,
    db::Conn,
    policy::{Verb, authorize},
    row::Row,
    store,
    unit::Item,
};
use sea_orm::{
    ActiveEnum,
    sea_query::{Cond, ExprTrait},
};
use uuid::Uuid;

use crate::domain::{
    cooperation::task::Task,
    lifecycle::{MoveState, refuse, refuse_silent_moves},
};

/// The moves of a task.
pub const VERBS: &[Verb] = &[
    Verb::Assign,
    Verb::Start,
    Verb::Submit,
    Verb::Complete,
    Verb::Return,
    Verb::Block,
    Verb::Unblock,
    Verb::Cancel,
    Verb::Reopen,
];

/// The state a move leads to; `unblock` leads back to the state before the block.
#[must_use]
pub const fn next(from: TaskStatus, before_block: TaskStatus, verb: Verb) -> Option<TaskStatus> {
    use TaskStatus as S;
    match (from, verb) {
        (S::Planned, Verb::Assign) => Some(S::Assigned),
        (S::Assigned, Verb::Start) | (S::InReview, Verb::Return) | (S::Done | S::Cancelled, Verb::Reopen) => {
            Some(S::InProgress)
        }
        (S::InProgress, Verb::Submit) => Some(S::InReview),
        (S::InReview, Verb::Complete) => Some(S::Done),
        (S::Assigned | S::InProgress | S::InReview, Verb::Block) => Some(S::Blocked),
        (S::Blocked, Verb::Unblock) => Some(before_block),
        (S::Planned | S::Assigned | S::InProgress | S::InReview | S::Blocked, Verb::Cancel) => {
            Some(S::Cancelled)
        }
        _ => None,
    }
}

fn status(row: &Row, column: &str) -> Option<TaskStatus> {
    TaskStatus::try_from_value(&row.text(column)?.to_owned()).ok()
}

fn states(row: &Row) -> (TaskStatus, TaskStatus) {
    let from = status(row, "status").unwrap_or(TaskStatus::Planned);
    (from, status(row, "status_before_block").unwrap_or(TaskStatus::Assigned))
}

/// Facts a move lacks, in words.
fn missing(verb: Verb, row: &Row, waits: bool) -> Vec<String> {
    let mut missing = Vec::new();
    if verb == Verb::Assign && row.is_null("due_on") {
        missing.push("due_on".to_owned());
    }
    if verb == Verb::Complete && waits {
        missing.push("every task it depends on done or cancelled".to_owned());
    }
    if matches!(verb, Verb::Block | Verb::Cancel | Verb::Reopen) && row.is_null("status_reason") {
        missing.push("reason".to_owned());
    }
    missing
}

/// Of the tasks that `rows` depend on, those still open; hidden ones count too.
async fn open_ones<'a>(conn: Conn<'_>, rows: impl Iterator<Item = &'a Row>) -> Result<BTreeSet<Uuid>> {
    let ids: BTreeSet<Uuid> = rows.flat_map(|row| row.ids("depends_on")).collect();
    if ids.is_empty() {
        return Ok(ids);
    }
    let task = Task::def();
    let open =
        Cond::all().add(task.col("id").is_in(ids)).add(task.col("status").is_not_in(["done", "cancelled"]));
    store::distinct(conn, task, "id", open).await
}

fn waits(row: &Row, open: &BTreeSet<Uuid>) -> bool {
    row.ids("depends_on").iter().any(|id| open.contains(id))
}

/// The moves of a visible task, each with what it lacks.
///
/// # Errors
/// `NotFound` if the task is not visible.
pub async fn moves(ctx: &Ctx, id: Uuid) -> Result<Vec<MoveState>> {
    moves_of(ctx, &[id].into()).await?.remove(&id).ok_or(Error::NotFound)
}

/// The moves of visible tasks, each with what it lacks.
///
/// # Errors
/// What the database says.
pub async fn moves_of(ctx: &Ctx, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Vec<MoveState>>> {
    let rows = store::by_ids(ctx, Task::def(), ids).await?;
    let open = open_ones(ctx.db.reading(), rows.values()).await?;
    let moves = |row: &Row| {
        let (from, before) = states(row);
        let scope = row.scope();
        let known = VERBS.iter().filter_map(|verb| Some((*verb, next(from, before, *verb)?)));
        let states = known.map(|(verb, to)| {
            // Told to those only who may make the move, for it speaks of hidden tasks too.
            let may = authorize(&ctx.actor, verb, Task::def(), &scope).is_ok();
            let mut missing = if may { missing(verb, row, waits(row, &open)) } else { Vec::new() };
            // The reason comes with the call itself.
            missing.retain(|fact| fact != "reason");
            let allowed = may && missing.is_empty();
            MoveState { verb, to: to.to_value(), allowed, recorded_only: false, missing }
        });
        states.collect()
    };
    Ok(rows.iter().map(|(id, row)| (*id, moves(row))).collect())
}

/// Makes the moves of a batch, and refuses what the state does not allow.
pub fn guard<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        refuse_silent_moves(items);
        let completing = items.iter().filter(|item| item.verb == Verb::Complete && !item.is_rejected());
        let open = open_ones(unit.conn(), completing.map(|item| &item.after)).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected() && VERBS.contains(&item.verb)) {
            let Some((from, before)) = item.before.as_ref().map(states) else { continue };
            let known: Vec<Verb> =
                VERBS.iter().copied().filter(|v| next(from, before, *v).is_some()).collect();
            let Some(to) = next(from, before, item.verb) else {
                item.reject(refuse(item.verb, &from.to_value(), &known, Vec::new()));
                continue;
            };
            if !item.fields.contains_key("status_reason") {
                item.after.clear("status_reason");
            }
            let waits = waits(&item.after, &open);
            let missing = missing(item.verb, &item.after, waits);
            if !missing.is_empty() {
                item.reject(refuse(item.verb, &from.to_value(), &known, missing));
                continue;
            }
            match item.verb {
                Verb::Block => item.after.set("status_before_block", from.to_value()),
                _ => item.after.clear("status_before_block"),
            }
            item.after.set("status", to.to_value());
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use entity::vocab::TaskStatus as S;
    use kernel::policy::Verb;
    use sea_orm::Iterable;

    use super::{VERBS, next};

    #[test]
    fn every_move_of_a_task_stands_in_the_table() {
        let open = [S::Planned, S::Assigned, S::InProgress, S::InReview, S::Blocked];
        for from in S::iter() {
            let to = |verb| next(from, S::InReview, verb);
            assert_eq!(to(Verb::Assign), (from == S::Planned).then_some(S::Assigned));
            assert_eq!(to(Verb::Start), (from == S::Assigned).then_some(S::InProgress));
            assert_eq!(to(Verb::Submit), (from == S::InProgress).then_some(S::InReview));
            assert_eq!(to(Verb::Complete), (from == S::InReview).then_some(S::Done));
            assert_eq!(to(Verb::Return), (from == S::InReview).then_some(S::InProgress));
            let can_block = [S::Assigned, S::InProgress, S::InReview].contains(&from);
            assert_eq!(to(Verb::Block), can_block.then_some(S::Blocked));
            assert_eq!(to(Verb::Unblock), (from == S::Blocked).then_some(S::InReview));
            assert_eq!(to(Verb::Cancel), open.contains(&from).then_some(S::Cancelled));
            assert_eq!(to(Verb::Reopen), (!open.contains(&from)).then_some(S::InProgress));
        }
        assert_eq!(VERBS.len(), 9);
    }
}
