//! How a country stands towards a framework: on one day, as it was known on another.

mod listed;

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Enum;
use chrono::{Days, NaiveDate, NaiveTime};
use entity::{
    Participation, ParticipationEvent, participation, participation_event,
    vocab::{Confidence, DatePrecision, ParticipationStatus as Status},
};
use kernel::{
    Code, Ctx, Error, Result, Violation, change::past, dates, filter::Narrowing, page::Page, row::Row, store,
};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{
        Ref, Schema, Type,
        schema::{ObjectBuilder, OneOfBuilder, RefBuilder},
    },
};
use uuid::Uuid;

use super::{
    span::{By, Span},
    timeline::{Event, Level, Timeline},
};
use crate::domain::Registered;

pub use listed::{TOLD, as_held, tells};

/// Records that one answer looks at, at most.
pub(super) const MOST: usize = 50_000;

/// How a country stands towards a framework on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum TreatyStanding {
    /// The framework is in force for it.
    Party,
    /// It has consented to be bound, and the framework is not in force for it by that day.
    Contracting,
    /// It has signed, and not consented to be bound by that day.
    Signatory,
    /// It takes no part on that day.
    NotParty,
    /// Nobody knows, or no record says it.
    Unknown,
}

/// How a country stands by one participation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParticipationStanding {
    /// Id of the participation.
    pub participation: Uuid,
    /// How the country stands.
    pub standing: TreatyStanding,
    /// Status on that day.
    #[schema(schema_with = status)]
    pub status: Status,
    /// Day of the act that the status is from; first day of the period where it is known less exactly.
    #[schema(required = true)]
    pub status_on: Option<NaiveDate>,
    /// How exact `status_on` is.
    #[schema(required = true, schema_with = status_precision)]
    pub status_precision: Option<DatePrecision>,
    /// Day of entry into force for the country, which may lie ahead.
    #[schema(required = true)]
    pub in_force_on: Option<NaiveDate>,
    /// How exact `in_force_on` is.
    #[schema(required = true, schema_with = in_force_precision)]
    pub in_force_precision: Option<DatePrecision>,
    /// How sure the fact is.
    #[schema(required = true, schema_with = confidence)]
    pub confidence: Option<Confidence>,
    /// Whether the confidence is high; everything below is unverified.
    pub is_verified: bool,
    /// Where the fact is from.
    #[schema(required = true)]
    pub source: Option<String>,
}

/// How a country stands by a participation, on one day as it was known on another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandingOn {
    /// Day that is asked about.
    pub valid_on: NaiveDate,
    /// Day as of which it is told.
    pub known_on: NaiveDate,
    /// How the country stood.
    pub held: ParticipationStanding,
}

pub(super) fn status() -> Ref {
    code("ParticipationStatus", "Status on that day.")
}

pub(super) fn status_precision() -> Schema {
    or_null("DatePrecision", "How exact `status_on` is.")
}

pub(super) fn in_force_precision() -> Schema {
    or_null("DatePrecision", "How exact `in_force_on` is.")
}

pub(super) fn confidence() -> Schema {
    or_null("Confidence", "How sure the fact is.")
}

fn code(name: &str, text: &str) -> Ref {
    RefBuilder::new().ref_location_from_schema_name(name).description(Some(text)).build()
}

fn or_null(name: &str, text: &str) -> Schema {
    OneOfBuilder::new()
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .item(RefBuilder::new().ref_location_from_schema_name(name))
        .description(Some(text))
        .build()
        .into()
}

/// The two days that are asked about.
#[derive(Clone, Copy, Debug)]
pub struct Axes {
    /// Day of which it is told how countries stand.
    pub valid_on: NaiveDate,
    /// Day as of which it is told.
    pub known_on: NaiveDate,
}

impl Axes {
    /// Reads both days, as they were given; today where nothing is said.
    pub fn read(today: NaiveDate, [valid, known]: [Option<&str>; 2], faults: &mut Vec<Violation>) -> Self {
        let mut day = |name: &str, given: Option<&str>| {
            let read = given.map_or(Some(today), dates::day);
            if read.is_none() {
                let text = format!("`{name}` is {}", dates::DAY);
                faults.push(Violation::new(format!("?{name}"), Code::BadFormat, text));
            }
            read.unwrap_or(today)
        };
        Self { valid_on: day("valid_on", valid), known_on: day("known_on", known) }
    }
}

