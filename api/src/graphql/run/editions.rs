//! Plans in their editions: reads whose answers are those of the REST face, and opening the next edition.

use std::sync::Arc;

use kernel::{Ctx, Error, Result};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Found, Run, Source};
use crate::{
    domain::{
        plans::{
            editions::{self, Edition, diff, frozen},
            iati::activities,
        },
        tree::tree,
    },
    graphql::{selection::Item, types::PlanRead},
};

impl Run {
    /// Reads a plan, an edition of it, or what differs between two; null where the caller may not see it.
    pub(super) async fn plan(&self, item: &Item, read: PlanRead) -> Result<Found> {
        let Some(id) = argument(item, "id").and_then(|id| Uuid::try_parse(id).ok()) else {
            return Ok(Found::Null);
        };
        let number =
            || item.arguments.get("number").and_then(Json::as_i64).and_then(|n| i32::try_from(n).ok());
        let found = match read {
            PlanRead::Tree => {
                let edition = edition(item)?;
                tree(&self.ctx, id, edition).await.and_then(|tree| Ok(serde_json::to_value(tree)?))
            }
            PlanRead::Editions => editions::list(&self.ctx, id).await,
            PlanRead::Frozen => frozen::get(&self.ctx, id, number().unwrap_or_default()).await,
            PlanRead::Verify => frozen::verify(&self.ctx, id, number().unwrap_or_default()).await,
            PlanRead::Diff => {
                let sides = editions::sides(argument(item, "from"), argument(item, "to"))?;
                diff::diff(&self.ctx, id, sides).await
            }
            PlanRead::Iati => {
                activities(&self.ctx, id).await.and_then(|made| Ok(serde_json::to_value(made)?))
            }
        };
        match found {
            Ok(value) => Ok(whole(value)),
            Err(Error::NotFound) => Ok(Found::Null),
            Err(error) => Err(error),
        }
    }
}

/// A JSON value that is answered as it is.
pub(super) fn whole(value: Json) -> Found {
    Found::One(Source::Json(Arc::new(value)))
}

/// An argument that is a text.
fn argument<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.arguments.get(name).and_then(Json::as_str)
}

/// The state of a plan that a field asks for.
///
/// # Errors
/// `BadRequest` naming each argument that cannot be read.
pub(super) fn edition(item: &Item) -> Result<Edition> {
    Edition::read(argument(item, "edition"), argument(item, "as_of"))
}

/// The caller as it writes: into the next edition where the field says so.
///
/// # Errors
/// `BadRequest` for an edition that is not written.
pub(super) fn writing(call: Ctx, item: &Item) -> Result<Ctx> {
    Ok(match edition(item)? {
        Edition::InForce => call,
        Edition::Working => editions::drafting(&call),
        _ => return Err(editions::not_written()),
    })
}
