//! What would fall due: if a State joined a framework, if a rule changed, if something happened. Nothing is written.

mod asked;

use std::collections::{BTreeSet, HashMap};

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{
    Deadline, Obligation, deadline, obligation,
    vocab::{DeadlineStatus, DueBasis},
};
use kernel::{Ctx, Result, render::Renderer, row::Row, scalar::Ref, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{recorded, rules::Due};
use crate::domain::Registered;
use asked::Asked;

/// A State joins a framework.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct AccessionInput {
    /// Code of the framework.
    pub framework: String,
    /// Day of entry into force for the State.
    #[schema(format = Date)]
    pub in_force_on: String,
}

/// The rule of an obligation changes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct RuleChangeInput {
    /// Code of the obligation.
    pub obligation: String,
    /// First day on which something falls due by the new rule; without it today.
    #[schema(format = Date)]
    pub valid_from: Option<String>,
    /// Recurrence of the due day (RFC 5545).
    pub rrule: Option<String>,
    /// First due day, where the rule needs one.
    #[schema(format = Date)]
    pub dtstart: Option<String>,
    /// Time from the trigger, or from entry into force for the State (ISO 8601).
    pub relative_due: Option<String>,
    /// Due days that a treaty body sets.
    #[serde(default)]
    #[graphql(default)]
    pub due_days: Vec<String>,
}

/// Something happens.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct EventInput {
    /// When.
    #[schema(format = DateTime)]
    pub happened_at: String,
    /// Codes of the obligations that it concerns; without them all that count from an event.
    #[serde(default)]
    #[graphql(default)]
    pub obligations: Vec<String>,
    /// Codes of frameworks, to which the obligations are narrowed.
    #[serde(default)]
    #[graphql(default)]
    pub frameworks: Vec<String>,
}

/// What is to be tried: one of `accession`, `rule_change`, `event`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct SimulationInput {
    /// The country (ISO 3166 alpha-3).
    pub country: String,
    /// The State joins a framework.
    pub accession: Option<AccessionInput>,
    /// The rule of an obligation changes.
    pub rule_change: Option<RuleChangeInput>,
    /// Something happens.
    pub event: Option<EventInput>,
    /// Years ahead, 1 to 10; 3 where nothing is said.
    pub horizon_years: Option<i32>,
}

/// What would fall due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct SimulatedDeadline {
    /// The obligation.
    pub obligation: Ref,
    /// How binding it is.
    pub binding: String,
    /// First day of the period covered, where there is one.
    #[schema(required = true, format = Date)]
    pub period_from: Option<String>,
    /// Last day of the period covered.
    #[schema(required = true, format = Date)]
    pub period_to: Option<String>,
    /// Day by which it would be due, in the country's time zone.
    #[schema(format = Date)]
    pub due_on: String,
    /// Instant by which it would be due.
    pub due_at: DateTime<Utc>,
    /// How the day comes about: a code of the list `due_basis`.
    pub basis: String,
    /// The rule, as it is written.
    pub rule: String,
    /// The country's deadline that would move, where the caller sees one.
    #[schema(required = true)]
    pub deadline: Option<Uuid>,
    /// Its day now.
    #[schema(required = true, format = Date)]
    pub due_on_now: Option<String>,
    /// Whether somebody works on it already, so that it would be flagged and not moved.
    pub is_under_way: bool,
}

/// What would follow; nothing is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Simulated {
    /// The country.
    pub country: String,
    /// What would fall due, the nearest first.
    pub deadlines: Vec<SimulatedDeadline>,
    /// Obligations of the framework without a day: what is to be done all the time, or when something happens.
    pub without_day: Vec<Ref>,
}

/// Works out what would fall due; a bounded number of statements.
///
/// # Errors
/// `Invalid` with all that is wrong.
pub async fn simulate(ctx: &Ctx, input: &SimulationInput) -> Result<Simulated> {
    let asked = Asked::read(ctx, input).await?;
    let dues = asked.facts.dues(asked.place, asked.window, &asked.events);
    let found: Vec<(Uuid, Due)> = dues
        .into_iter()
        .filter(|(id, _)| asked.about.contains(id))
        .flat_map(|(id, dues)| dues.into_iter().map(move |due| (id, due)))
        .filter(|(_, due)| asked.events.is_empty() || due.basis == DueBasis::Event)
        .collect();
    let stored = if asked.compares { stored(ctx, &asked).await? } else { HashMap::new() };
    let obligations = store::by_ids(ctx, Obligation::def(), &asked.about).await?;
    let names = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
    let shown = |(id, due): &(Uuid, Due)| {
        let row = obligations.get(id)?;
        let now = stored.get(&(*id, due.origin.clone()));
        let day = now.and_then(|row| row.read(deadline::DUE_ON));
        if asked.compares && day == Some(due.on) {
            return None;
        }
        let status = now.and_then(|row| row.read(deadline::STATUS));
        Some(SimulatedDeadline {
            obligation: names.named(row),
            binding: row.read(obligation::BINDING)?.code().to_owned(),
            period_from: due.period.map(|(first, _)| first.to_string()),
            period_to: due.period.map(|(_, last)| last.to_string()),
            due_on: due.on.to_string(),
            due_at: due.at,
            basis: due.basis.code().to_owned(),
            rule: due.rule.clone(),
            deadline: now.map(Row::id),
            due_on_now: day.map(|day| day.to_string()),
            is_under_way: status.is_some_and(|status| status != DeadlineStatus::Upcoming),
        })
    };
    let mut deadlines: Vec<SimulatedDeadline> = found.iter().filter_map(shown).collect();
    deadlines.sort_by(|a, b| (a.due_at, &a.obligation.code).cmp(&(b.due_at, &b.obligation.code)));
    let dated: BTreeSet<Uuid> = found.iter().map(|(id, _)| *id).collect();
    let mut without_day: Vec<Ref> =
        obligations.values().filter(|row| !dated.contains(&row.id())).map(|row| names.named(row)).collect();
    without_day.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(Simulated { country: asked.owner, deadlines, without_day })
}

/// The country's deadlines that the caller sees and on which something is still to be done, by obligation and origin.
async fn stored(ctx: &Ctx, asked: &Asked) -> Result<HashMap<(Uuid, String), Row>> {
    let def = Deadline::def();
    let which = Cond::all()
        .add(def.col("owner").eq(asked.owner.as_str()))
        .add(def.col(deadline::OBLIGATION.column).is_in(asked.about.iter().copied()));
    let rows = recorded::all(ctx, def, which).await?;
    let key = |row: &Row| Some((row.read(deadline::OBLIGATION)?, row.read(deadline::ORIGIN)?));
    Ok(rows.into_iter().filter_map(|row| Some((key(&row)?, row))).collect())
}
