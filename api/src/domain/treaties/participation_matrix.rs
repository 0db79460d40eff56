//! Countries by frameworks: how each stood on a day, as it was known on another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{
    Country, Framework, Participation, ParticipationEvent, country, framework, participation,
    vocab::{Confidence, DatePrecision, ParticipationStatus},
};
use kernel::{
    Ctx, Error, KindDef, Result, Violation, filter::Narrowing, page::Page, render::Renderer, row::Row,
    scalar::Ref, store,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::standing::{self, Axes, MOST, ParticipationStanding, TreatyStanding, as_known, events, held};
use super::timeline::Event;
use crate::domain::Registered;

/// How one country stands towards one framework.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParticipationCell {
    /// Code of the framework.
    pub framework: String,
    /// How the country stands, by the reference fact.
    pub standing: TreatyStanding,
    /// Status on that day.
    #[schema(schema_with = standing::status)]
    pub status: ParticipationStatus,
    /// Day of the act that the status is from; first day of the period where it is known less exactly.
    #[schema(required = true)]
    pub status_on: Option<NaiveDate>,
    /// How exact `status_on` is.
    #[schema(required = true, schema_with = standing::status_precision)]
    pub status_precision: Option<DatePrecision>,
    /// Day of entry into force for the country, which may lie ahead.
    #[schema(required = true)]
    pub in_force_on: Option<NaiveDate>,
    /// How exact `in_force_on` is.
    #[schema(required = true, schema_with = standing::in_force_precision)]
    pub in_force_precision: Option<DatePrecision>,
    /// How sure the fact is; null where there is none.
    #[schema(required = true, schema_with = standing::confidence)]
    pub confidence: Option<Confidence>,
    /// Whether the confidence is high; everything below is unverified.
    pub is_verified: bool,
    /// Where the fact is from.
    #[schema(required = true)]
    pub source: Option<String>,
    /// Id of the fact; null where there is none.
    #[schema(required = true)]
    pub participation: Option<Uuid>,
    /// Whether a statement of the country that the caller sees contests the fact.
    pub is_contested: bool,
    /// What the country itself states; null where it states nothing, or the caller does not see it.
    #[schema(required = true)]
    pub stated: Option<ParticipationStanding>,
}

/// A country with its cells.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParticipationRow {
    /// The country.
    pub country: Ref,
    /// A cell for each framework, in their order.
    pub cells: Vec<ParticipationCell>,
}

/// Countries by frameworks on a day, as it was known on another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParticipationMatrix {
    /// Day of which it is told how the countries stand.
    pub valid_on: NaiveDate,
    /// Day as of which it is told.
    pub known_on: NaiveDate,
    /// The frameworks, by code.
    pub frameworks: Vec<Ref>,
    /// The countries, by code.
    pub rows: Vec<ParticipationRow>,
    /// Codes of the countries of which nobody can tell whether they meet `party_to` and `not_party_to`.
    pub undetermined: Vec<String>,
}

/// What is asked of the matrix, as it was given.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Regions whose members are shown.
    pub region: Vec<String>,
    /// Countries that are shown.
    pub country: Vec<String>,
    /// Frameworks that are shown.
    pub framework: Vec<String>,
    /// Frameworks that the countries are party to.
    pub party_to: Vec<String>,
    /// Frameworks that the countries are not party to.
    pub not_party_to: Vec<String>,
    /// Day of which it is told how the countries stand.
    pub valid_on: Option<String>,
    /// Day as of which it is told.
    pub known_on: Option<String>,
}

