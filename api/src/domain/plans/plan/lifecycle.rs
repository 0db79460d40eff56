//! The states of a plan and the moves between them.

use std::collections::{BTreeSet, HashMap};

use entity::vocab::PlanStatus;
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
    lifecycle::{MoveState, refuse, refuse_silent_moves},
    plans::{action::Action, plan::Plan},
};

/// The moves of a plan.
pub const VERBS: &[Verb] = &[
    Verb::Consult,
    Verb::Submit,
    Verb::Recall,
    Verb::Adopt,
    Verb::Return,
    Verb::Withdraw,
    Verb::Start,
    Verb::Review,
    Verb::Resume,
    Verb::Close,
];

/// The state a move leads to; none if the state does not know the move.
#[must_use]
pub const fn next(from: PlanStatus, verb: Verb) -> Option<PlanStatus> {
    use PlanStatus as S;
    match (from, verb) {
        (S::Draft, Verb::Consult) => Some(S::InConsultation),
        (S::InConsultation, Verb::Submit) => Some(S::Submitted),
        (S::InConsultation | S::Submitted, Verb::Recall) | (S::Submitted, Verb::Return) => Some(S::Draft),
        (S::Submitted, Verb::Adopt) => Some(S::Adopted),
        (S::Adopted, Verb::Start) | (S::UnderReview, Verb::Resume) => Some(S::InImplementation),
        (S::InImplementation, Verb::Review) => Some(S::UnderReview),
        (S::UnderReview, Verb::Close) | (S::Adopted | S::InImplementation, Verb::Withdraw) => Some(S::Closed),
        _ => None,
    }
}

/// Tells whether the content of a plan in this state refuses edits.
#[must_use]
pub const fn is_protected(status: PlanStatus) -> bool {
    match status {
        PlanStatus::Draft | PlanStatus::InConsultation | PlanStatus::Submitted => false,
        PlanStatus::Adopted
        | PlanStatus::InImplementation
        | PlanStatus::UnderReview
        | PlanStatus::Closed
        | PlanStatus::Superseded => true,
    }
}

/// The state stored in a plan's row.
#[must_use]
pub fn status_of(row: &Row) -> PlanStatus {
    row.text("status")
        .and_then(|code| PlanStatus::try_from_value(&code.to_owned()).ok())
        .unwrap_or(PlanStatus::Draft)
}

/// What the moves need to know of a plan's content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether there is an action, and so a pillar and an objective above it.
    pub has_actions: bool,
    /// Whether an action has no lead agency.
    pub has_unled: bool,
}

/// Facts a move lacks, in words.
#[must_use]
pub fn missing(verb: Verb, row: &Row, facts: Facts) -> Vec<String> {
    let mut missing = Vec::new();
    if verb == Verb::Submit {
        if !facts.has_actions {
            missing.push("a pillar with an objective with an action".to_owned());
        }
        if facts.has_unled {
            missing.push("a lead agency on each action".to_owned());
        }
    }
    if verb == Verb::Adopt {
        let needed = ["act_body", "act_number", "act_on"];
        missing.extend(needed.iter().filter(|column| row.is_null(column)).map(|column| (*column).to_owned()));
    }
    if matches!(verb, Verb::Return | Verb::Withdraw) && row.is_null("status_reason") {
        missing.push("reason".to_owned());
    }
    missing
}

/// Facts about the content of plans, hidden content too: two statements.
async fn facts(conn: Conn<'_>, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Facts>> {
    let action = Action::def();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let of = Cond::all().add(action.col("plan_id").is_in(ids.iter().copied()));
    let has_actions = store::distinct(conn, action, "plan_id", of.clone()).await?;
    let has_unled =
        store::distinct(conn, action, "plan_id", of.add(action.col("lead_agency_id").is_null())).await?;
    let facts =
        |id: &Uuid| Facts { has_actions: has_actions.contains(id), has_unled: has_unled.contains(id) };
    Ok(ids.iter().map(|id| (*id, facts(id))).collect())
}

/// The moves of a visible plan, each with what it lacks.
///
/// # Errors
/// `NotFound` if the plan is not visible.
pub async fn moves(ctx: &Ctx, id: Uuid) -> Result<Vec<MoveState>> {
    moves_of(ctx, &[id].into()).await?.remove(&id).ok_or(Error::NotFound)
}

