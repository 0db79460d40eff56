//! How countries stand towards frameworks.

use kernel::Result;
use serde_json::Value as Json;

use super::{Found, Run, json::of_value, roots::or_null};
use crate::{
    domain::treaties::{
        participation_matrix::{Asked, matrix},
        standing::standing,
    },
    graphql::selection::Item,
};

impl Run {
    /// Countries by frameworks.
    pub(super) async fn participation_matrix(&self, item: &Item) -> Result<Found> {
        let list = |name: &str| {
            let all = item.arguments.get(name).and_then(Json::as_array).into_iter().flatten();
            all.filter_map(|one| one.as_str().map(str::to_owned)).collect()
        };
        let [valid_on, known_on] = days(item).map(|day| day.map(str::to_owned));
        let asked = Asked {
            region: list("region"),
            country: list("country"),
            framework: list("framework"),
            party_to: list("party_to"),
            not_party_to: list("not_party_to"),
            valid_on,
            known_on,
        };
        Ok(of_value(&serde_json::to_value(matrix(&self.ctx, &asked, Vec::new()).await?)?))
    }

    /// How a country stands by a participation; nothing where the caller may not see it.
    pub(super) async fn participation_standing(&self, item: &Item) -> Result<Found> {
        let id = item.arguments.get("id").and_then(Json::as_str).and_then(|id| id.parse().ok());
        let Some(id) = id else { return Ok(Found::Null) };
        or_null(standing(&self.ctx, id, days(item), Vec::new()).await)
    }
}

fn days(item: &Item) -> [Option<&str>; 2] {
    ["valid_on", "known_on"].map(|name| item.arguments.get(name).and_then(Json::as_str))
}
