//! Flat views.

use kernel::{
    Code, Error, Result, Violation,
    input::{cut, hint},
};
use serde_json::Value as Json;

use super::{Found, Run, analytics::cell, json::of_value, roots::text};
use crate::{
    domain::flat::{Asked, Column, MOST_ROWS, REGION, Row, VIEWS, filters, find, view},
    graphql::{
        selection::Item,
        types::{FigureFilterInput, FigureRow, FlatColumn, FlatRows},
    },
};

/// Rows of a page where no number is given.
const ROWS: usize = 1_000;

impl Run {
    /// A page of a flat view.
    pub(super) async fn flat_view(&self, item: &Item) -> Result<Found> {
        let name = text(item, "name");
        let Some(table) = view(&self.ctx, name).await? else {
            let near = hint(name, VIEWS.iter().map(|view| view.name));
            let why = format!("there is no view {}{near}", cut(&name.into()));
            return Err(Error::bad_request("?name", Code::NotInList, why));
        };
        let given = |name: &str| item.arguments.get(name).filter(|given| !given.is_null());
        let narrowed: Vec<FigureFilterInput> = match given("filters") {
            Some(filters) => serde_json::from_value(filters.clone())?,
            None => Vec::new(),
        };
        let mut faults = Vec::new();
        let known: Vec<String> = filters(&table).into_iter().map(|filter| filter.name).collect();
        let known = || known.iter().map(String::as_str).chain([REGION]);
        for FigureFilterInput { name, .. } in &narrowed {
            if !known().any(|known| known == name) {
                let near = hint(name, known());
                let why = format!("{} is no filter of {}{near}", cut(&name.as_str().into()), table.name);
                faults.push(Violation::new("?filters", Code::UnknownParameter, why));
            }
        }
        let pairs: Vec<(String, String)> = narrowed
            .into_iter()
            .flat_map(|FigureFilterInput { name, values }| {
                values.into_iter().map(move |value| (name.clone(), value))
            })
            .collect();
        let sort: Vec<String> = match given("sort") {
            Some(keys) => serde_json::from_value(keys.clone())?,
            None => Vec::new(),
        };
        let asked = Asked::read(&table, &pairs, &sort.join(","), &mut faults);
        let first =
            given("first").and_then(Json::as_i64).map_or(Some(ROWS), |first| usize::try_from(first).ok());
        let limit = first.filter(|first| (1..=MOST_ROWS).contains(first)).unwrap_or_else(|| {
            let why = format!("`first` is 1 to {MOST_ROWS}");
            faults.push(Violation::new("?first", Code::LimitOutOfRange, why));
            ROWS
        });
        if !faults.is_empty() {
            return Err(Error::BadRequest(faults));
        }
        let cursor = given("after").and_then(Json::as_str).map(str::to_owned);
        let found = find(&self.ctx, &table, &Asked { limit, cursor, is_counted: true, ..asked }).await?;
        let column = |column: &Column| FlatColumn { name: column.name.clone(), doc: column.doc.clone() };
        let row = |row: &Row| {
            let cells = table.columns.iter().zip(row);
            FigureRow {
                cells: cells.map(|(column, value)| cell(&column.name, Some(&value.json()))).collect(),
            }
        };
        let told = FlatRows {
            columns: table.columns.iter().map(column).collect(),
            rows: found.rows.iter().map(row).collect(),
            next: found.next,
            total_count: found.total.and_then(|total| i32::try_from(total).ok()),
        };
        Ok(of_value(&serde_json::to_value(told)?))
    }
}
