//! Flat views.

use async_graphql::{SimpleObject, registry::MetaField};
use serde::Serialize;

use super::{
    FigureRow, Read, Types,
    entry::{field, input, with_arguments},
};

/// A page of a flat view.
#[derive(Clone, Debug, Serialize, SimpleObject)]
pub(crate) struct FlatRows {
    /// The columns, in their order.
    pub(crate) columns: Vec<FlatColumn>,
    /// The rows.
    pub(crate) rows: Vec<FigureRow>,
    /// Cursor of the next page; null on the last one.
    pub(crate) next: Option<String>,
    /// How many rows there are on all pages.
    pub(crate) total_count: Option<i32>,
}

/// A column of a flat view.
#[derive(Clone, Debug, Serialize, SimpleObject)]
pub(crate) struct FlatColumn {
    /// Its name, for good.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) doc: String,
}

impl Types<'_> {
    /// The types of flat views.
    pub(super) fn flat(&mut self) {
        self.gives::<FlatRows>();
    }
}

/// The read of flat views.
pub(super) fn reads() -> Vec<(MetaField, Read)> {
    let text = "A page of a flat view: rows of cells with codes and labels, as REST has it at `/task_flat` and the others.";
    let arguments = vec![
        input("name", "Name of the view: `task_flat`.", "String!"),
        input(
            "filters",
            "What it is narrowed by: names and values as REST has them.",
            "[FigureFilterInput!]",
        ),
        input("sort", "Columns that the rows are ordered by, a leading minus for descending.", "[String!]"),
        input("first", "How many rows, 1 to 10000; 1000 where none is said.", "Int"),
        input("after", "Cursor: `next` of the page before.", "String"),
    ];
    vec![(with_arguments(field("flatView", text, "FlatRows!"), arguments), Read::FlatView)]
}
