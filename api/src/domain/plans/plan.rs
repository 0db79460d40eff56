//! Plans: their states, and what each needs.

use entity::{
    plan,
    vocab::{PlanPrecondition, PlanStatus},
};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Result, Unit,
    actor::Actor,
    db::Conn,
    lifecycle::{Lack, Lacking},
    row::Row,
    unit::Item,
};

use super::{content, open::Open};

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

/// Finds what plans lack before they are submitted: actions, those who lead them, and what their owners want settled;
/// hidden content counts too. The rest of what is open is told as a warning.
#[must_use]
pub fn lacking<'a>(conn: Conn<'a>, _: &'a Actor, rows: &'a [&'a Row]) -> BoxFuture<'a, Result<Lacking>> {
    Box::pin(async move {
        let open = Open::of(conn, rows).await?;
        Ok(rows.iter().map(|plan| (plan.id(), lacks(&open, plan))).collect())
    })
}

fn lacks(open: &Open, plan: &Row) -> Vec<Lack> {
    let wanted = plan.read(plan::PRECONDITIONS).unwrap_or_default();
    let id = plan.id();
    let wanted_as = |lack: Lack, asked| lack.warning(!wanted.contains(&asked));
    let has_actions = Lack::of("has_actions", "a pillar with an objective with an action");
    let has_leads = Lack::of("has_leads", "a lead agency on each action");
    let comments = Lack::of("comments_settled", "each comment on the plan and its content settled");
    let gaps = Lack::of("gap_links", "a gap that each action closes");
    let risks = Lack::of("risk_links", "a risk that each action reduces");
    let found = [
        (!open.has_actions(id)).then_some(has_actions),
        open.has_unled(id).then_some(has_leads),
        open.has_comments(id).then_some(wanted_as(comments, PlanPrecondition::CommentsSettled)),
        open.lacks_gap(id).then_some(wanted_as(gaps, PlanPrecondition::GapLinks)),
        open.lacks_risk(id).then_some(wanted_as(risks, PlanPrecondition::RiskLinks)),
    ];
    found.into_iter().flatten().collect()
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