/// Tells how a country stands by a visible participation.
///
/// # Errors
/// `NotFound` if it is not visible; `BadRequest` for days that cannot be read, beside `faults` that were found before.
pub async fn standing(
    ctx: &Ctx,
    id: Uuid,
    days: [Option<&str>; 2],
    mut faults: Vec<Violation>,
) -> Result<StandingOn> {
    let row = store::get(ctx, Participation::def(), id).await?;
    let axes = Axes::read(ctx.clock.today(), days, &mut faults);
    if !faults.is_empty() {
        return Err(Error::BadRequest(faults));
    }
    let of = Narrowing::of(ParticipationEvent::def(), "participation", id.to_string())?;
    let mut events = events(ctx, &of).await?;
    let known = as_known(ctx, vec![row], axes.known_on).await?.remove(&id);
    let known = known.as_ref().and_then(Option::as_ref);
    let held = held(id, known, events.remove(&id).unwrap_or_default(), axes);
    Ok(StandingOn { valid_on: axes.valid_on, known_on: axes.known_on, held })
}

/// The visible events that pass the filters, by participation.
pub(super) async fn events(ctx: &Ctx, filters: &Narrowing) -> Result<BTreeMap<Uuid, Vec<Event>>> {
    let mut found: BTreeMap<Uuid, Vec<Event>> = BTreeMap::new();
    for row in store::list(ctx, ParticipationEvent::def(), filters, &Page::first(MOST)).await?.rows {
        if let (Some(of), Some(event)) = (row.read(participation_event::PARTICIPATION), Event::of(&row)) {
            found.entry(of).or_default().push(event);
        }
    }
    Ok(found)
}

/// Visible participations as the service had them at the end of a day, in UTC; none for what it did not have, or what the
/// caller might not have seen.
pub(super) async fn as_known(
    ctx: &Ctx,
    rows: Vec<Row>,
    on: NaiveDate,
) -> Result<BTreeMap<Uuid, Option<Row>>> {
    if on >= ctx.clock.today() {
        return Ok(rows.into_iter().map(|row| (row.id(), Some(row))).collect());
    }
    let ids: BTreeSet<Uuid> = rows.iter().map(Row::id).collect();
    let end = on.checked_add_days(Days::new(1)).unwrap_or(on).and_time(NaiveTime::MIN).and_utc();
    let until = past::position_at(ctx, end).await?;
    let mut past = past::of_records(ctx, Participation::def(), &ids, until).await?;
    Ok(ids.into_iter().map(|id| (id, past.remove(&id))).collect())
}

/// How a country stands by a participation: by its events that were known, or else by what the record said.
pub(super) fn held(id: Uuid, row: Option<&Row>, events: Vec<Event>, axes: Axes) -> ParticipationStanding {
    let timeline = Timeline::known(events, axes.known_on);
    if timeline.decides() {
        return by_events(id, &timeline, axes.valid_on);
    }
    let Some(row) = row else { return nothing(id) };
    let (standing, status) = by_record(row, axes.valid_on);
    let is_told = standing != TreatyStanding::Unknown || status != Status::Unknown;
    let confidence = row.read(participation::CONFIDENCE);
    ParticipationStanding {
        participation: id,
        standing,
        status,
        status_on: row.read(participation::STATUS_ON).filter(|_| is_told),
        status_precision: row.read(participation::STATUS_PRECISION).filter(|_| is_told),
        in_force_on: row.read(participation::IN_FORCE_ON),
        in_force_precision: row.read(participation::IN_FORCE_PRECISION),
        confidence,
        is_verified: confidence == Some(Confidence::High),
        source: row.read(participation::SOURCE),
    }
}

fn nothing(id: Uuid) -> ParticipationStanding {
    ParticipationStanding {
        participation: id,
        standing: TreatyStanding::Unknown,
        status: Status::Unknown,
        status_on: None,
        status_precision: None,
        in_force_on: None,
        in_force_precision: None,
        confidence: None,
        is_verified: false,
        source: None,
    }
}

