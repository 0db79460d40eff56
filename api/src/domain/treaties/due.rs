//! What is due in a country, and who holds it.

use std::collections::BTreeMap;

use async_graphql::SimpleObject;
use chrono::{DateTime, Duration, Utc};
use entity::{Agency, Deadline, Framework, Obligation, deadline};
use kernel::{Code, Ctx, Error, Result, Violation, render::Renderer, row::Row, scalar::Ref};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{deadline::open, recorded};
use crate::domain::{Registered, small};

/// Days ahead where nothing is said.
pub const DAYS: i64 = 90;
/// Days ahead at most.
pub const MOST_DAYS: i64 = 3_650;
/// Deadlines that one answer holds at most.
const MOST: u64 = 2_000;

/// A deadline that is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct DueDeadline {
    /// Id of the deadline.
    pub id: Uuid,
    /// The obligation.
    #[schema(required = true)]
    pub obligation: Option<Ref>,
    /// Framework it comes from.
    #[schema(required = true)]
    pub framework: Option<Ref>,
    /// Day by which it is due, in the country's time zone.
    #[schema(format = Date)]
    pub due_on: String,
    /// Instant by which it is due.
    pub due_at: DateTime<Utc>,
    /// State of the deadline.
    pub status: String,
    /// What is told of it once the instant is past: `overdue` inside the country, `no_submission_recorded` outside.
    #[schema(required = true)]
    pub timeliness: Option<String>,
}

/// What an agency holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AgencyDue {
    /// The agency; null where none is named, or the caller does not see it.
    #[schema(required = true)]
    pub agency: Option<Ref>,
    /// What is past and has no submission on record, the oldest first.
    pub past: Vec<DueDeadline>,
    /// What is to come, the nearest first.
    pub coming: Vec<DueDeadline>,
}

/// What is due in a country, as far as the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CountryDue {
    /// Code of the country.
    pub country: String,
    /// Last day that counts.
    #[schema(format = Date)]
    pub until_on: String,
    /// How many are past.
    pub past: i32,
    /// How many are to come.
    pub coming: i32,
    /// By the agency that holds them, in the order of their codes; first those that none holds.
    pub agencies: Vec<AgencyDue>,
    /// Whether there are more than the 2,000 of which this tells.
    pub is_cut: bool,
}

/// Says what is due in a country within some days, and what is past: five statements.
///
/// # Errors
/// `NotFound` if there is no such country; `BadRequest` for a number of days outside 0 to 3,650.
pub async fn due(ctx: &Ctx, code: &str, days: Option<i64>) -> Result<CountryDue> {
    let days = days.unwrap_or(DAYS);
    if !(0..=MOST_DAYS).contains(&days) {
        let text = format!("0 to {MOST_DAYS} days, not {days}");
        return Err(Error::BadRequest(vec![Violation::new("?days", Code::OutOfRange, text)]));
    }
    let (_, country) = recorded::country(ctx, code).await?;
    let until = ctx.clock.now() + Duration::days(days);
    let by = Cond::all().add(Deadline::def().col(deadline::DUE_AT.column).lte(until));
    let rows = open(ctx, &country, by, MOST.saturating_add(1)).await?;
    let is_cut = rows.len() > usize::try_from(MOST).unwrap_or(usize::MAX);
    let rows = rows.get(..rows.len().min(usize::try_from(MOST).unwrap_or(usize::MAX))).unwrap_or_default();
    let names = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
    let links = [
        (Obligation::def(), deadline::OBLIGATION.column),
        (Framework::def(), deadline::FRAMEWORK.column),
        (Agency::def(), deadline::LEAD_AGENCY.column),
    ];
    let called = recorded::called(ctx, &names, rows, links).await?;
    let mut held: BTreeMap<Option<String>, AgencyDue> = BTreeMap::new();
    let (mut past, mut coming) = (0, 0);
    for row in rows {
        let agency = row.read(deadline::LEAD_AGENCY).and_then(|id| called.get(&id));
        let key = agency.and_then(|agency| agency.code.clone());
        let of = held.entry(key).or_insert_with(|| AgencyDue {
            agency: agency.cloned(),
            past: Vec::new(),
            coming: Vec::new(),
        });
        let Some(one) = shown(&names, row, &called) else { continue };
        if one.timeliness.is_some() {
            past += 1;
            of.past.push(one);
        } else {
            coming += 1;
            of.coming.push(one);
        }
    }
    Ok(CountryDue {
        country,
        until_on: until.date_naive().to_string(),
        past: small(past),
        coming: small(coming),
        agencies: held.into_values().collect(),
        is_cut,
    })
}

fn shown(names: &Renderer, row: &Row, called: &BTreeMap<Uuid, Ref>) -> Option<DueDeadline> {
    Some(DueDeadline {
        id: row.id(),
        obligation: row.read(deadline::OBLIGATION).and_then(|id| called.get(&id).cloned()),
        framework: row.read(deadline::FRAMEWORK).and_then(|id| called.get(&id).cloned()),
        due_on: row.read(deadline::DUE_ON)?.to_string(),
        due_at: row.read(deadline::DUE_AT)?,
        status: row.read(deadline::STATUS)?.code().to_owned(),
        timeliness: names.code(row, "timeliness"),
    })
}
