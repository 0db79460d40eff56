//! The adoption of an edition: its changes become what is in force, and its content is frozen.

use std::sync::Arc;

use entity::{plan, vocab::PlanStatus};
use futures_util::future::BoxFuture;
use kernel::{
    Error, KindDef, Result, Unit, editions,
    record::{Op, OutcomeKind},
    row::Row,
    store,
    unit::{Atomic, Item},
};
use model::declaration::standard::{DRAFTED_IN, PENDING};
use sea_orm::sea_query::{Cond, ExprTrait};

use super::{frozen, kinds};
use crate::domain::plans::plan::is_protected;

/// Whether an item brings an edition of its plan into force.
fn adopts(item: &Item) -> bool {
    let had_one_to_adopt = item
        .before
        .as_ref()
        .is_none_or(|before| !is_protected(before) || before.read(plan::WORKING_STATUS).is_some());
    had_one_to_adopt && is_protected(&item.after) && item.after.read(plan::WORKING_STATUS).is_none()
}

/// Puts what the next edition changes of the plan itself into the plan that is adopted, with the number of the edition.
pub fn settle(item: &mut Item) {
    let Some(before) = item.before.as_ref().filter(|before| is_protected(before)) else { return };
    if !adopts(item) {
        return;
    }
    let number = before.read(plan::EDITION).unwrap_or_default().saturating_add(1);
    // The act is that of this adoption, whatever the edition said of it.
    let acts = [plan::ACT_BODY.column, plan::ACT_NUMBER.column, plan::ACT_ON.column, plan::ACT_SOURCE.column];
    let act = acts.map(|column| (column, item.after.get(column).clone()));
    if let Some(next) = editions::settled(&item.after) {
        item.after = next;
    }
    for (column, value) in act {
        item.after.set(column, value);
    }
    item.after.write(plan::EDITION, number);
    item.after.write(plan::STATUS, PlanStatus::Adopted);
}

/// Brings the content of adopted plans into force, and freezes it.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter().filter(|item| !item.is_rejected() && !item.is_deletion() && adopts(item)) {
            let caller = unit.actor().clone();
            unit.act_as(Arc::new(caller.elevated().drafting()));
            unit.adopting(true);
            let done = adopt(unit, &item.after).await;
            unit.adopting(false);
            unit.act_as(caller);
            done?;
        }
        Ok(())
    })
}

async fn adopt(unit: &mut Unit, plan: &Row) -> Result<()> {
    let mut removals = Vec::new();
    // What the edition makes of the plan itself came with the move.
    for def in kinds().filter(|def| def.name != plan.def().name) {
        let rows = touched(unit, def, plan).await?;
        let put = rows.iter().filter_map(editions::settled).map(|row| Op::Put(Box::new(row))).collect();
        apply(unit, def, put).await?;
        removals.push((def, rows.into_iter().filter(editions::is_removed).collect::<Vec<_>>()));
    }
    for (def, rows) in removals.iter().rev() {
        let gone = rows.iter().map(|row| Op::Delete { id: row.id(), version: Some(row.version()) }).collect();
        apply(unit, def, gone).await?;
    }
    frozen::freeze(unit, plan).await
}

/// The records of a plan that the edition makes, changes or removes; hidden ones too.
async fn touched(unit: &Unit, def: &'static KindDef, plan: &Row) -> Result<Vec<Row>> {
    let changed = Cond::any().add(def.col(PENDING).is_not_null()).add(def.col(DRAFTED_IN).is_not_null());
    let which = Cond::all().add(def.col("plan_id").eq(plan.id())).add(changed);
    store::all(unit.conn(), def, which).await
}

/// Writes what the edition holds; where one record is refused, the adoption is, for the same reason.
async fn apply(unit: &mut Unit, def: &'static KindDef, ops: Vec<Op>) -> Result<()> {
    if ops.is_empty() {
        return Ok(());
    }
    match unit.apply(def, ops, Atomic::All).await {
        Ok(_) => Ok(()),
        Err(Error::Rejected(outcomes)) => {
            let mut refused = outcomes.into_iter().filter_map(|outcome| match outcome.kind {
                OutcomeKind::Rejected(error) => Some(error),
                _ => None,
            });
            Err(refused.next().unwrap_or_else(|| Error::Internal("a batch was refused for no reason".into())))
        }
        Err(error) => Err(error),
    }
}
