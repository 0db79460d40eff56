//! Annexes of a document: a list of parts, each of which reads what it shows and says it in a common form.
//!
//! One more annex is one more line of `all`, a function, and its heading among the words.

mod milestones;
mod risks;

use kernel::{Result, render::Renderer};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

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

impl Annex {
    /// An empty annex under the heading of this key.
    fn named(scribe: &Scribe<'_>, key: &str) -> Self {
        let title = scribe.speech.word(key).to_owned();
        Self { key: key.to_owned(), title, text: None, matrix: None, table: None }
    }
}

/// The annexes of a plan's document, in order, without those that have nothing to show.
///
/// # Errors
/// What the database says.
pub(super) async fn all(scribe: &Scribe<'_>, rows: &Rows) -> Result<Vec<Annex>> {
    let found = [risks::risks(scribe, rows).await?, milestones::milestones(scribe, rows).await?];
    Ok(found.into_iter().flatten().collect())
}

/// The name of a record that a row refers to, else its code.
fn named(renderer: &Renderer, id: Option<Uuid>) -> String {
    let found = renderer.reference(id);
    found.and_then(|found| found.name.or(found.code)).unwrap_or_default()
}
