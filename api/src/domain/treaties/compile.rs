//! The compiler: commitments and deadlines of countries, worked out from their participation and the rules.
//!
//! A deadline is told by its commitment and its origin, so it keeps its id whatever day the rule makes of it. Upcoming ones
//! follow the rule; of those that somebody works on, `rule_due_on` tells the other day.

mod diff;
pub mod facts;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_graphql::{InputObject, SimpleObject};
use chrono::{Datelike, Months, NaiveDate};
use entity::{
    Commitment, Compilation, Country, Deadline, Framework, TreatyEvent, commitment, compilation, country,
    deadline, treaty_event,
    vocab::{Applicability, BindingForce, CommitmentCaution, DeadlineStatus},
};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Ctx, Error, Result, Unit,
    cause::Cause,
    policy::{Scope, Verb, authorize},
    record::Op,
    render::{Detail, Renderer},
    row::Row,
    scalar::Ref,
    store,
};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::work;
use crate::domain::{Registered, small};
use diff::Diff;
use facts::{Events, Facts, Standing};

/// Years ahead where a country says nothing.
const HORIZON: i32 = 3;
/// Countries that are worked out in one unit.
const COUNTRIES: usize = 8;

/// For whom commitments and deadlines are worked out.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct CompileInput {
    /// The country (ISO 3166 alpha-3); without it the owner that you act for.
    pub owner: Option<String>,
}

/// A framework whose deadlines are to be read with care.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CompileWarning {
    /// The framework.
    pub framework: Ref,
    /// Why: a code of the list `commitment_caution`.
    pub caution: String,
}

/// What was worked out for a country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Compiled {
    /// The country.
    pub owner: String,
    /// First day for which deadlines are worked out.
    #[schema(format = Date)]
    pub from_on: String,
    /// Last day.
    #[schema(format = Date)]
    pub until_on: String,
    /// How many commitments were worked out.
    pub commitments: i32,
    /// How many deadlines are upcoming.
    pub upcoming: i32,
    /// How many deadlines that somebody works on have another day by the rule as it is now.
    pub rule_changed: i32,
    /// Frameworks whose deadlines are to be read with care.
    pub warnings: Vec<CompileWarning>,
}

/// Works out what follows from a country's participation; the first time, for its focal point only, it begins that.
///
/// # Errors
/// `Invalid` where no owner is named; `Forbidden` for who may not ask.
pub async fn compile(ctx: &Ctx, input: &CompileInput) -> Result<Compiled> {
    let Some(owner) = input.owner.clone().or_else(|| ctx.actor.acting.clone()) else {
        return Err(Error::invalid("/owner", Code::Required, "say for which country"));
    };
    let asked = owner.clone();
    let row: Row = ctx.write(async move |unit| begin(unit, &asked).await).await?;
    told(ctx, &row).await
}

async fn begin(unit: &mut Unit, owner: &str) -> Result<Row> {
    let own = BTreeSet::from([owner.to_owned()]);
    // Of several that begin at once the others find what the first asked for.
    unit.lock_owners(&own).await?;
    let found = asked(unit, Some(&own)).await?.pop();
    let row = if let Some(row) = found {
        let scope = Scope { owner: owner.to_owned(), level: row.scope().level, ..Scope::default() };
        authorize(unit.actor(), Verb::Update, Compilation::def(), &scope)
            .map_err(|denial| Error::Forbidden(denial.rule.text.into()))?;
        row
    } else {
        let fields = Map::from_iter([("owner".to_owned(), json!(owner))]);
        let made = unit.apply_one(Compilation::def(), Op::Create(fields)).await?;
        made.row.ok_or_else(|| Error::Internal("what was asked has no row".into()))?
    };
    run(unit, vec![row.clone()], None).await?;
    work::begin(unit, &own).await?;
    Ok(row)
}

/// What countries asked for: all, or these.
async fn asked(unit: &Unit, owners: Option<&BTreeSet<String>>) -> Result<Vec<Row>> {
    let def = Compilation::def();
    let of = owners.map(|owners| def.col("owner").is_in(owners.iter().map(String::as_str)));
    let all = store::all(unit.conn(), def, of.map_or_else(Cond::all, |of| Cond::all().add(of))).await?;
    Ok(newest(all))
}

/// The newest of each country.
pub(super) fn newest(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| (a.owner(), b.id()).cmp(&(b.owner(), a.id())));
    rows.dedup_by(|later, first| later.owner() == first.owner());
    rows
}

/// For which countries something is worked out again.
#[derive(Clone, Debug)]
pub enum Whose {
    /// All that asked.
    All,
    /// Those called so as owners.
    Owners(BTreeSet<String>),
    /// Those with these ids.
    Countries(BTreeSet<Uuid>),
}

