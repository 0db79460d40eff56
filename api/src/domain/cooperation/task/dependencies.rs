//! Rules of tasks over other rows: one owner, no circle of dependencies.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::future::BoxFuture;
use kernel::{Code, Record, Result, Unit, policy::visible, store, unit::Item};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::Task;

/// Checks a batch of tasks.
pub(super) fn check_tasks<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let plan = item.after.uuid("plan_id").and_then(|id| unit.plan(id));
            if plan.is_some_and(|plan| plan.owner() != item.after.owner()) {
                item.fault("/plan", Code::RuleBroken, "a task belongs to the owner of its plan");
            }
            if item.is_new() {
                check_first_state(item);
            }
        }
        check_circles(unit, items).await
    })
}

/// A task made in a later state, for history and imports, comes with that state's facts.
fn check_first_state(item: &mut Item) {
    let state = item.after.text("status").unwrap_or_default().to_owned();
    if matches!(state.as_str(), "blocked" | "cancelled") {
        item.fault(
            "/status",
            Code::RuleBroken,
            "make the task in an earlier state and then the move, with its reason",
        );
    }
    if state != "planned" && item.after.is_null("due_on") {
        item.fault("/due_on", Code::Required, "a task in this state has a due date");
    }
}

/// Walks from the new dependencies; whoever meets itself is part of a circle.
///
/// The walk goes through tasks the caller sees only: what a hidden one waits for is not told by a refusal.
async fn check_circles(unit: &Unit, items: &mut [Item]) -> Result<()> {
    let adding = |item: &&mut Item| {
        !item.is_rejected() && item.changes("depends_on") && !item.after.ids("depends_on").is_empty()
    };
    let mut edges: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut owners = BTreeSet::new();
    for item in items.iter_mut().filter(adding) {
        edges.insert(item.after.id(), item.after.ids("depends_on"));
        owners.insert(item.after.owner().to_owned());
    }
    if edges.is_empty() {
        return Ok(());
    }
    unit.lock_owners(&owners).await?;
    let mut front: BTreeSet<Uuid> =
        edges.values().flatten().copied().filter(|id| !edges.contains_key(id)).collect();
    let mut seen: HashSet<Uuid> = front.iter().copied().collect();
    let task = Task::def();
    while !front.is_empty() {
        let which = Cond::all().add(visible(unit.actor(), task)).add(task.col("id").is_in(front));
        let seen_now = store::distinct(unit.conn(), task, "id", which).await?;
        front = BTreeSet::new();
        for (from, to) in unit.linked("task_dependency", &seen_now).await? {
            edges.entry(from).or_default().push(to);
            if !edges.contains_key(&to) && seen.insert(to) {
                front.insert(to);
            }
        }
    }
    for item in items.iter_mut().filter(adding) {
        if reaches_itself(item.after.id(), &edges) {
            item.fault("/depends_on", Code::ReferenceCycle, "the task would wait for itself");
        }
    }
    Ok(())
}

fn reaches_itself(start: Uuid, edges: &HashMap<Uuid, Vec<Uuid>>) -> bool {
    let mut stack = edges.get(&start).cloned().unwrap_or_default();
    let mut seen = HashSet::new();
    while let Some(at) = stack.pop() {
        if at == start {
            return true;
        }
        if seen.insert(at) {
            stack.extend(edges.get(&at).into_iter().flatten());
        }
    }
    false
}
