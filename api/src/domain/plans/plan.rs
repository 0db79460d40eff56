//! Plans: their states, and what each needs.

use std::collections::BTreeSet;

use entity::{Action, action, plan, vocab::PlanStatus};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, db::Conn, editions, lifecycle::Lacking, row::Row, store, unit::Item};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::content;
use crate::domain::Registered;

/// Whether the content of a plan refuses edits.
#[must_use]
pub fn is_protected(plan: &Row) -> bool {
    match plan.read(plan::STATUS).unwrap_or(PlanStatus::Draft) {
        PlanStatus::Draft | PlanStatus::InConsultation | PlanStatus::Submitted => false,
        PlanStatus::Adopted
        | PlanStatus::InImplementation
        | PlanStatus::UnderReview
        | PlanStatus::Closed
        | PlanStatus::Superseded => true,
    }
}

/// Whether an edition of a plan is worked on beside the one in force.
#[must_use]
pub fn has_next(plan: &Row) -> bool {
    is_protected(plan) && plan.read(plan::WORKING_STATUS).is_some()
}

/// Finds the plans without actions, and those with actions that nobody leads; hidden content counts too.
#[must_use]
pub fn lacking<'a>(conn: Conn<'a>, rows: &'a [&'a Row]) -> BoxFuture<'a, Result<Lacking>> {
    Box::pin(async move {
        let def = Action::def();
        let ids: BTreeSet<Uuid> = rows.iter().map(|row| row.id()).collect();
        let next: BTreeSet<Uuid> = rows.iter().filter(|row| has_next(row)).map(|row| row.id()).collect();
        let of =
            |ids: &BTreeSet<Uuid>| Cond::all().add(def.col(action::PLAN.column).is_in(ids.iter().copied()));
        let rest = of(&ids.difference(&next).copied().collect());
        let mut acting = store::distinct(conn, def, action::PLAN.column, rest.clone()).await?;
        let unled = rest.add(def.col(action::LEAD_AGENCY.column).is_null());
        let mut unled = store::distinct(conn, def, action::PLAN.column, unled).await?;
        if !next.is_empty() {
            for row in store::all(conn, def, of(&next)).await?.iter().filter_map(editions::unfolded) {
                let Some(plan) = row.read(action::PLAN) else { continue };
                acting.insert(plan);
                if row.read(action::LEAD_AGENCY).is_none() {
                    unled.insert(plan);
                }
            }
        }
        let facts = |id: &Uuid| {
            let actions = ("has_actions", "a pillar with an objective with an action");
            let leads = ("has_leads", "a lead agency on each action");
            let missing = [(!acting.contains(id)).then_some(actions), unled.contains(id).then_some(leads)];
            missing.into_iter().flatten().collect()
        };
        Ok(ids.iter().map(|id| (*id, facts(id))).collect())
    })
}

/// Refuses edits of an adopted plan.
pub fn guard<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_move()) {
            let is_held_apart = item.is_of_next_edition() && !item.is_deletion();
            let is_adopted = item.before.as_ref().is_some_and(is_protected);
            if is_adopted && !is_held_apart && content::changes(item) {
                item.reject(content::refusal());
            }
        }
        Ok(())
    })
}

/// A plan made in a later state comes with its legal act.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            super::editions::adoption::settle(item);
            if !item.is_new() {
                continue;
            }
            if !is_protected(&item.after) {
                continue;
            }
            let row = &item.after;
            let act = [
                ("/act_body", row.read(plan::ACT_BODY).is_some()),
                ("/act_number", row.read(plan::ACT_NUMBER).is_some()),
                ("/act_on", row.read(plan::ACT_ON).is_some()),
                ("/act_source", row.read(plan::ACT_SOURCE).is_some()),
            ];
            for (pointer, _) in act.into_iter().filter(|(_, is_given)| !is_given) {
                let text =
                    "a plan made in this state names its legal act and where that is published or kept";
                item.fault(pointer, Code::Required, text);
            }
        }
        Ok(())
    })
}
