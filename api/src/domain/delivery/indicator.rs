//! Indicators: what each stands below, what its values need, and who leads.

use std::collections::BTreeSet;

use entity::{Indicator, action, indicator};
use futures_util::future::BoxFuture;
use kernel::{Code, KindDef, Result, Unit, record::Op, row::Row, store, unit::Item};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::Map;
use uuid::Uuid;

use crate::domain::Registered;

/// What indicators have from their action.
const FOLLOWED: [&str; 2] = [action::LEAD_AGENCY.column, action::OBJECTIVE.column];

/// Rules of an indicator's own fields.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            if item.is_new() {
                check_place(unit, item);
            }
            let row = &item.after;
            let pairs = [
                (
                    "baseline",
                    row.read(indicator::BASELINE).is_some(),
                    row.read(indicator::BASELINE_ON).is_some(),
                ),
                ("target", row.read(indicator::TARGET).is_some(), row.read(indicator::TARGET_ON).is_some()),
            ];
            for (name, has_value, has_day) in pairs {
                if has_value && !has_day {
                    let text = format!("a {name} has a day: give `{name}_on` too");
                    item.fault(&format!("/{name}_on"), Code::Required, text);
                } else if has_day && !has_value {
                    let text = format!("the day of a {name} has a value: give `{name}` too");
                    item.fault(&format!("/{name}"), Code::Required, text);
                }
            }
        }
        Ok(())
    })
}

/// An indicator measures one thing, of its owner.
fn check_place(unit: &Unit, item: &mut Item) {
    let row = &item.after;
    let (objective, action) = (row.read(indicator::OBJECTIVE), row.read(indicator::ACTION));
    let plan = row.read(indicator::PLAN);
    match plan {
        None if objective.is_none() && action.is_none() => {
            let text = "an indicator measures a plan, an objective or an action";
            item.fault("/plan", Code::Required, text);
        }
        None => {}
        Some(plan) => {
            let is_other = unit.plan(plan).is_some_and(|plan| plan.owner() != item.after.owner());
            if is_other {
                item.fault("/owner", Code::RuleBroken, "an indicator belongs to the owner of its plan");
            }
        }
    }
}

/// The indicators of actions get another lead agency, or another objective, with them.
pub fn follow_action<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(hand_down(unit, items, (&FOLLOWED, Indicator::def(), indicator::ACTION.column)))
}

/// Writes the records below those of which a column changed, for theirs follows from it.
pub(in crate::domain) async fn hand_down(
    unit: &mut Unit,
    items: &[Item],
    (followed, below, above): (&[&str], &'static KindDef, &str),
) -> Result<()> {
    // What is held apart changes nothing below before its adoption.
    let is_edit = |item: &&Item| {
        !item.is_rejected() && !item.is_new() && !item.is_deletion() && !item.is_of_next_edition()
    };
    let changes = |item: &&Item| followed.iter().any(|column| item.changes(column));
    let ids: BTreeSet<Uuid> =
        items.iter().filter(is_edit).filter(changes).map(|item| item.after.id()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = store::all(unit.conn(), below, Cond::all().add(below.col(above).is_in(ids))).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let again = |row: &Row| Op::Update { id: row.id(), version: Some(row.version()), fields: Map::new() };
    unit.apply_by_service(below, rows.iter().map(again).collect()).await.map(drop)
}
