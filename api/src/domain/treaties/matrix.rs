//! The matrix of a country for Security Council resolution 1540: operative paragraphs by nuclear, chemical, biological.

use std::collections::BTreeMap;

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use entity::{Framework, obligation, vocab::Domain};
use kernel::{Ctx, Error, Result, render::Renderer, row::Row, scalar::Ref, store};
use serde::Serialize;
use serde_json::{Map, json};
use utoipa::ToSchema;

use super::recorded::{self, FORCES, Marks, RecordedMark};
use crate::domain::{Registered, plans::document::words::Speech};

/// The framework that the matrix is about.
const FRAMEWORK: &str = "UNSCR1540";

/// The columns of the matrix.
pub const COLUMNS: [Domain; 3] = [Domain::N, Domain::C, Domain::B];

/// One duty of a paragraph, and what is recorded about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct MatrixEntry {
    /// The obligation.
    pub obligation: Ref,
    /// The mark; null where none is recorded that the caller may see.
    #[schema(required = true)]
    pub recorded: Option<RecordedMark>,
}

/// What is recorded about a paragraph in one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(as = Matrix1540Cell)]
#[graphql(name = "Matrix1540Cell")]
pub struct MatrixCell {
    /// Hazard domain of the column: `N`, `C` or `B`.
    pub dimension: String,
    /// The duties of the paragraph in it; none where it has none.
    pub entries: Vec<MatrixEntry>,
}

/// One operative paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(as = Matrix1540Row)]
#[graphql(name = "Matrix1540Row")]
pub struct MatrixRow {
    /// The paragraph: `OP3(a)`.
    pub provision: String,
    /// Nuclear, chemical, biological.
    pub cells: Vec<MatrixCell>,
}

/// The paragraphs that bind alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(as = Matrix1540Part)]
#[graphql(name = "Matrix1540Part")]
pub struct MatrixPart {
    /// How they bind: `legally_binding`, `politically_binding` or `encouraged`.
    pub binding: String,
    /// The paragraphs in order.
    pub rows: Vec<MatrixRow>,
}

/// The 1540 matrix of a country, as far as the caller may see it: facts with their sources, no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Matrix1540 {
    /// The country.
    pub country: Ref,
    /// Day on which the matrix was made.
    #[schema(format = Date, example = "2026-11-26")]
    pub made_on: String,
    /// Paragraphs that bind legally, politically, and those that are encouraged: kept apart, in this order.
    pub parts: Vec<MatrixPart>,
}

/// A matrix, and how it is printed.
pub struct Printable {
    /// The matrix.
    pub matrix: Matrix1540,
    /// The day on which it was made.
    pub made_on: NaiveDate,
    /// The language of its fixed words.
    pub speech: Speech,
}

/// Reads the matrix of a country; statements are as many however many marks there are.
///
/// # Errors
/// `NotFound` if there is no such country.
pub async fn matrix(ctx: &Ctx, address: &str) -> Result<Printable> {
    let (country, owner) = recorded::country(ctx, address).await?;
    let marks = recorded::marks(ctx, &owner).await?;
    let rows = obligations(ctx, &marks).await?;
    let owners = Renderer::owners(ctx).await?;
    let speech = Speech::of(&ctx.locale, owners.languages(&owner));
    let renderer = Renderer::for_edges(ctx, owners);
    let made_on = ctx.clock.today();
    let parts = FORCES.map(|force| part(&renderer, force.code(), (&rows, &marks)));
    let matrix =
        Matrix1540 { country: renderer.named(&country), made_on: made_on.to_string(), parts: parts.to_vec() };
    Ok(Printable { matrix, made_on, speech })
}

/// The obligations of the resolution; none where it is not among the frameworks.
async fn obligations(ctx: &Ctx, marks: &Marks) -> Result<Vec<Row>> {
    let framework = match store::by_code(ctx, Framework::def(), FRAMEWORK).await {
        Err(Error::NotFound) => return Ok(Vec::new()),
        found => found?.id(),
    };
    let filters = Map::from_iter([("framework".to_owned(), json!([framework]))]);
    recorded::obligations(ctx, &filters, marks).await
}

fn part(renderer: &Renderer, binding: &str, (all, marks): (&[Row], &Marks)) -> MatrixPart {
    let mut order: Vec<&str> = Vec::new();
    let mut rows: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in all.iter().filter(|row| row.text(obligation::BINDING.column) == Some(binding)) {
        let provision = row.text(obligation::PROVISION.column).unwrap_or_default();
        if !rows.contains_key(provision) {
            order.push(provision);
        }
        rows.entry(provision).or_default().push(row);
    }
    let made = order.into_iter().map(|provision| MatrixRow {
        provision: provision.to_owned(),
        cells: COLUMNS.map(|column| cell(renderer, column, (&rows, provision, marks))).to_vec(),
    });
    MatrixPart { binding: binding.to_owned(), rows: made.collect() }
}

fn cell(
    renderer: &Renderer,
    column: Domain,
    (rows, provision, marks): (&BTreeMap<&str, Vec<&Row>>, &str, &Marks),
) -> MatrixCell {
    let of = rows.get(provision).into_iter().flatten();
    let entries = of.filter_map(|row| {
        let recorded = marks.of(row.id(), column).cloned();
        (recorded::is_about(row, column) || recorded.is_some())
            .then(|| MatrixEntry { obligation: renderer.named(row), recorded })
    });
    MatrixCell { dimension: column.code().to_owned(), entries: entries.collect() }
}
