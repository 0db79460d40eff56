//! The series of a return: for which periods it was sent, and for which nothing is on record.

use std::collections::BTreeMap;

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use entity::{Commitment, Deadline, Submission, deadline, submission};
use kernel::{Ctx, KindDef, Result, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::recorded;
use crate::domain::{Registered, small};

/// A period of a return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct SeriesPeriod {
    /// First day of the period; null where the return covers none.
    #[schema(required = true, format = Date)]
    pub period_from: Option<String>,
    /// Last day of the period.
    #[schema(required = true, format = Date)]
    pub period_to: Option<String>,
    /// Its deadline; null where something was sent without one.
    #[schema(required = true)]
    pub deadline: Option<Uuid>,
    /// Day by which it was due.
    #[schema(required = true, format = Date)]
    pub due_on: Option<String>,
    /// State of the deadline.
    #[schema(required = true)]
    pub status: Option<String>,
    /// Days on which something was sent for it.
    pub sent_on: Vec<String>,
}

/// The series of a commitment, as far as the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CommitmentSeries {
    /// The commitment.
    pub commitment: Uuid,
    /// The periods, in order.
    pub periods: Vec<SeriesPeriod>,
    /// How many periods have a submission on record.
    pub sent: i32,
    /// Last days of past periods, those due by now, without a submission on record.
    pub gaps: Vec<String>,
}

/// Reads the series of a visible commitment: three statements.
///
/// # Errors
/// `NotFound` if the commitment is not visible.
pub async fn series(ctx: &Ctx, id: Uuid) -> Result<CommitmentSeries> {
    let row = store::get(ctx, Commitment::def(), id).await?;
    let deadlines = of(ctx, Deadline::def(), deadline::COMMITMENT.column, id).await?;
    let mut sent: BTreeMap<Option<NaiveDate>, Vec<NaiveDate>> = BTreeMap::new();
    let period_of: BTreeMap<Uuid, Option<NaiveDate>> =
        deadlines.iter().map(|row| (row.id(), row.read(deadline::PERIOD_TO))).collect();
    let mut by_deadline: BTreeMap<Uuid, Vec<NaiveDate>> = BTreeMap::new();
    for row in of(ctx, Submission::def(), submission::COMMITMENT.column, id).await? {
        let Some(day) = row.read(submission::SENT_ON) else { continue };
        match row.read(submission::DEADLINE).filter(|id| period_of.contains_key(id)) {
            Some(deadline) => by_deadline.entry(deadline).or_default().push(day),
            None => sent.entry(row.read(submission::PERIOD_TO)).or_default().push(day),
        }
    }
    let mut periods: Vec<SeriesPeriod> = deadlines
        .iter()
        .map(|row| {
            let last = row.read(deadline::PERIOD_TO);
            let mut days = by_deadline.remove(&row.id()).unwrap_or_default();
            // What was sent for the same period, before there was a deadline.
            days.extend(last.and_then(|last| sent.remove(&Some(last))).unwrap_or_default());
            days.sort_unstable();
            SeriesPeriod {
                period_from: row.read(deadline::PERIOD_FROM).map(text),
                period_to: last.map(text),
                deadline: Some(row.id()),
                due_on: row.read(deadline::DUE_ON).map(text),
                status: row.read(deadline::STATUS).map(|status| status.code().to_owned()),
                sent_on: days.into_iter().map(text).collect(),
            }
        })
        .collect();
    periods.extend(sent.into_iter().map(|(last, mut days)| {
        days.sort_unstable();
        SeriesPeriod {
            period_from: None,
            period_to: last.map(text),
            deadline: None,
            due_on: None,
            status: None,
            sent_on: days.into_iter().map(text).collect(),
        }
    }));
    periods.sort_by_key(|one| (one.period_to.clone(), one.due_on.clone()));
    let today = text(ctx.clock.today());
    let is_gap =
        |one: &&SeriesPeriod| one.sent_on.is_empty() && one.due_on.as_ref().is_some_and(|day| *day < today);
    Ok(CommitmentSeries {
        commitment: row.id(),
        sent: small(periods.iter().filter(|one| !one.sent_on.is_empty()).count()),
        gaps: periods.iter().filter(is_gap).filter_map(|one| one.period_to.clone()).collect(),
        periods,
    })
}

async fn of(ctx: &Ctx, def: &'static KindDef, column: &'static str, id: Uuid) -> Result<Vec<Row>> {
    recorded::all(ctx, def, Cond::all().add(def.col(column).eq(id))).await
}

/// A day as it is written.
fn text(day: NaiveDate) -> String {
    day.to_string()
}
