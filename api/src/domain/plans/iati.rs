//! A plan as activities in the manner of IATI 2.03: each action an activity, as far as the caller may see it.
//!
//! Names are those of the elements of the standard, in its order. What a caller does not see is left out; nothing is made up
//! in its place but what the standard requires: a description, and who takes part.

mod money;
mod parties;
mod results;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{
    Action, BudgetLine, Measurement, Project, action, budget_line, indicator, measurement, plan, project,
    vocab::{ActionStatus, Domain},
};
use kernel::{
    Ctx, KindDef, Result,
    filter::Narrowing,
    render::{Detail, Renderer},
    row::{self, Row},
};
use model::Vocabulary;
use serde::Serialize;
use serde_json::{Map, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    document::{Scribe, Text, rows::every, words::Speech},
    editions::{Edition, load},
};
use crate::domain::Registered;
pub use money::{Budget, Disbursement, Transaction, Value};
pub use parties::{Party, Place};
pub use results::{Baseline, Outcome, Period};

/// Values of a filter: more are asked for in several statements.
const AT_A_TIME: usize = 200;

/// Actions of a plan as activities in the manner of IATI 2.03.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiActivities)]
pub struct Activities {
    /// Version of the standard.
    pub version: String,
    /// Id of the plan.
    pub plan: Uuid,
    /// The activities, in the order of the plan.
    pub activities: Vec<Activity>,
}

/// An action as an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiActivity)]
pub struct Activity {
    /// Code of the reporting organisation and id of the action.
    pub iati_identifier: String,
    /// Whose plan it is.
    pub reporting_org: Party,
    /// Title.
    pub title: Text,
    /// Text of the action; its title where there is none that the caller sees.
    pub description: Text,
    /// Who takes part, with the code of the role: 1 funds, 2 is accountable, 4 implements.
    pub participating_orgs: Vec<Party>,
    /// Code of the state: 1 planned, 2 in progress, 4 done, 5 cancelled.
    pub activity_status: String,
    /// First and last day of its period, as planned.
    pub activity_dates: Vec<ActivityDate>,
    /// Country of the owner, where it is one.
    pub recipient_country: Option<Place>,
    /// Region of the owner, where it is one.
    pub recipient_region: Option<Place>,
    /// Hazard domains of the plan, as one sector of the vocabulary of the reporting organisation (99).
    pub sector: Option<Place>,
    /// What is planned, by year and currency.
    pub budgets: Vec<Budget>,
    /// What is planned, by who is to pay.
    pub planned_disbursements: Vec<Disbursement>,
    /// What is committed and spent.
    pub transactions: Vec<Transaction>,
    /// Projects that serve the action and have an identifier of their own: by type 5, third parties.
    pub related_activities: Vec<String>,
    /// What it is measured by.
    pub results: Vec<Outcome>,
}

/// A day of an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiActivityDate)]
pub struct ActivityDate {
    /// Code of what begins or ends: 1 planned start, 3 planned end.
    #[serde(rename = "type")]
    pub kind: String,
    /// The day.
    pub iso_date: NaiveDate,
}

/// What activities are made of, besides the actions.
struct Sources {
    parties: parties::Parties,
    sector: Option<Place>,
    lines: BTreeMap<Uuid, Vec<Row>>,
    projects: Vec<Row>,
    indicators: BTreeMap<Uuid, Vec<Row>>,
    measurements: BTreeMap<Uuid, Vec<Row>>,
}

/// The actions of a visible plan as activities, as it is in force.
///
/// # Errors
/// `NotFound` if the plan is not visible.
pub async fn activities(ctx: &Ctx, id: Uuid) -> Result<Activities> {
    let rows = load(ctx, id, Edition::InForce).await?;
    let renderer = Renderer::on(ctx, Action::def(), &rows.actions, Detail::List).await?;
    let scribe = Scribe { ctx, speech: Speech::of(&ctx.locale, &[]), renderer };
    let of_plan = |def: &'static KindDef| Narrowing::of(def, "plan_id", id.to_string());
    let ids: Vec<Uuid> = rows.actions.iter().map(Row::id).collect();
    let lines = every(ctx, BudgetLine::def(), &of_plan(BudgetLine::def())?, budget_line::YEAR.column).await?;
    let measured = Measurement::def();
    let measurements = every(ctx, measured, &of_plan(measured)?, measurement::MEASURED_ON.column).await?;
    let projects = projects(ctx, &ids).await?;
    let sources = Sources {
        parties: parties::Parties::of(&scribe, &rows).await?,
        sector: sector(&scribe, &rows.plan),
        lines: by(lines, |row| row.read(budget_line::ACTION)),
        projects,
        indicators: by(rows.indicators.clone(), |row| row.read(indicator::ACTION)),
        measurements: by(measurements, |row| row.read(measurement::INDICATOR)),
    };
    let one = |row: &Row| activity(&scribe, &sources, row);
    let ordered = rows.objectives.iter().flat_map(|objective| {
        rows.actions.iter().filter(|row| row.read(action::OBJECTIVE) == Some(objective.id()))
    });
    Ok(Activities { version: "2.03".to_owned(), plan: id, activities: ordered.map(one).collect() })
}