/// Works out again what follows for countries, as far as they asked; by some obligations, or all. What seeds bring is left to the
/// job, which comes soon after the start.
pub fn again(unit: &mut Unit, whose: Whose, by: Option<BTreeSet<Uuid>>) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        let is_about_nobody = match &whose {
            Whose::All => false,
            Whose::Owners(owners) => owners.is_empty(),
            Whose::Countries(ids) => ids.is_empty(),
        };
        if is_about_nobody || by.as_ref().is_some_and(BTreeSet::is_empty) || unit.ctx.cause == Cause::Seed {
            return Ok(());
        }
        let owners = if let Whose::Owners(owners) = &whose { Some(owners) } else { None };
        let mut asked = asked(unit, owners).await?;
        asked.retain(|row| row.read(compilation::IS_ACTIVE) == Some(true));
        if let Whose::Countries(ids) = &whose
            && !asked.is_empty()
        {
            let countries = unit.rows_of(Country::def(), ids).await?;
            let codes: BTreeSet<String> =
                countries.values().filter_map(|row| row.read(country::CODE)).collect();
            asked.retain(|row| codes.contains(row.owner()));
        }
        if asked.is_empty() { Ok(()) } else { run(unit, asked, by.as_ref()).await }
    })
}

/// Works out what follows for every country that asked, some at a time, and makes the tasks of deadlines that are near.
///
/// # Errors
/// What the database says.
pub async fn daily(ctx: &Ctx) -> Result<()> {
    let all = store::all(ctx.db.reading(), Compilation::def(), Cond::all()).await?;
    let mut owners: Vec<String> = all.iter().map(|row| row.owner().to_owned()).collect();
    owners.sort_unstable();
    owners.dedup();
    for some in owners.chunks(COUNTRIES) {
        let some: BTreeSet<String> = some.iter().cloned().collect();
        ctx.run(async move |unit| {
            again(unit, Whose::Owners(some.clone()), None).await?;
            work::begin(unit, &some).await
        })
        .await?;
    }
    Ok(())
}

/// First and last day for which a country asked.
fn window(row: &Row, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let asked = row.instant("created_at").map_or(today, |at| at.date_naive());
    let first = NaiveDate::from_ymd_opt(asked.year(), 1, 1).unwrap_or(asked);
    let years = row.read(compilation::HORIZON_YEARS).unwrap_or(HORIZON);
    let months = Months::new(u32::try_from(years).unwrap_or_default().saturating_mul(12));
    (row.read(compilation::FROM_ON).unwrap_or(first), today.checked_add_months(months).unwrap_or(today))
}

async fn of_owners(
    unit: &Unit,
    def: &'static kernel::KindDef,
    owners: &BTreeSet<String>,
) -> Result<Vec<Row>> {
    let of = def.col("owner").is_in(owners.iter().map(String::as_str));
    store::all(unit.conn(), def, Cond::all().add(of)).await
}

async fn run(unit: &mut Unit, asked: Vec<Row>, by: Option<&BTreeSet<Uuid>>) -> Result<()> {
    let today = unit.ctx.clock.today();
    let owners: BTreeSet<String> = asked.iter().map(|row| row.owner().to_owned()).collect();
    // Of two that work out the same country one waits, and finds what the other wrote.
    unit.lock_owners(&owners).await?;
    let facts = Facts::of(unit.conn(), &owners, today).await?;
    // What a fuller return takes the place of follows from its rule too.
    let by = by.map(|by| facts.with_replaced(by));
    let by = by.as_ref();
    let mut commitments: BTreeMap<(String, Uuid), Row> = BTreeMap::new();
    for row in of_owners(unit, Commitment::def(), &owners).await? {
        commitments.extend(row.read(commitment::OBLIGATION).map(|of| ((row.owner().to_owned(), of), row)));
    }
    let mut ops = Vec::new();
    for (owner, place) in &facts.places {
        for duty in facts.duties.values().filter(|duty| by.is_none_or(|by| by.contains(&duty.id))) {
            let Some(standing) = facts.standings.get(&(place.id, duty.framework)) else { continue };
            let caution = match standing {
                Standing::Prospective => Some(CommitmentCaution::Prospective),
                Standing::Party(since) if since.entry.is_none() => {
                    Some(CommitmentCaution::EntryNotKnownToTheDay)
                }
                Standing::Party(_) => None,
            };
            let key = (owner.clone(), duty.id);
            let known = commitments.get(&key);
            let mut row = known.cloned().unwrap_or_else(|| made(unit, owner, duty));
            // What a country entered itself stays as it entered it.
            if known.is_some_and(|row| row.read(commitment::IS_COMPILED) != Some(true)) {
                continue;
            }
            row.put(commitment::CAUTION, caution);
            row.write(commitment::IS_COMPILED, true);
            match known {
                None => ops.push(Op::Make(Box::new(row.clone()))),
                Some(known) if *known != row => ops.push(Op::Put(Box::new(row.clone()))),
                Some(_) => {}
            }
            commitments.insert(key, row);
        }
    }
    if !ops.is_empty() {
        unit.apply_by_service(Commitment::def(), ops).await?;
    }
    let mut diff = Diff::default();
    let mut stored: HashMap<Uuid, Vec<Row>> = HashMap::new();
    for row in of_owners(unit, Deadline::def(), &owners).await? {
        if let Some(of) = row.read(deadline::COMMITMENT) {
            stored.entry(of).or_default().push(row);
        }
    }
    let events = events(of_owners(unit, TreatyEvent::def(), &owners).await?);
    for row in &asked {
        let Some(place) = facts.places.get(row.owner()) else { continue };
        let window = window(row, today);
        let nothing = Events::new();
        let known = commitments
            .iter()
            .filter(|((owner, _), _)| owner == row.owner())
            .filter_map(|(_, commitment)| stored.get(&commitment.id()))
            .flatten();
        let span = diff::span(window, known);
        let mut dues = facts.dues(*place, span, events.get(row.owner()).unwrap_or(&nothing));
        let of_owner = commitments
            .iter()
            .filter(|((owner, of), _)| owner == row.owner() && by.is_none_or(|by| by.contains(of)));
        for ((_, of), commitment) in of_owner {
            let dues = dues.remove(of).filter(|_| leads(commitment)).unwrap_or_default();
            let known = stored.remove(&commitment.id()).unwrap_or_default();
            diff.add(unit, commitment, window, (dues, known));
        }
    }
    let ops = diff.ops();
    if ops.is_empty() { Ok(()) } else { unit.apply_by_service(Deadline::def(), ops).await.map(drop) }
}

