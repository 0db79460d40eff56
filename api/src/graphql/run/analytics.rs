//! Figures of every list.

use kernel::{
    Code, Error, Result,
    input::{cut, hint},
};
use serde_json::Value as Json;

use super::{Found, Run, json::of_value, roots::text};
use crate::{
    domain::{
        analytics::{Analytics as Figures, Question, Spread, analytics, list},
        cubes,
        exchange::columns::Labels,
    },
    graphql::{
        selection::Item,
        types::{Analytics, FigureCell, FigureFilterInput, FigureRow},
    },
};

impl Run {
    /// The figures of a list.
    pub(super) async fn analytics(&self, item: &Item, is_series: bool) -> Result<Found> {
        let def = list(text(item, "collection"))
            .map_err(|why| Error::bad_request("?collection", Code::NotInList, why))?;
        let given = |name: &str| item.arguments.get(name).filter(|given| !given.is_null());
        let one = |name: &str| given(name).and_then(Json::as_str).map(str::to_owned);
        let texts = |name: &str| -> Result<Vec<String>> {
            given(name).map_or(Ok(Vec::new()), |all| Ok(serde_json::from_value(all.clone())?))
        };
        let filters: Vec<FigureFilterInput> = match given("filters") {
            Some(filters) => serde_json::from_value(filters.clone())?,
            None => Vec::new(),
        };
        let known = |name: &str| def.filters.iter().any(|filter| filter.applies && filter.name == name);
        if let Some(unknown) = filters.iter().find(|filter| !known(&filter.name)) {
            let near = hint(&unknown.name, def.filters.iter().map(|filter| filter.name));
            let given = cut(&Json::from(unknown.name.as_str()));
            let text = format!("{given} is no filter of {}{near}", def.collection);
            return Err(Error::bad_request("?filters", Code::UnknownParameter, text));
        }
        let spread = || Spread { bucket: one("bucket"), from: one("from"), to: one("to") };
        let question = Question {
            group_by: texts("group_by")?,
            measure: texts("measure")?,
            having: texts("having")?,
            top: given("top").and_then(Json::as_i64),
            sort: texts("sort")?,
            time_zone: one("time_zone"),
            as_of: one("as_of"),
            labels: Labels::Both,
            over: is_series.then(spread),
        };
        let pairs = filters.into_iter().flat_map(|FigureFilterInput { name, values }| {
            values.into_iter().map(move |value| (name.clone(), value))
        });
        let made = analytics(&self.ctx, def, &question, &pairs.collect::<Vec<_>>(), Vec::new()).await?;
        told(made)
    }

    /// The figures of a cube.
    pub(super) async fn cube(&self, item: &Item) -> Result<Found> {
        let at = cubes::find(text(item, "name"))
            .map_err(|why| Error::bad_request("?name", Code::NotInList, why))?;
        told(cubes::cube(&self.ctx, at).await?)
    }
}

/// The cubes there are.
pub(super) fn cubes() -> Result<Found> {
    Ok(of_value(&serde_json::to_value(cubes::list().items)?))
}

/// Figures as they are answered.
fn told(made: Figures) -> Result<Found> {
    let rows = made.rows.iter().map(|row| {
        let cells = made.columns.iter().map(|column| cell(&column.name, row.get(&column.name)));
        FigureRow { cells: cells.collect() }
    });
    let rows = rows.collect();
    let told = Analytics { columns: made.columns, rows, meta: made.meta };
    Ok(of_value(&serde_json::to_value(told)?))
}

/// A cell as it is told.
pub(super) fn cell(name: &str, value: Option<&Json>) -> FigureCell {
    FigureCell {
        name: name.to_owned(),
        value: value.filter(|value| !value.is_null()).map(|value| match value {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        }),
        number: value.and_then(Json::as_f64),
    }
}
