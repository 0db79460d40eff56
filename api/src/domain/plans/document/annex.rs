//! Annexes of a document: a list of parts, each of which reads what it shows and says it in a common form.
//!
//! One more annex is one more line of [`all`] and a function.

use kernel::Result;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Rows, Scribe, Text};

/// A table of an annex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentTable)]
pub struct Table {
    /// What each column holds.
    pub columns: Vec<String>,
    /// The rows, as many cells in each as there are columns; an empty cell says nothing.
    pub rows: Vec<Vec<String>>,
}

/// What lies in one cell of a risk matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentMatrixCell)]
pub struct Cell {
    /// Likelihood, 1 to 5.
    pub likelihood: i32,
    /// Impact, 1 to 5.
    pub impact: i32,
    /// What lies in it, by short code.
    pub codes: Vec<String>,
}

/// A matrix of likelihood and impact, 5 by 5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentMatrix)]
pub struct Matrix {
    /// The cells in which something lies.
    pub cells: Vec<Cell>,
}

/// An annex of a document; each part is null where the annex has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentAnnex)]
pub struct Annex {
    /// What it is: `risks`, `milestones`, `indicators`, `budget`.
    pub key: String,
    /// Its heading.
    pub title: String,
    /// A text.
    pub text: Option<Text>,
    /// A matrix of likelihood and impact.
    pub matrix: Option<Matrix>,
    /// A table.
    pub table: Option<Table>,
}

/// The annexes of a plan's document, in order, without those that have nothing to show.
///
/// # Errors
/// What the database says.
#[expect(clippy::unused_async, reason = "annexes read what they show")]
pub(super) async fn all(_scribe: &Scribe<'_>, _rows: &Rows) -> Result<Vec<Annex>> {
    let found: [Option<Annex>; 0] = [];
    Ok(found.into_iter().flatten().collect())
}