/// Tells how countries stand towards frameworks, as far as the caller sees it.
///
/// Reference facts decide; what a country states stands beside them. The number of statements does not grow with countries,
/// frameworks, facts or events.
///
/// # Errors
/// `BadRequest` naming everything that cannot be read, beside `faults` that were found before.
pub async fn matrix(ctx: &Ctx, asked: &Asked, mut faults: Vec<Violation>) -> Result<ParticipationMatrix> {
    let days = [asked.valid_on.as_deref(), asked.known_on.as_deref()];
    let axes = Axes::read(ctx.clock.today(), days, &mut faults);
    let mut countries = countries(ctx, asked, &mut faults).await?;
    let shown = named(ctx, ("framework", &asked.framework), &mut faults).await?;
    let party_to = named(ctx, ("party_to", &asked.party_to), &mut faults).await?;
    let not_party_to = named(ctx, ("not_party_to", &asked.not_party_to), &mut faults).await?;
    if !faults.is_empty() {
        return Err(Error::BadRequest(faults));
    }
    let (wanted, unwanted) = (codes(&party_to), codes(&not_party_to));
    let by_code = |row: &Row| row.read(framework::CODE).unwrap_or_default();
    let mut frameworks: BTreeMap<String, Row> =
        shown.into_iter().chain(party_to).chain(not_party_to).map(|row| (by_code(&row), row)).collect();
    if frameworks.is_empty() {
        let all = store::list(ctx, Framework::def(), &Narrowing::default(), &Page::first(MOST)).await?;
        frameworks = all.rows.into_iter().map(|row| (by_code(&row), row)).collect();
    }
    countries.sort_by_key(|row| row.read(country::CODE));
    let of: BTreeSet<&str> = frameworks.keys().map(String::as_str).collect();
    let mut places = Places::read(ctx, (&countries, &of), axes).await?;
    let renderer = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
    let (mut rows, mut undetermined) = (Vec::new(), Vec::new());
    for country in &countries {
        let cell = |(code, row): (&String, &Row)| places.cell(code, (country.id(), row.id()));
        let cells: Vec<ParticipationCell> = frameworks.iter().map(cell).collect();
        match meets(&cells, &wanted, &unwanted) {
            Some(true) => rows.push(ParticipationRow { country: renderer.named(country), cells }),
            Some(false) => {}
            None => undetermined.extend(country.read(country::CODE)),
        }
    }
    let frameworks = frameworks.values().map(|row| renderer.named(row)).collect();
    Ok(ParticipationMatrix {
        valid_on: axes.valid_on,
        known_on: axes.known_on,
        frameworks,
        rows,
        undetermined,
    })
}

fn codes(rows: &[Row]) -> BTreeSet<String> {
    rows.iter().filter_map(|row| row.read(framework::CODE)).collect()
}

/// Whether a country is party to all of some frameworks and to none of others; none where nobody can tell.
fn meets(cells: &[ParticipationCell], to: &BTreeSet<String>, not_to: &BTreeSet<String>) -> Option<bool> {
    let mut found = Some(true);
    for cell in cells {
        for (named, is_wanted) in [(to, true), (not_to, false)] {
            if named.contains(&cell.framework) {
                match cell.standing {
                    TreatyStanding::Unknown => found = None,
                    other if (other == TreatyStanding::Party) != is_wanted => return Some(false),
                    _ => {}
                }
            }
        }
    }
    found
}

/// The countries that are asked for; without any the partners of the initiative.
async fn countries(ctx: &Ctx, asked: &Asked, faults: &mut Vec<Violation>) -> Result<Vec<Row>> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut given: Vec<_> = asked.region.iter().map(|code| pair("region", code)).collect();
    given.extend(asked.country.iter().map(|code| pair("code", code)));
    if given.is_empty() {
        given.extend([pair("is_partner", "true"), pair("is_demo", "false")]);
    }
    listed(ctx, Country::def(), (&given, "country"), faults).await
}

/// The frameworks that a parameter names.
async fn named(ctx: &Ctx, (name, given): (&str, &[String]), faults: &mut Vec<Violation>) -> Result<Vec<Row>> {
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let given: Vec<_> = given.iter().map(|code| ("code".to_owned(), code.clone())).collect();
    listed(ctx, Framework::def(), (&given, name), faults).await
}

