//! How likelihood and impact of a risk have changed, from its history.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use entity::{Risk, risk};
use kernel::{
    Ctx, Error, Result,
    change::{self, Span},
    row::Row,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::Registered;

/// States of one risk that are looked through at most.
const STATES: usize = 10_000;

/// What a risk was said to be from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct RiskPoint {
    /// When it was said.
    pub at: DateTime<Utc>,
    /// How likely, 1 to 5.
    pub likelihood: i32,
    /// How grave, 1 to 5.
    pub impact: i32,
}

/// How likelihood and impact of a risk have changed.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct RiskTrend {
    /// The states in which either changed, oldest first, as far as the caller may see them.
    pub points: Vec<RiskPoint>,
}

/// Reads how a risk has changed that is visible.
///
/// # Errors
/// `NotFound` if the risk is not visible.
pub async fn trend(ctx: &Ctx, id: Uuid) -> Result<RiskTrend> {
    let span = Span { after: 0, limit: STATES };
    let past = change::histories(ctx, Risk::def(), &[id].into(), span).await?.remove(&id);
    let past = past.ok_or(Error::NotFound)?;
    if past.entries.last().is_some_and(|last| last.op == "delete") {
        return Err(Error::NotFound);
    }
    let mut points: Vec<RiskPoint> = Vec::new();
    for entry in past.entries {
        let Some((likelihood, impact)) = said(&entry.row) else { continue };
        let is_same = |last: &RiskPoint| (last.likelihood, last.impact) == (likelihood, impact);
        if !points.last().is_some_and(is_same) {
            points.push(RiskPoint { at: entry.at, likelihood, impact });
        }
    }
    Ok(RiskTrend { points })
}

fn said(row: &Row) -> Option<(i32, i32)> {
    Some((row.read(risk::LIKELIHOOD)?, row.read(risk::IMPACT)?))
}
