//! The records of a plan in one of its editions, or at a point in time.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveTime, Utc};
use entity::{Action, Indicator, Objective, Pillar, Plan, PlanSection, objective, plan, plan_edition};
use kernel::{
    Code, Ctx, Error, KindDef, Result, Violation, change::past, dates, editions, policy::withhold, row::Row,
    store,
};
use uuid::Uuid;

use super::{adopted, drafting, is_within, next};
use crate::domain::{Registered, plans::plan::is_protected};

/// Which state of a plan is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// What is in force; before the first adoption what is worked on.
    #[default]
    InForce,
    /// The edition that is worked on.
    Working,
    /// An edition by its number.
    Number(i32),
    /// What stood at an instant.
    At(DateTime<Utc>),
}

impl Edition {
    /// Reads the parameters `edition` and `as_of`; a day means its end, in UTC.
    ///
    /// # Errors
    /// `BadRequest` naming each that cannot be read, and both where both are given.
    pub fn read(edition: Option<&str>, as_of: Option<&str>) -> Result<Self> {
        let mut faults = Vec::new();
        let mut fault = |at: &str, detail: &str| {
            faults.push(Violation::new(at, Code::BadFormat, detail));
        };
        let named = match edition {
            None => None,
            Some("in_force") => Some(Self::InForce),
            Some("working") => Some(Self::Working),
            Some(text) => match text.parse() {
                Ok(number) if number > 0 => Some(Self::Number(number)),
                _ => {
                    fault("?edition", "`in_force`, `working`, or the number of an edition");
                    None
                }
            },
        };
        let at = as_of.and_then(|text| {
            let end = |day: chrono::NaiveDate| {
                Some(day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN).and_utc())
            };
            let read = dates::day(text).and_then(end).or_else(|| dates::instant(text));
            if read.is_none() {
                fault("?as_of", "a day, such as `2026-11-20`, or an instant with its offset (RFC 3339)");
            }
            read
        });
        if named.is_some() && at.is_some() {
            fault("?as_of", "`edition` and `as_of` each say which state is meant: give one of them");
        }
        if faults.is_empty() {
            Ok(at.map(Self::At).or(named).unwrap_or_default())
        } else {
            Err(Error::BadRequest(faults))
        }
    }
}

/// A plan with the content that the caller may see, each level by place.
#[derive(Clone, Debug)]
pub struct PlanRows {
    /// Who reads: at work on the edition where that is the one, for references lead to what it makes as well.
    pub reader: Ctx,
    /// The plan.
    pub plan: Row,
    /// Its sections.
    pub sections: Vec<Row>,
    /// Its pillars.
    pub pillars: Vec<Row>,
    /// Their objectives.
    pub objectives: Vec<Row>,
    /// Their actions.
    pub actions: Vec<Row>,
    /// The indicators of all of them.
    pub indicators: Vec<Row>,
}

/// Where rows come from.
#[derive(Clone, Copy)]
enum Source {
    InForce,
    Working,
    Past(i64),
}

impl Source {
    /// Who reads the rows.
    fn reader(self, ctx: &Ctx) -> Ctx {
        if matches!(self, Self::Working) { drafting(ctx) } else { ctx.clone() }
    }
}

/// Reads a plan in an edition: a bounded number of statements, whatever its size.
///
/// # Errors
/// `NotFound` if the plan is hidden, or has no such edition for the caller.
pub async fn load(ctx: &Ctx, id: Uuid, edition: Edition) -> Result<PlanRows> {
    let source = source(ctx, id, edition).await?;
    let reader = source.reader(ctx);
    let ctx = &reader;
    let plan = rows(ctx, Plan::def(), id, source).await?.pop().ok_or(Error::NotFound)?;
    let sections = rows(ctx, PlanSection::def(), id, source).await?;
    let pillars = rows(ctx, Pillar::def(), id, source).await?;
    let mut objectives = rows(ctx, Objective::def(), id, source).await?;
    let mut actions = rows(ctx, Action::def(), id, source).await?;
    // What stands below something that is hidden or removed is no part of the tree.
    let known: BTreeSet<Uuid> = pillars.iter().map(Row::id).collect();
    objectives.retain(|row| row.read(objective::PILLAR).is_some_and(|id| known.contains(&id)));
    let known: BTreeSet<Uuid> = objectives.iter().map(Row::id).collect();
    actions.retain(|row| row.uuid("objective_id").is_some_and(|id| known.contains(&id)));
    let mut indicators = rows(ctx, Indicator::def(), id, source).await?;
    let stands = |row: &Row, of: &[Row], column: &str| {
        row.uuid(column).is_none_or(|id| of.iter().any(|one| one.id() == id))
    };
    indicators.retain(|row| stands(row, &objectives, "objective_id") && stands(row, &actions, "action_id"));
    Ok(PlanRows { reader, plan, sections, pillars, objectives, actions, indicators })
}

