//! Snapshots.

use kernel::{Ctx, Result};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Found, Run,
    json::of_value,
    roots::{following, or_null, text},
};
use crate::{
    domain::exchange::snapshots,
    graphql::{selection::Item, types::SnapshotInput},
};

impl Run {
    /// Snapshots of the caller.
    pub(super) async fn snapshots(&self, item: &Item) -> Result<Found> {
        let (after, first) = following(item)?;
        Ok(of_value(&serde_json::to_value(snapshots::list(&self.ctx, after, first).await?)?))
    }

    /// A snapshot of the caller.
    pub(super) async fn snapshot(&self, item: &Item) -> Result<Found> {
        let Ok(id) = text(item, "id").parse::<Uuid>() else { return Ok(Found::Null) };
        or_null(snapshots::find(&self.ctx, id).await)
    }
}

/// Asks for a snapshot.
pub(super) async fn create(call: &Ctx, input: Map<String, Json>) -> Result<Found> {
    let (snapshot, work) = snapshots::create(call, &serde_json::from_value(Json::Object(input))?).await?;
    // Kept in the database: whoever serves goes on with it, should this process end.
    tokio::spawn(work);
    Ok(of_value(&serde_json::to_value(&snapshot)?))
}

/// Deletes a snapshot.
pub(super) async fn delete(call: &Ctx, input: Map<String, Json>) -> Result<Found> {
    let SnapshotInput { id } = serde_json::from_value(Json::Object(input))?;
    let snapshot = snapshots::find(call, id).await?;
    snapshots::delete(call, id).await?;
    Ok(of_value(&serde_json::to_value(&snapshot)?))
}
