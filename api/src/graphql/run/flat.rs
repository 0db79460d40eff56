//! Flat views.

use kernel::{
    Code, Error, Result,
    input::{cut, hint},
};
use serde_json::Value as Json;

use super::{
    Found, Run,
    analytics::{cell, narrowed},
    json::of_value,
    roots::text,
};
use crate::{
    domain::flat::{Asked, Column, REGION, Row, VIEWS, filters, find, page_size, view},
    graphql::{
        selection::Item,
        types::{FigureRow, FlatColumn, FlatRows},
    },
};

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
        let mut faults = Vec::new();
        let known: Vec<String> = filters(&table).into_iter().map(|filter| filter.name).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).chain([REGION]).collect();
        let pairs = narrowed(item, (&known, table.name), &mut faults)?;
        let sort: Vec<String> = match given("sort") {
            Some(keys) => serde_json::from_value(keys.clone())?,
            None => Vec::new(),
        };
        let asked = Asked::read(&table, &pairs, &sort.join(","), &mut faults);
        let limit = page_size("first", given("first").and_then(Json::as_i64), &mut faults);
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
