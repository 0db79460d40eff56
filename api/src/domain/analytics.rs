//! Figures of every kind: counts and sums of what the caller sees, by what records have in common, now and over time.

mod asked;
mod points;
mod told;

use std::collections::BTreeMap;

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use kernel::{
    Ctx, KindDef, Result, Violation,
    figures::figures,
    input::{cut, hint},
};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::KINDS;
use asked::Read;
pub use asked::{Question, Spread};

/// Figures of a list: rows of a table, and what they were made of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Analytics {
    /// The columns of the table, in their order.
    pub columns: Vec<FigureColumn>,
    /// A row for each group: every column by its name. A key is null where nothing is there, or nothing that the caller sees.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<Map<String, Json>>,
    /// What the figures were made of.
    pub meta: FigureMeta,
}

/// A column of figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct FigureColumn {
    /// Its name in each row.
    pub name: String,
    /// What it holds: `key`, `label` or `measure`; in cubes `note` as well, which says something of the figures.
    pub role: String,
}

/// What figures were made of, so that they can be cited and asked for again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct FigureMeta {
    /// The instant whose state is told.
    #[schema(format = DateTime)]
    pub as_of: String,
    /// When the youngest of the records that count was changed; null where none counts. Null for the past.
    #[schema(format = DateTime)]
    pub freshness: Option<String>,
    /// How many countries the figures tell of.
    pub coverage: FigureCoverage,
    /// Editions of the closed lists whose codes are told.
    pub definition_editions: Vec<DefinitionEdition>,
    /// The filters, as they were given.
    pub filters: Vec<FigureFilter>,
    /// Address that answers the same figures as long as the caller's rights are the same; null in GraphQL.
    pub url: Option<String>,
}

/// How many countries figures tell of: never which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct FigureCoverage {
    /// Countries of which a record counts.
    pub n: i32,
    /// Countries that are members of a region now, as far as the filters by country and region let them pass.
    pub m: i32,
}

/// The edition of a closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct DefinitionEdition {
    /// Name of the list.
    pub name: String,
    /// Version of this service that has the list as it was used.
    pub edition: String,
}

/// A filter with its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct FigureFilter {
    /// Its name.
    pub name: String,
    /// Its values, of which any fits.
    pub values: Vec<String>,
}

/// The list with this name in addresses.
///
/// # Errors
/// What to tell whoever asks for it.
pub fn list(name: &str) -> std::result::Result<&'static KindDef, String> {
    KINDS.served_as(name).filter(|def| def.collection == name).ok_or_else(|| {
        let near = hint(name, KINDS.served().map(|def| def.collection));
        format!("there is no list {}{near}", cut(&Json::from(name)))
    })
}

/// The figures that are asked for; `faults` is what is known to be wrong with the question.
///
/// # Errors
/// `BadRequest` naming everything that is wrong with the question.
pub async fn analytics(
    ctx: &Ctx,
    def: &'static KindDef,
    question: &Question,
    given: &[(String, String)],
    faults: Vec<Violation>,
) -> Result<Analytics> {
    let read = Read::of(ctx, def, question, given, faults)?;
    let found = figures(ctx, &read.asked).await?;
    let small = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let at = read.asked.times.last().copied().unwrap_or_else(|| ctx.clock.now());
    let meta = FigureMeta {
        as_of: written(at),
        freshness: found.newest.filter(|_| read.asked.times.is_empty()).map(written),
        coverage: FigureCoverage { n: small(found.covered.0), m: small(found.covered.1) },
        definition_editions: told::editions(&read),
        filters: filters(given),
        url: None,
    };
    let (columns, rows) = told::table(ctx, &read, found).await?;
    Ok(Analytics { columns, rows, meta })
}

fn filters(given: &[(String, String)]) -> Vec<FigureFilter> {
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in given {
        all.entry(name).or_default().push(value.clone());
    }
    all.into_iter().map(|(name, values)| FigureFilter { name: name.to_owned(), values }).collect()
}

/// The edition of a closed list that this service has.
pub(super) fn edition(name: String) -> DefinitionEdition {
    DefinitionEdition { name, edition: env!("CARGO_PKG_VERSION").to_owned() }
}

pub(super) fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}