/// The visible records that pass filters; what is wrong with a code is told of the parameter that gave it.
async fn listed(
    ctx: &Ctx,
    def: &'static KindDef,
    (given, parameter): (&[(String, String)], &str),
    faults: &mut Vec<Violation>,
) -> Result<Vec<Row>> {
    let mut found = Vec::new();
    let narrowing = Narrowing::read(def, given, &mut found);
    let mut rows = Vec::new();
    if found.is_empty() {
        match store::list(ctx, def, &narrowing, &Page::first(MOST)).await {
            Ok(slice) => rows = slice.rows,
            Err(Error::BadRequest(wrong)) => found = wrong,
            Err(other) => return Err(other),
        }
    }
    faults.extend(found.into_iter().map(|mut fault| {
        if fault.pointer == "?code" {
            fault.pointer = format!("?{parameter}");
            fault.detail = fault.detail.replacen("`code`", &format!("`{parameter}`"), 1);
        }
        fault
    }));
    Ok(rows)
}

/// What is recorded, by country and framework.
struct Places {
    axes: Axes,
    facts: HashMap<(Uuid, Uuid), Uuid>,
    statements: HashMap<(Uuid, Uuid), Uuid>,
    rows: BTreeMap<Uuid, Option<Row>>,
    events: BTreeMap<Uuid, Vec<Event>>,
}

impl Places {
    async fn read(ctx: &Ctx, (countries, of): (&[Row], &BTreeSet<&str>), axes: Axes) -> Result<Self> {
        let code = |row: &Row| row.read(country::CODE).unwrap_or_default();
        let given: Vec<(String, String)> = countries
            .iter()
            .map(|row| ("country".to_owned(), code(row)))
            .chain(of.iter().map(|code| ("framework".to_owned(), (*code).to_owned())))
            .collect();
        let none = countries.is_empty() || of.is_empty();
        let filters = |def| Narrowing::read(def, &given, &mut Vec::new());
        let def = Participation::def();
        let (mut found, mut happened) = (Vec::new(), BTreeMap::new());
        if !none {
            found = store::list(ctx, def, &filters(def), &Page::first(MOST)).await?.rows;
            happened = events(ctx, &filters(ParticipationEvent::def())).await?;
        }
        let (mut facts, mut statements) = (HashMap::new(), HashMap::new());
        for row in &found {
            let place = row.read(participation::COUNTRY).zip(row.read(participation::FRAMEWORK));
            let kept = if row.owner() == "reference" { &mut facts } else { &mut statements };
            kept.extend(place.map(|place| (place, row.id())));
        }
        let rows = as_known(ctx, found, axes.known_on).await?;
        Ok(Self { axes, facts, statements, rows, events: happened })
    }

    fn held(&mut self, id: Uuid) -> ParticipationStanding {
        let events = self.events.remove(&id).unwrap_or_default();
        held(id, self.rows.get(&id).and_then(Option::as_ref), events, self.axes)
    }

    fn cell(&mut self, framework: &str, place: (Uuid, Uuid)) -> ParticipationCell {
        let (fact, statement) = (self.facts.get(&place).copied(), self.statements.get(&place).copied());
        let said = statement.and_then(|id| self.rows.get(&id)).and_then(Option::as_ref);
        let contests = said.and_then(|row| row.read(participation::CONTESTS));
        let is_contested = fact.is_some() && contests == fact;
        let stated = statement.map(|id| self.held(id));
        let held = self.held(fact.unwrap_or_default());
        ParticipationCell {
            framework: framework.to_owned(),
            standing: held.standing,
            status: held.status,
            status_on: held.status_on,
            status_precision: held.status_precision,
            in_force_on: held.in_force_on,
            in_force_precision: held.in_force_precision,
            confidence: held.confidence,
            is_verified: held.is_verified,
            source: held.source,
            participation: fact,
            is_contested,
            stated,
        }
    }
}
