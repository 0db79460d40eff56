//! Commitments: what they have from their obligation, and what follows from them.

use std::collections::{BTreeSet, HashMap};

use entity::{
    Commitment, Deadline, Obligation, commitment, deadline, obligation,
    vocab::{Applicability, DeadlineStatus, Handling},
};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, record::Op, row::Row, store, unit::Item};
use sea_orm::sea_query::Cond;
use uuid::Uuid;

use super::{
    changed::changed,
    compile::{self, Whose},
    work::HANDLING,
};
use crate::domain::Registered;

/// A commitment has framework and binding force from its obligation; what does not simply apply has a reason.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let is_made = |item: &&Item| item.is_new() && !item.is_rejected();
        let ids =
            items.iter().filter(is_made).filter_map(|item| item.after.read(commitment::OBLIGATION)).collect();
        let obligations = unit.rows_of(Obligation::def(), &ids).await?;
        let is_system = unit.actor().is_system();
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let of = item.after.read(commitment::OBLIGATION).and_then(|id| obligations.get(&id));
            if let Some(of) = of.filter(|_| item.is_new()) {
                item.after.set(commitment::FRAMEWORK.column, of.get(obligation::FRAMEWORK.column).clone());
                item.after.set(commitment::BINDING.column, of.get(obligation::BINDING.column).clone());
                if !is_system {
                    item.after.write(commitment::IS_COMPILED, false);
                }
            }
            let needs = [Applicability::InAbeyance, Applicability::NotApplicable];
            let is_told = item.after.read(commitment::APPLICABILITY_REASON).is_some();
            if item.after.read(commitment::APPLICABILITY).is_some_and(|one| needs.contains(&one)) && !is_told
            {
                let text = "say why it does not apply, or rests";
                item.fault("/applicability_reason", Code::Required, text);
            }
        }
        Ok(())
    })
}

/// Deadlines that nobody has begun go to the agency that takes the commitment over, all ask for the care that it asks for, and what
/// applies no more leads to none.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let is_changed = |item: &&Item, column: &str| {
            !item.is_rejected() && !item.is_new() && !item.is_deletion() && item.changes(column)
        };
        let led = items
            .iter()
            .filter(|item| is_changed(item, commitment::LEAD_AGENCY.column) || is_changed(item, HANDLING));
        let led: HashMap<Uuid, (&Row, &Row)> =
            led.filter_map(|item| Some((item.after.id(), (item.before.as_ref()?, &item.after)))).collect();
        if !led.is_empty() {
            let def = Deadline::def();
            let of = unit.conn().among(def.col(deadline::COMMITMENT.column), led.keys());
            let stored = store::all(unit.conn(), def, Cond::all().add(of)).await?;
            let ops = stored.iter().filter_map(|row| {
                let (before, after) = led.get(&row.read(deadline::COMMITMENT)?)?;
                changed(row, handed(row, before, after))
            });
            let ops: Vec<Op> = ops.collect();
            if !ops.is_empty() {
                unit.apply_by_service(def, ops).await?;
            }
        }
        if unit.actor().is_system() {
            return Ok(());
        }
        let weighed = items.iter().filter(|item| {
            is_changed(item, commitment::APPLICABILITY.column) || (item.is_new() && !item.is_rejected())
        });
        let (owners, ids): (BTreeSet<String>, BTreeSet<Uuid>) = weighed
            .filter_map(|item| {
                Some((item.after.owner().to_owned(), item.after.read(commitment::OBLIGATION)?))
            })
            .unzip();
        debug_assert!(items.iter().all(|item| item.after.def() == Commitment::def()), "commitments");
        compile::again(unit, Whose::Owners(owners), Some(ids)).await
    })
}

/// A deadline as it is once its commitment has changed.
fn handed(deadline: &Row, before: &Row, after: &Row) -> Row {
    let mut row = deadline.clone();
    if after.text(HANDLING) == Some(Handling::Restricted.code()) {
        row.set(HANDLING, Handling::Restricted.code());
    }
    let (own, theirs) = (deadline::LEAD_AGENCY.column, commitment::LEAD_AGENCY.column);
    let is_upcoming = row.read(deadline::STATUS) == Some(DeadlineStatus::Upcoming);
    if is_upcoming && row.get(own) == before.get(theirs) {
        row.set(own, after.get(theirs).clone());
    }
    row
}
