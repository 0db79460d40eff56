//! Participation of countries in frameworks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{
    Country, Framework, Participation, country, framework, participation,
    vocab::{DatePrecision, ParticipationStatus as Status},
};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Result, Unit,
    row::{Row, json},
    unit::Item,
};
use sea_orm::Value;
use uuid::Uuid;

use super::compile::{self, Whose};
use super::{
    order::{BEFORE_ADOPTION, BEFORE_CONSENT, BEFORE_FORCE},
    participation_event::stored,
    span::Span,
    timeline::{Event, Timeline},
};
use crate::domain::Registered;

/// A statement of a country is about that country, and contests a fact about it; days are in an order that can be, and what
/// has events is what they come to.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let live = || items.iter().filter(|item| !item.is_rejected() && !item.is_deletion());
        let ids =
            |column: &str| live().filter_map(|item| item.after.uuid(column)).collect::<BTreeSet<Uuid>>();
        let mut about = unit.rows_of(Country::def(), &ids(participation::COUNTRY.column)).await?;
        about.extend(unit.rows_of(Participation::def(), &ids(participation::CONTESTS.column)).await?);
        let frameworks = unit.rows_of(Framework::def(), &ids(participation::FRAMEWORK.column)).await?;
        let old = live().filter(|item| !item.is_new()).map(|item| item.after.id()).collect();
        let mut events = stored(unit, &old).await?;
        let today = unit.ctx.clock.today();
        let is_service = unit.actor().is_system();
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let country = item.after.read(participation::COUNTRY).and_then(|id| about.get(&id));
            let fact = item.after.read(participation::CONTESTS).and_then(|id| about.get(&id));
            check_one(item, country, fact);
            if let Some(facts) = follows(&mut events, &item.after, today) {
                settle(item, facts, is_service);
            } else {
                check_days(item, &frameworks);
            }
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

/// Works out again what is due for countries whose participation has changed.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let said = [
            participation::STATUS.column,
            participation::IN_FORCE_ON.column,
            participation::IN_FORCE_PRECISION.column,
            participation::VALID_UNTIL.column,
        ];
        let is_changed = |item: &&Item| item.is_deletion() || said.iter().any(|column| item.changes(column));
        let live = items.iter().filter(|item| !item.is_rejected()).filter(is_changed);
        let ids: BTreeSet<Uuid> = live.filter_map(|item| item.after.read(participation::COUNTRY)).collect();
        compile::again(unit, Whose::Countries(ids), None).await
    })
}

/// What follows from the events of a participation: names of fields with their values.
type Facts = [(&'static str, Value); 5];

/// What the events of a participation come to, those that are seen by whoever sees it; none where they say nothing.
fn follows(events: &mut BTreeMap<Uuid, Vec<Row>>, row: &Row, today: NaiveDate) -> Option<Facts> {
    let circle = |of: &Row| ["visibility", "shared_set_id"].map(|column| json(of.get(column)));
    let rows = events.remove(&row.id())?.into_iter().filter(|event| circle(event) == circle(row));
    let timeline = Timeline::known(rows.filter_map(|row| Event::of(&row)), today);
    if !timeline.decides() {
        return None;
    }
    let state = timeline.told(today);
    let status = state.told.map_or(Status::Unknown, |(status, _)| status);
    let day = |event: Option<&Event>| Value::ChronoDate(event.and_then(|event| event.on));
    let exact = |event: Option<&Event>| Value::String(event.map(|event| event.precision.code().to_owned()));
    let told = state.told.map(|(_, event)| event);
    Some([
        (participation::STATUS.column, Value::String(Some(status.code().to_owned()))),
        (participation::STATUS_ON.column, day(told)),
        (participation::STATUS_PRECISION.column, exact(told)),
        (participation::IN_FORCE_ON.column, day(state.in_force)),
        (participation::IN_FORCE_PRECISION.column, exact(state.in_force)),
    ])
}

/// Whether a participation is something else than what its events come to.
pub(super) fn is_behind(events: &mut BTreeMap<Uuid, Vec<Row>>, row: &Row, today: NaiveDate) -> bool {
    let facts = follows(events, row, today).into_iter().flatten();
    facts.into_iter().any(|(column, value)| json(row.get(column)) != json(&value))
}

/// Lets a participation be what its events come to; who says something else is told so.
fn settle(item: &mut Item, facts: Facts, is_service: bool) {
    for (column, value) in facts {
        let differs = json(item.after.get(column)) != json(&value);
        if differs && item.fields.contains_key(column) && !is_service {
            let text = "this follows from the events of the participation: write these";
            item.fault(&format!("/{column}"), Code::RuleBroken, text);
        }
        item.after.set(column, value);
    }
}

/// Days of a participation without events: each with its precision, none before what comes first.
fn check_days(item: &mut Item, frameworks: &HashMap<Uuid, Row>) {
    let row = &item.after;
    let pairs = [
        ("status", row.read(participation::STATUS_ON), row.read(participation::STATUS_PRECISION)),
        ("in_force", row.read(participation::IN_FORCE_ON), row.read(participation::IN_FORCE_PRECISION)),
    ];
    let [status_on, in_force] = pairs.map(|(_, on, precision)| Span::of(on, precision));
    let under = row.read(participation::FRAMEWORK).and_then(|id| frameworks.get(&id));
    let adopted = Span::of(under.and_then(|row| row.read(framework::ADOPTED_ON)), None);
    let status = row.read(participation::STATUS);
    let changes = |item: &Item, names: &[&str]| names.iter().any(|name| item.changes(name));
    for (name, on, precision) in pairs {
        let (day, exact) = (format!("{name}_on"), format!("{name}_precision"));
        if !changes(item, &[&day, &exact]) {
            continue;
        }
        match (on, precision) {
            (Some(_), None) => {
                item.fault(&format!("/{exact}"), Code::Required, "a date says how exact it is");
            }
            (Some(_), Some(DatePrecision::Unknown)) => {
                let text = "a day that is not known stays empty";
                item.fault(&format!("/{day}"), Code::RuleBroken, text);
            }
            _ => {}
        }
    }
    if !changes(item, &["status", "status_on", "status_precision", "in_force_on", "in_force_precision"]) {
        return;
    }
    if in_force.is_before(adopted) {
        item.fault("/in_force_on", Code::OutOfOrder, BEFORE_ADOPTION);
    }
    let consented =
        matches!(status, Some(Status::Ratified | Status::Acceded | Status::Accepted | Status::Approved));
    if consented && in_force.is_before(status_on) {
        item.fault("/in_force_on", Code::OutOfOrder, BEFORE_CONSENT);
    }
    if status == Some(Status::Withdrawn) && status_on.is_before(in_force) {
        item.fault("/status_on", Code::OutOfOrder, BEFORE_FORCE);
    }
}
