//! How a risk has changed, and the order of priorities.

use kernel::Result;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Found, Run, roots::or_null};
use crate::{
    domain::risks::{ranking::ranking, trend::trend},
    graphql::selection::Item,
};

impl Run {
    /// How a risk has changed; nothing where the caller may not see it.
    pub(super) async fn risk_trend(&self, item: &Item) -> Result<Found> {
        let Some(id) = id(item) else { return Ok(Found::Null) };
        or_null(trend(&self.ctx, id).await)
    }

    /// The order of the priorities of a method; nothing where the caller may not see the method.
    pub(super) async fn priority_ranking(&self, item: &Item) -> Result<Found> {
        let Some(id) = id(item) else { return Ok(Found::Null) };
        or_null(ranking(&self.ctx, id).await)
    }
}

fn id(item: &Item) -> Option<Uuid> {
    item.arguments.get("id").and_then(Json::as_str)?.parse().ok()
}
