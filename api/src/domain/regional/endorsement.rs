//! Endorsements: members of the region are asked, and decide themselves.

use std::collections::BTreeSet;

use entity::{endorsement, vocab::EndorsementStatus};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};
use uuid::Uuid;

use super::{item, members, sources};
use crate::domain::asked;

/// What a country endorses stays as it is.
pub fn guard<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        asked::guard(items, item::is_endorsed);
        asked::not_elsewhere(unit, items).await
    })
}

/// A country that a region asks is a member of it on record; each is asked first, and its decision has a day.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let (today, is_system) = (unit.ctx.clock.today(), unit.actor().is_system());
        let made = items.iter().filter(|item| item.is_new() && !item.is_rejected());
        let regions: BTreeSet<String> = made.map(|item| item.after.owner().to_owned()).collect();
        let mut known: BTreeSet<(String, Uuid)> = BTreeSet::new();
        for owner in &regions {
            known.extend(members::countries(unit, owner).await?.into_iter().map(|id| (owner.clone(), id)));
        }
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let status = item.after.read(endorsement::STATUS);
            if item.is_new() {
                let country = item.after.read(endorsement::COUNTRY);
                let is_member =
                    country.is_some_and(|id| known.contains(&(item.after.owner().to_owned(), id)));
                let is_of_region = item.after.owner().starts_with("region:");
                if is_of_region && !is_member && country.is_some() {
                    item.fault(
                        "/country",
                        Code::RuleBroken,
                        "the country is no member of the region on record",
                    );
                }
                if status != Some(EndorsementStatus::Proposed) && !is_system {
                    item.fault(
                        "/status",
                        Code::RuleBroken,
                        "a country is asked first, and decides by a move",
                    );
                }
            }
            let is_given = |field: &str| item.fields.get(field).is_some_and(|one| !one.is_null());
            let (given, has_act) = (is_given("decided_on"), is_given("act"));
            if item.is_move() && !has_act {
                item.after.clear(endorsement::ACT.column);
            }
            if item.is_move() && status != Some(EndorsementStatus::WithReservation) {
                item.after.clear(endorsement::RESERVATION.column);
            }
            if item.is_move() && !given && status != Some(EndorsementStatus::Proposed) {
                item.after.write(endorsement::DECIDED_ON, today);
            }
            if item.after.read(endorsement::DECIDED_ON).is_some_and(|day| day > today) {
                item.fault("/decided_on", Code::RuleBroken, "a decision is of today or earlier");
            }
        }
        Ok(())
    })
}

/// Takes away what is copied from countries that do not endorse the item any more.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let live = items.iter().filter(|item| !item.is_rejected() && !item.is_new());
        let ids: BTreeSet<Uuid> = live.filter_map(|item| item.after.read(endorsement::ITEM)).collect();
        sources::let_go(unit, Some(&ids)).await
    })
}
