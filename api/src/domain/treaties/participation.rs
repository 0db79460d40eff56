//! Participation of countries in frameworks.

use std::collections::BTreeSet;

use entity::{Country, Participation, country, participation};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, row::Row, unit::Item};
use uuid::Uuid;

use crate::domain::Registered;

/// A statement of a country is about that country, and contests a fact about it.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let live = || items.iter().filter(|item| !item.is_rejected() && !item.is_deletion());
        let countries: BTreeSet<Uuid> =
            live().filter_map(|item| item.after.read(participation::COUNTRY)).collect();
        let contested: BTreeSet<Uuid> =
            live().filter_map(|item| item.after.read(participation::CONTESTS)).collect();
        let mut about = unit.rows_of(Country::def(), &countries).await?;
        about.extend(unit.rows_of(Participation::def(), &contested).await?);
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let country = item.after.read(participation::COUNTRY).and_then(|id| about.get(&id));
            let fact = item.after.read(participation::CONTESTS).and_then(|id| about.get(&id));
            check_one(item, country, fact);
        }
        Ok(())
    })
}

fn check_one(item: &mut Item, country: Option<&Row>, fact: Option<&Row>) {
    let own = item.after.owner().to_owned();
    if own == "reference" {
        if fact.is_some() {
            let text = "only a country's own statement contests a fact";
            item.fault("/contests", Code::RuleBroken, text);
        }
        return;
    }
    if country.is_some_and(|country| country.read(country::CODE).as_ref() != Some(&own)) {
        item.fault("/country", Code::RuleBroken, "a country states its own participation only");
    }
    let (of, under) = (participation::COUNTRY, participation::FRAMEWORK);
    let fits = |fact: &Row| {
        fact.owner() == "reference"
            && fact.read(of) == item.after.read(of)
            && fact.read(under) == item.after.read(under)
    };
    if fact.is_some_and(|fact| !fits(fact)) {
        let text = "a statement contests the reference fact about the same country and framework";
        item.fault("/contests", Code::RuleBroken, text);
    }
}
