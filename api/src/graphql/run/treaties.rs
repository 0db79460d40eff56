//! Reads of what countries have recorded about obligations.

use kernel::Result;
use serde_json::Value as Json;

use super::{
    Found, Run,
    roots::{or_null, text},
};
use crate::{
    domain::treaties::{
        answers::answers,
        coverage::{Wanted, coverage},
        matrix::matrix,
        register::{self, register},
        stale::stale,
    },
    graphql::selection::Item,
};

impl Run {
    /// What a country has recorded; nothing where there is no such country.
    pub(super) async fn country_coverage(&self, item: &Item) -> Result<Found> {
        let [framework, domain] = ["framework", "domain"].map(|name| Some(text(item, name).to_owned()));
        or_null(coverage(&self.ctx, text(item, "code"), &Wanted { framework, domain }).await)
    }

    /// The register of a country's commitments; nothing where there is no such country.
    pub(super) async fn country_commitments(&self, item: &Item) -> Result<Found> {
        let one = |name: &str| item.arguments.get(name).and_then(Json::as_str).map(str::to_owned);
        let without = item.arguments.get("without").filter(|given| !given.is_null());
        let wanted = register::Wanted {
            framework: one("framework"),
            domain: one("domain"),
            binding: one("binding"),
            without: without.map_or(Ok(Vec::new()), |given| serde_json::from_value(given.clone()))?,
        };
        or_null(register(&self.ctx, text(item, "code"), &wanted).await)
    }

    /// The 1540 matrix of a country; nothing where there is no such country.
    pub(super) async fn country_matrix_1540(&self, item: &Item) -> Result<Found> {
        or_null(matrix(&self.ctx, text(item, "code")).await.map(|made| made.matrix))
    }

    /// What answers the questions of a draft; nothing where the caller may not see it.
    pub(super) async fn report_draft_answers(&self, item: &Item) -> Result<Found> {
        let Ok(draft) = text(item, "id").parse() else { return Ok(Found::Null) };
        or_null(answers(&self.ctx, draft).await.map(|made| made.answers))
    }

    /// Facts of a country past their age limit; nothing where there is no such country.
    pub(super) async fn country_stale_facts(&self, item: &Item) -> Result<Found> {
        let on = item.arguments.get("on").and_then(Json::as_str);
        or_null(stale(&self.ctx, text(item, "code"), on).await)
    }
}