/// The moves of visible plans, each with what it lacks.
///
/// # Errors
/// What the database says.
pub async fn moves_of(ctx: &Ctx, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Vec<MoveState>>> {
    let rows = store::by_ids(ctx, Plan::def(), ids).await?;
    let facts = facts(ctx.db.reading(), &rows.keys().copied().collect()).await?;
    let moves = |row: &Row| {
        let facts = facts.get(&row.id()).copied().unwrap_or_default();
        let scope = row.scope();
        let may = |verb| authorize(&ctx.actor, verb, Plan::def(), &scope).is_ok();
        let known = VERBS.iter().filter_map(|verb| Some((*verb, next(status_of(row), *verb)?)));
        let states = known.map(|(verb, to)| {
            // What comes with the call itself is not missing beforehand; what is missing is told
            // to those only who may make the move, for it speaks of hidden content too.
            let recorded_only = !may(verb) && may(Verb::Record);
            let may = may(verb) || recorded_only;
            let missing = if may && verb == Verb::Submit { missing(verb, row, facts) } else { Vec::new() };
            let allowed = may && missing.is_empty();
            MoveState { verb, to: to.to_value(), allowed, recorded_only, missing }
        });
        states.collect()
    };
    Ok(rows.iter().map(|(id, row)| (*id, moves(row))).collect())
}

/// Makes the moves of a batch, and refuses what the state does not allow.
pub fn guard<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        super::content::protect(unit, items);
        refuse_silent_moves(items);
        let submitted = items.iter().filter(|item| item.verb == Verb::Submit && !item.is_rejected());
        let facts = facts(unit.conn(), &submitted.filter_map(|item| item.id).collect()).await?;
        let actor = unit.actor().clone();
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            if item.is_new()
                && status_of(&item.after) != PlanStatus::Draft
                && let Err(denial) = authorize(&actor, Verb::Record, Plan::def(), &item.after.scope())
            {
                item.reject(Error::Forbidden(denial.rule.into()));
            }
            if VERBS.contains(&item.verb) {
                make_move(item, &facts);
            }
        }
        Ok(())
    })
}

fn make_move(item: &mut Item, facts: &HashMap<Uuid, Facts>) {
    let from = item.before.as_ref().map_or(PlanStatus::Draft, status_of);
    let known: Vec<Verb> = VERBS.iter().copied().filter(|verb| next(from, *verb).is_some()).collect();
    let Some(to) = next(from, item.verb) else {
        item.reject(refuse(item.verb, &from.to_value(), &known, Vec::new()));
        return;
    };
    if !item.fields.contains_key("status_reason") {
        item.after.clear("status_reason");
    }
    let facts = item.id.and_then(|id| facts.get(&id).copied()).unwrap_or_default();
    let missing = missing(item.verb, &item.after, facts);
    if missing.is_empty() {
        item.after.set("status", to.to_value());
    } else {
        item.reject(refuse(item.verb, &from.to_value(), &known, missing));
    }
}

#[cfg(test)]
mod tests {
    use entity::vocab::PlanStatus as S;
    use kernel::policy::Verb;
    use sea_orm::Iterable;

    use super::{VERBS, next};

    #[test]
    fn every_move_of_a_plan_stands_in_the_table() {
        let mut table = Vec::new();
        for from in S::iter() {
            for verb in VERBS {
                table.extend(next(from, *verb).map(|to| (from, *verb, to)));
            }
        }

        assert_eq!(
            table,
            [
                (S::Draft, Verb::Consult, S::InConsultation),
                (S::InConsultation, Verb::Submit, S::Submitted),
                (S::InConsultation, Verb::Recall, S::Draft),
                (S::Submitted, Verb::Recall, S::Draft),
                (S::Submitted, Verb::Adopt, S::Adopted),
                (S::Submitted, Verb::Return, S::Draft),
                (S::Adopted, Verb::Withdraw, S::Closed),
                (S::Adopted, Verb::Start, S::InImplementation),
                (S::InImplementation, Verb::Withdraw, S::Closed),
                (S::InImplementation, Verb::Review, S::UnderReview),
                (S::UnderReview, Verb::Resume, S::InImplementation),
                (S::UnderReview, Verb::Close, S::Closed),
            ]
        );
    }
}