/// Reads one record of a plan in an edition, with who reads it: at work on the edition where that is the one.
///
/// # Errors
/// `NotFound` if it is hidden, or not in that edition for the caller.
pub async fn one(ctx: &Ctx, def: &'static KindDef, id: Uuid, edition: Edition) -> Result<(Ctx, Row)> {
    let plan = match edition {
        Edition::InForce => return Ok((ctx.clone(), store::get(ctx, def, id).await?)),
        Edition::Working => plan_of(&store::get(&drafting(ctx), def, id).await?),
        _ => past_plan(ctx, def, id).await?,
    };
    let source = source(ctx, plan, edition).await?;
    let reader = source.reader(ctx);
    let row = match source {
        Source::InForce => Some(store::get(&reader, def, id).await?),
        Source::Working => working(&reader, &store::get(&reader, def, id).await?),
        Source::Past(until) => {
            past::of_plan(&reader, def, plan, until).await?.into_iter().find(|row| row.id() == id)
        }
    };
    Ok((reader, row.ok_or(Error::NotFound)?))
}

/// Lists the records of a kind below a plan in a state of it.
///
/// # Errors
/// `NotFound` if the plan is hidden.
pub async fn list_at(ctx: &Ctx, def: &'static KindDef, plan: Uuid, edition: Edition) -> Result<Vec<Row>> {
    let source = source(ctx, plan, edition).await?;
    rows(&source.reader(ctx), def, plan, source).await
}

fn plan_of(row: &Row) -> Uuid {
    row.def().plan_column().and_then(|column| row.uuid(column)).unwrap_or_default()
}

/// The plan that a record belongs to, or did.
async fn past_plan(ctx: &Ctx, def: &'static KindDef, id: Uuid) -> Result<Uuid> {
    if def.name == "plan" {
        return Ok(id);
    }
    past::plan_of(ctx, id).await?.ok_or(Error::NotFound)
}

/// Where the rows of an edition come from.
async fn source(ctx: &Ctx, id: Uuid, edition: Edition) -> Result<Source> {
    let plan = store::get(ctx, Plan::def(), id);
    Ok(match edition {
        Edition::InForce => Source::InForce,
        Edition::At(at) => Source::Past(past::position_at(ctx, at).await?),
        Edition::Working => {
            let plan = plan.await?;
            if next(&plan).is_none() || (is_protected(&plan) && !is_within(ctx, &plan)) {
                return Err(Error::NotFound);
            }
            Source::Working
        }
        Edition::Number(number) => {
            let plan = plan.await?;
            let current = plan.read(plan::EDITION).unwrap_or_default();
            if number == current {
                return Ok(Source::InForce);
            }
            if !is_within(ctx, &plan) {
                return Err(Error::NotFound);
            }
            if next(&plan).is_some_and(|(next, _)| next == number) {
                return Ok(Source::Working);
            }
            let all = adopted(ctx, id).await?;
            let found = all.iter().find(|row| row.read(plan_edition::NUMBER) == Some(number));
            let set = found.and_then(|row| row.read(plan_edition::ADOPTED_IN)).ok_or(Error::NotFound)?;
            Source::Past(past::position_of(ctx, set).await?)
        }
    })
}

/// A record as the next edition has it, without what is withheld from the caller.
fn working(ctx: &Ctx, row: &Row) -> Option<Row> {
    let mut next = editions::unfolded(row)?;
    withhold(&ctx.actor, &mut next);
    Some(next)
}

async fn rows(ctx: &Ctx, def: &'static KindDef, plan: Uuid, source: Source) -> Result<Vec<Row>> {
    let mut rows = match source {
        Source::InForce => store::of_plan(ctx, store::Wanted::shown(def), plan).await?,
        Source::Working => {
            let rows = store::of_plan(ctx, def, plan).await?;
            rows.iter().filter_map(|row| working(ctx, row)).collect()
        }
        Source::Past(until) => past::of_plan(ctx, def, plan, until).await?,
    };
    rows.sort_by_key(|row| (if def.has("position") { row.int("position") } else { None }, row.id()));
    Ok(rows)
}
