//! Rules of what a country says of its own participation.

use std::collections::BTreeSet;

use futures_util::future::BoxFuture;
use kernel::{Code, Record, Unit, row::Row, unit::Item};
use uuid::Uuid;

use super::Participation;
use crate::domain::reference::country::Country;

/// A statement of a country is about that country, and contests a fact about it.
pub(super) fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, kernel::Result<()>> {
    Box::pin(async move {
        let live = || items.iter().filter(|item| !item.is_rejected() && !item.is_deletion());
        let countries: BTreeSet<Uuid> = live().filter_map(|item| item.after.uuid("country_id")).collect();
        let contested: BTreeSet<Uuid> = live().filter_map(|item| item.after.uuid("contests_id")).collect();
        let mut about = unit.rows_of(Country::def(), &countries).await?;
        about.extend(unit.rows_of(Participation::def(), &contested).await?);
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let country = item.after.uuid("country_id").and_then(|id| about.get(&id));
            let fact = item.after.uuid("contests_id").and_then(|id| about.get(&id));
            let own = item.after.owner().to_owned();
            if own == "reference" {
                if fact.is_some() {
                    item.fault(
                        "/contests",
                        Code::RuleBroken,
                        "only a country's own statement contests a fact",
                    );
                }
                continue;
            }
            if country.is_some_and(|country| country.text("code") != Some(&own)) {
                item.fault("/country", Code::RuleBroken, "a country states its own participation only");
            }
            let fits = |fact: &Row| {
                fact.owner() == "reference"
                    && ["country_id", "framework_id"].iter().all(|at| fact.get(at) == item.after.get(at))
            };
            if fact.is_some_and(|fact| !fits(fact)) {
                let text = "a statement contests the reference fact about the same country and framework";
                item.fault("/contests", Code::RuleBroken, text);
            }
        }
        Ok(())
    })
}
