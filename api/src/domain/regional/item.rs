//! Items of regional plans: text of a country needs its endorsement, and a changed item is endorsed anew.

use std::collections::{BTreeMap, BTreeSet};

use entity::{Endorsement, endorsement, regional_item, vocab::EndorsementStatus};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, policy::withhold, row::Row, unit::Item};
use model::declaration::standard::NAMED;
use uuid::Uuid;

use super::sources;
use crate::domain::{Registered, asked::Asking};

/// The endorsements of items, by item.
pub(super) async fn endorsements(unit: &Unit, items: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, Vec<Row>>> {
    let mut found: BTreeMap<Uuid, Vec<Row>> = BTreeMap::new();
    for row in asking().rows(unit, items).await? {
        if let Some(item) = row.read(endorsement::ITEM) {
            found.entry(item).or_default().push(row);
        }
    }
    Ok(found)
}

/// Whether a country endorses an item, with a reservation or without.
pub(super) fn is_endorsed(row: &Row) -> bool {
    let endorsed = [EndorsementStatus::Endorsed, EndorsementStatus::WithReservation];
    row.read(endorsement::STATUS).is_some_and(|status| endorsed.contains(&status))
}

/// A text that is copied from a country's record names the record, and needs the country's endorsement.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let actor = unit.ctx.actor.clone();
        let copies = |item: &&Item| {
            let changes = |column| item.changes(column);
            !item.is_rejected()
                && !item.is_deletion()
                && item.after.read(regional_item::COPIED_TEXT).is_some()
                && (changes(regional_item::COPIED_TEXT.column) || changes(regional_item::COPIED_FROM.column))
        };
        let ids: BTreeSet<Uuid> = items.iter().filter(copies).map(|item| item.after.id()).collect();
        let endorsements = endorsements(unit, &ids).await?;
        let records = sources::records(unit, items.iter().filter(copies).map(|item| &item.after)).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let text = item.after.read(regional_item::COPIED_TEXT).is_some();
            let from = item.after.read(regional_item::COPIED_FROM);
            if text && from.is_none() {
                item.fault("/copied_from", Code::Required, "say which record the text is copied from");
            }
        }
        for item in items.iter_mut().filter(|item| copies(&&**item)) {
            let from = item.after.read(regional_item::COPIED_FROM);
            let Some(record) = from.and_then(|id| records.get(&id)) else { continue };
            let country = record.owner();
            let of_item = endorsements.get(&item.after.id()).into_iter().flatten();
            let mut of_country = of_item.filter(|row| row.text(NAMED) == Some(country));
            if !of_country.any(is_endorsed) {
                let text =
                    format!("text of a record of {country} needs that country's endorsement of the item");
                item.fault("/copied_text", Code::NotEndorsed, text);
            }
            let mut record = record.clone();
            withhold(&actor, &mut record);
            if !item.after.read(regional_item::COPIED_TEXT).is_some_and(|text| sources::says(&record, &text))
            {
                let text = "the record says no such text, as far as you see it";
                item.fault("/copied_text", Code::RuleBroken, text);
            }
        }
        Ok(())
    })
}

/// Asks the countries anew that have said something of an item whose words or sources have changed.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    const SAID: &[&str] = &[
        regional_item::TITLE.column,
        regional_item::TEXT.column,
        "translations",
        regional_item::DOMAINS.column,
        regional_item::ACTIONS.column,
        regional_item::GAPS.column,
        regional_item::INDICATORS.column,
    ];
    Box::pin(async move { asking().anew(unit, items, SAID).await })
}

fn asking() -> Asking {
    Asking {
        def: Endorsement::def(),
        about: endorsement::ITEM.column,
        revision: endorsement::REVISION.column,
        decision: &[endorsement::RESERVATION.column, endorsement::ACT.column, endorsement::DECIDED_ON.column],
        why: "the item has changed",
    }
}
