//! Figures of every list.

use async_graphql::{
    InputObject, SimpleObject,
    registry::{MetaField, MetaInputValue},
};
use serde::{Deserialize, Serialize};

use super::{
    Read, Types,
    entry::{field, input, with_arguments},
};
use crate::domain::{
    analytics::{FigureColumn, FigureMeta},
    cubes::CubeSummary,
};

/// A filter of a list, with its values.
#[derive(Clone, Debug, Deserialize, InputObject)]
pub(crate) struct FigureFilterInput {
    /// Name of the filter, as REST has it.
    pub(crate) name: String,
    /// Its values, of which any fits.
    pub(crate) values: Vec<String>,
}

/// Figures of a list.
#[derive(Clone, Debug, Serialize, SimpleObject)]
pub(crate) struct Analytics {
    /// The columns, in their order.
    pub(crate) columns: Vec<FigureColumn>,
    /// A row for each group.
    pub(crate) rows: Vec<FigureRow>,
    /// What the figures were made of.
    pub(crate) meta: FigureMeta,
}

/// A row of figures.
#[derive(Clone, Debug, Serialize, SimpleObject)]
pub(crate) struct FigureRow {
    /// What stands in each column, in the order of the columns.
    pub(crate) cells: Vec<FigureCell>,
}

/// A cell of figures.
#[derive(Clone, Debug, Serialize, SimpleObject)]
pub(crate) struct FigureCell {
    /// Name of the column.
    pub(crate) name: String,
    /// The value as REST writes it, as a text; null where nothing is there, or nothing that the caller sees.
    pub(crate) value: Option<String>,
    /// The same where it is a number.
    pub(crate) number: Option<f64>,
}

impl Types<'_> {
    /// The types of figures.
    pub(super) fn analytics(&mut self) {
        self.gives::<Analytics>();
        self.gives::<CubeSummary>();
        self.takes::<FigureFilterInput>();
    }
}

/// The reads of figures.
pub(super) fn reads() -> Vec<(MetaField, Read)> {
    let shared = || -> Vec<MetaInputValue> {
        vec![
            input("collection", "Name of the list, as REST has it: `tasks`.", "String!"),
            input(
                "groupBy",
                "Dimensions, those of days with what they are put together to: `due_on:month`.",
                "[String!]",
            ),
            input(
                "measure",
                "Measures: `count`, `late`, or a way and a field: `sum:estimate_days`.",
                "[String!]",
            ),
            input("filters", "The list's own filters.", "[FigureFilterInput!]"),
            input("having", "Conditions on measures, all of which a group meets: `count>=3`.", "[String!]"),
            input("top", "How many rows at most, 1 to 10000.", "Int"),
            input(
                "sort",
                "Columns that the rows are ordered by, a leading minus for descending.",
                "[String!]",
            ),
            input("timeZone", "Zone of the IANA list; UTC where none is said.", "String"),
        ]
    };
    let text =
        "Counts and sums of the records of a list that the caller may see, by what they have in common.";
    let as_of = input("asOf", "The instant whose state is told; the present where none is said.", "DateTime");
    let now = with_arguments(field("analytics", text, "Analytics!"), [shared(), vec![as_of]].concat());
    let text = "The same at the end of each day, month, quarter or year, from the log of changes.";
    let spread = vec![
        input(
            "bucket",
            "What lies between two points in time: `day`, `month`, `quarter` or `year`.",
            "String",
        ),
        input("from", "Day in the first bucket; without it there are twelve buckets.", "Date"),
        input("to", "Day in the last bucket; today where none is said.", "Date"),
    ];
    let series = with_arguments(field("analyticsSeries", text, "Analytics!"), [shared(), spread].concat());
    let text = "The cubes there are: fixed figures over countries.";
    let cubes = field("cubes", text, "[CubeSummary!]!");
    let text = "The figures of a cube as they are published today, the same for every caller; a cell that is suppressed has none.";
    let name = input("name", "Name of the cube, as REST has it: `gaps-by-area`.", "String!");
    let cube = with_arguments(field("cube", text, "Analytics!"), vec![name]);
    vec![(now, Read::Analytics), (series, Read::AnalyticsSeries), (cubes, Read::Cubes), (cube, Read::Cube)]
}