fn by_events(id: Uuid, timeline: &Timeline, day: NaiveDate) -> ParticipationStanding {
    let (state, is_doubtful) = timeline.on(day);
    let standing = match state.level {
        _ if is_doubtful => TreatyStanding::Unknown,
        Level::InForce => TreatyStanding::Party,
        Level::Consented => TreatyStanding::Contracting,
        Level::Signed => TreatyStanding::Signatory,
        Level::Nothing => TreatyStanding::NotParty,
    };
    let none = if standing == TreatyStanding::NotParty { Status::NotParty } else { Status::Unknown };
    let status = state.told.filter(|_| !is_doubtful).map_or(none, |(status, _)| status);
    let told = state.told.map(|(_, event)| event);
    // What decides: the entry into force of a party, else the act.
    let by = if state.level == Level::InForce { state.in_force.or(told) } else { told.or(state.in_force) };
    let confidence = by.map(|event| event.confidence);
    ParticipationStanding {
        status,
        standing,
        status_on: told.and_then(|event| event.on),
        status_precision: told.map(|event| event.precision),
        in_force_on: state.in_force.and_then(|event| event.on),
        in_force_precision: state.in_force.map(|event| event.precision),
        confidence,
        is_verified: confidence == Some(Confidence::High),
        source: by.map(|event| event.source.clone()),
        ..nothing(id)
    }
}

/// How a country stands on a day by a record without events. It tells of the day it was written on: a date that nobody
/// knows had come by then.
fn by_record(row: &Row, day: NaiveDate) -> (TreatyStanding, Status) {
    let status = row.read(participation::STATUS).unwrap_or(Status::Unknown);
    let told = row.instant("updated_at").map_or(NaiveDate::MAX, |at| at.date_naive());
    let precision = row.read(participation::IN_FORCE_PRECISION);
    let act = Span::of(row.read(participation::STATUS_ON), row.read(participation::STATUS_PRECISION));
    let acted = act.by(day, told);
    let force = Span::of(row.read(participation::IN_FORCE_ON), precision);
    let is_dated = row.read(participation::IN_FORCE_ON).is_some() || precision.is_some();
    let is_over = row.date("valid_until").is_some_and(|last| last < day);
    let standing = match status {
        _ if is_over => TreatyStanding::Unknown,
        Status::Unknown => TreatyStanding::Unknown,
        Status::NotParty => TreatyStanding::NotParty,
        Status::Signed => step(acted, TreatyStanding::Signatory, TreatyStanding::NotParty),
        Status::Withdrawn => match (acted, force.by(day, told)) {
            (By::Yes, _) | (By::No, By::No) => TreatyStanding::NotParty,
            (By::No, By::Yes) if is_dated => TreatyStanding::Party,
            _ => TreatyStanding::Unknown,
        },
        Status::InForce | Status::BindingAllUnMembers if !is_dated => {
            step(acted, TreatyStanding::Party, TreatyStanding::NotParty)
        }
        _ if !is_dated => step(acted, TreatyStanding::Contracting, TreatyStanding::NotParty),
        _ => match force.by(day, told) {
            By::Yes => TreatyStanding::Party,
            By::Perhaps => TreatyStanding::Unknown,
            By::No => step(acted, TreatyStanding::Contracting, TreatyStanding::NotParty),
        },
    };
    let shown = match (standing, status) {
        (TreatyStanding::Unknown, _) => Status::Unknown,
        (TreatyStanding::NotParty, Status::Withdrawn) if acted == By::Yes => Status::Withdrawn,
        (TreatyStanding::NotParty, _) => Status::NotParty,
        // What came before the withdrawal is not told.
        (TreatyStanding::Party, Status::Withdrawn) => Status::InForce,
        _ => status,
    };
    (standing, shown)
}

fn step(by: By, then: TreatyStanding, before: TreatyStanding) -> TreatyStanding {
    match by {
        By::Yes => then,
        By::No => before,
        By::Perhaps => TreatyStanding::Unknown,
    }
}