/// Whether deadlines follow from a commitment: not where the country says that it does not apply, or rests.
fn leads(row: &Row) -> bool {
    let rests = [Applicability::NotApplicable, Applicability::InAbeyance];
    row.read(commitment::APPLICABILITY).is_some_and(|one| !rests.contains(&one))
}

/// A new commitment of a country.
fn made(unit: &Unit, owner: &str, duty: &facts::Duty) -> Row {
    let mut row = Row::empty(Commitment::def());
    row.set("id", unit.ctx.clock.id());
    row.set("owner", owner);
    row.write(commitment::OBLIGATION, duty.id);
    row.write(commitment::FRAMEWORK, duty.framework);
    row.write(commitment::BINDING, duty.binding);
    let is_encouraged = duty.binding == BindingForce::Encouraged;
    row.write(
        commitment::APPLICABILITY,
        if is_encouraged { Applicability::Voluntary } else { Applicability::Applies },
    );
    row
}

/// The events of each country by obligation.
fn events(rows: Vec<Row>) -> HashMap<String, Events> {
    let mut found: HashMap<String, Events> = HashMap::new();
    for row in rows {
        let Some(at) = row.read(treaty_event::HAPPENED_AT) else { continue };
        for obligation in row.read(treaty_event::OBLIGATIONS).unwrap_or_default() {
            found
                .entry(row.owner().to_owned())
                .or_default()
                .entry(obligation)
                .or_default()
                .push((row.id(), at));
        }
    }
    found
}

/// What stands after a country asked.
async fn told(ctx: &Ctx, row: &Row) -> Result<Compiled> {
    let (from_on, until_on) = window(row, ctx.clock.today());
    let owner = row.owner().to_owned();
    let of = |def: &'static kernel::KindDef, more: Cond| {
        Cond::all().add(def.col("owner").eq(owner.as_str())).add(more)
    };
    let def = Commitment::def();
    let compiled = def.col(commitment::IS_COMPILED.column).eq(true);
    let commitments = store::all(ctx.db.reading(), def, of(def, compiled.into())).await?;
    let def = Deadline::def();
    let upcoming = def.col(deadline::STATUS.column).eq(DeadlineStatus::Upcoming.code());
    let changed = def.col(deadline::RULE_DUE_ON.column).is_not_null();
    let rows = store::all(ctx.db.reading(), def, of(def, Cond::any().add(upcoming).add(changed))).await?;
    let is_upcoming = |row: &&Row| row.read(deadline::STATUS) == Some(DeadlineStatus::Upcoming);
    let cautions: BTreeMap<Uuid, CommitmentCaution> = commitments
        .iter()
        .filter_map(|row| Some((row.read(commitment::FRAMEWORK)?, row.read(commitment::CAUTION)?)))
        .collect();
    let ids = cautions.keys().copied().collect();
    let frameworks = store::by_ids(ctx, Framework::def(), &ids).await?;
    let frameworks: Vec<Row> = frameworks.into_values().collect();
    let names = Renderer::on(ctx, Framework::def(), &frameworks, Detail::List).await?;
    let warning = |row: &Row| {
        Some(CompileWarning {
            framework: names.named(row),
            caution: cautions.get(&row.id())?.code().to_owned(),
        })
    };
    let mut warnings: Vec<_> = frameworks.iter().filter_map(warning).collect();
    warnings.sort_by(|a, b| a.framework.code.cmp(&b.framework.code));
    Ok(Compiled {
        from_on: from_on.to_string(),
        until_on: until_on.to_string(),
        commitments: small(commitments.len()),
        upcoming: small(rows.iter().filter(is_upcoming).count()),
        rule_changed: small(rows.iter().filter(|row| row.read(deadline::RULE_DUE_ON).is_some()).count()),
        warnings,
        owner,
    })
}
