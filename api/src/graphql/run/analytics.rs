//! Figures of every list.

use kernel::{
    Code, Error, Result, Violation,
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
        let known = def.filters.iter().filter(|filter| filter.applies).map(|filter| filter.name);
        let known: Vec<&str> = known.collect();
        let mut faults = Vec::new();
        let pairs = narrowed(item, (&known, def.collection), &mut faults)?;
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
        told(analytics(&self.ctx, def, &question, &pairs, faults).await?)
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

/// The filters that are given, as REST has them; every name that is unknown is a fault.
pub(super) fn narrowed(
    item: &Item,
    (known, of): (&[&str], &str),
    faults: &mut Vec<Violation>,
) -> Result<Vec<(String, String)>> {
    let given = item.arguments.get("filters").filter(|given| !given.is_null());
    let filters: Vec<FigureFilterInput> =
        given.map_or(Ok(Vec::new()), |filters| serde_json::from_value(filters.clone()))?;
    for FigureFilterInput { name, .. } in filters.iter().filter(|one| !known.contains(&&*one.name)) {
        let near = hint(name, known.iter().copied());
        let why = format!("{} is no filter of {of}{near}", cut(&Json::from(name.as_str())));
        faults.push(Violation::new("?filters", Code::UnknownParameter, why));
    }
    let pairs = filters.into_iter().flat_map(|FigureFilterInput { name, values }| {
        values.into_iter().map(move |value| (name.clone(), value))
    });
    Ok(pairs.collect())
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