fn by(rows: Vec<Row>, of: impl Fn(&Row) -> Option<Uuid>) -> BTreeMap<Uuid, Vec<Row>> {
    let mut all: BTreeMap<Uuid, Vec<Row>> = BTreeMap::new();
    for row in rows {
        if let Some(id) = of(&row) {
            all.entry(id).or_default().push(row);
        }
    }
    all
}

/// The projects that serve any of the actions, each once.
async fn projects(ctx: &Ctx, actions: &[Uuid]) -> Result<Vec<Row>> {
    let def = Project::def();
    let mut all: Vec<Row> = Vec::new();
    for some in actions.chunks(AT_A_TIME) {
        let narrowing = Narrowing::from_json(def, &Map::from_iter([("action".to_owned(), json!(some))]))?;
        let found = every(ctx, def, &narrowing, project::TITLE.column).await?;
        let is_new = |row: &Row| all.iter().all(|known| known.id() != row.id());
        let new: Vec<Row> = found.into_iter().filter(is_new).collect();
        all.extend(new);
    }
    Ok(all)
}

/// The hazard domains of a plan: `CB`.
fn sector(scribe: &Scribe<'_>, of: &Row) -> Option<Place> {
    let mask = of.read(plan::DOMAINS).unwrap_or_default();
    let is_in = |domain: &&Domain| row::bit(Domain::DEF, domain.code()).is_some_and(|bit| mask & bit != 0);
    let domains: Vec<&str> = Domain::ALL.iter().filter(is_in).map(|domain| domain.code()).collect();
    let labels: Vec<String> = domains.iter().map(|code| scribe.speech.label("domain", code).label).collect();
    let language = Some(scribe.speech.language().tag().to_owned());
    let narrative = Text { text: labels.join(", "), language };
    (!domains.is_empty()).then(|| Place { code: domains.concat(), narrative: Some(narrative) })
}

const fn status_of(status: Option<ActionStatus>) -> &'static str {
    match status {
        Some(ActionStatus::InProgress) => "2",
        Some(ActionStatus::Done) => "4",
        Some(ActionStatus::Cancelled) => "5",
        Some(ActionStatus::Planned) | None => "1",
    }
}

fn activity(scribe: &Scribe<'_>, sources: &Sources, row: &Row) -> Activity {
    let Sources { parties, .. } = sources;
    let title = scribe.title(row, action::TITLE.column);
    let serves = |project: &&Row| project.read(project::ACTIONS).is_some_and(|ids| ids.contains(&row.id()));
    let projects: Vec<&Row> = sources.projects.iter().filter(serves).collect();
    let lines = sources.lines.get(&row.id()).map_or(&[][..], Vec::as_slice);
    let indicators = sources.indicators.get(&row.id()).map_or(&[][..], Vec::as_slice);
    let days = [("1", row.read(action::STARTS_ON)), ("3", row.read(action::ENDS_ON))];
    let dates = days
        .into_iter()
        .filter_map(|(kind, day)| Some(ActivityDate { kind: kind.to_owned(), iso_date: day? }));
    let measured = |id: Uuid| sources.measurements.get(&id).map_or(&[][..], Vec::as_slice);
    Activity {
        iati_identifier: format!("{}-{}", parties.reporting.code, row.id()),
        reporting_org: parties.reporting.clone(),
        description: scribe.text(row, action::DESCRIPTION.column).unwrap_or_else(|| title.clone()),
        title,
        participating_orgs: parties.taking_part(scribe, row, (&projects, lines)),
        activity_status: status_of(row.read(action::STATUS)).to_owned(),
        activity_dates: dates.collect(),
        recipient_country: parties.country.clone(),
        recipient_region: parties.region.clone(),
        sector: sources.sector.clone(),
        budgets: money::budgets(row, lines),
        planned_disbursements: money::disbursements(parties, lines),
        transactions: money::transactions(parties, lines),
        related_activities: projects
            .iter()
            .filter_map(|project| project.read(project::ACTIVITY_IDENTIFIER))
            .collect(),
        results: indicators.iter().map(|row| results::of(scribe, row, measured(row.id()))).collect(),
    }
}
