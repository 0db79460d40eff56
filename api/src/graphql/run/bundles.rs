//! Bundles.

use kernel::{Ctx, Result};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Found, Run,
    json::of_value,
    roots::{following, or_null, text},
};
use crate::{
    domain::exchange::bundles,
    graphql::{selection::Item, types::BundleInput},
};

impl Run {
    /// Bundles that the caller may know of.
    pub(super) async fn bundles(&self, item: &Item) -> Result<Found> {
        let (after, first) = following(item)?;
        Ok(of_value(&serde_json::to_value(bundles::list(&self.ctx, after, first).await?)?))
    }

    /// A bundle that the caller may know of.
    pub(super) async fn bundle(&self, item: &Item) -> Result<Found> {
        let Ok(id) = text(item, "id").parse::<Uuid>() else { return Ok(Found::Null) };
        or_null(bundles::find(&self.ctx, id).await)
    }
}

/// Ends a bundle that was received.
pub(super) async fn withdraw(call: &Ctx, input: Map<String, Json>) -> Result<Found> {
    let BundleInput { id } = serde_json::from_value(Json::Object(input))?;
    Ok(of_value(&serde_json::to_value(bundles::withdraw(call, id).await?)?))
}
