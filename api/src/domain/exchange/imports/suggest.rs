//! A mapping suggested for a table, from how its columns are called and what stands in them.

use kernel::KindDef;
use serde_json::{Value as Json, json};
use tabular::{Cell, Cells, Row};

use super::{
    ImportOptions, aliases, columns,
    mapping::same,
    preview::Begun,
    words::{labels, list_of},
};

/// Rows among which the line of names is looked for.
pub(super) const SEARCHED: usize = 30;
/// Field under which a running number is left out.
const NUMBER: &str = "x_number";

/// Names in a row of cells.
pub(super) fn names(row: &Row) -> Vec<String> {
    let Cells::Cells(cells) = &row.cells else { return Vec::new() };
    let name = |cell: &Cell| match cell {
        Cell::Text(text) => text.trim().to_owned(),
        _ => String::new(),
    };
    cells.iter().map(name).collect()
}

/// The field that a column is called as.
fn plainly(def: &KindDef, name: &str) -> Option<String> {
    columns::understood(def, name, None).map(|column| column.field)
}

/// The fields that people or programs call so, the likeliest first.
fn called(def: &KindDef, name: &str) -> Vec<String> {
    match aliases::fields(def, name).next() {
        Some(field) => vec![field.to_owned()],
        None => aliases::spelled(def, name).collect(),
    }
}

/// The fields that a column of another name may hold, the likeliest first.
fn guessed(def: &KindDef, name: &str) -> Vec<String> {
    let called = called(def, name);
    let within = || aliases::within(def, name).map(str::to_owned).or_else(|| aliases::near(def, name));
    if called.is_empty() { within().into_iter().collect() } else { called }
}

/// How likely it is that a row names columns: what is called as a field counts more than what holds such a name.
fn likelihood(def: &KindDef, row: &Row) -> usize {
    let weight = |name: &String| match name.as_str() {
        "" => 0,
        name if plainly(def, name).is_some() || !called(def, name).is_empty() => 2,
        name => usize::from(aliases::within(def, name).is_some()),
    };
    names(row).iter().map(weight).sum()
}

/// A mapping for a table that is not as an import needs it: its names stand elsewhere, or are not those of the API.
pub(super) fn suggestion(
    def: &KindDef,
    table: &Begun,
    options: &ImportOptions,
    number: usize,
) -> Option<Json> {
    let all: Vec<usize> = table.rows.iter().take(SEARCHED).map(|row| likelihood(def, row)).collect();
    let best = all.iter().copied().max().filter(|best| *best > 0)?;
    let at = all.iter().position(|one| *one == best)?;
    let header = table.rows.get(at)?;
    let below = table.rows.get(at + 1..).unwrap_or_default();
    let (lines, has_others) = lines(def, header, below);
    let is_plain = at == 0 && lines.is_empty() && (!has_others || table.merged.is_empty());
    if is_plain {
        return None;
    }
    let mut made = json!({
        "code": format!("{}-{number}", def.collection),
        "title": options.name.as_deref().unwrap_or(def.collection),
        "record_kind": def.collection,
        "header_row": header.line,
        "ends_at_empty_row": true,
        "leaves_out_others": true,
        "day_order": "day_first",
        "columns": lines,
    });
    if let (Some(sheet), Some(all)) = (&table.name, made.as_object_mut()) {
        all.insert("sheet".into(), json!(sheet));
    }
    Some(made)
}

/// The lines of a mapping for the columns that need one, and whether there are others of which nothing is known.
fn lines(def: &KindDef, header: &Row, below: &[Row]) -> (Vec<Json>, bool) {
    let names = names(header);
    // A column that is called as a field holds it, wherever it stands.
    let own: Vec<String> = names.iter().filter_map(|name| plainly(def, name)).collect();
    let (mut held, mut lines, mut has_others) = (Vec::new(), Vec::new(), false);
    for (at, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let field = match plainly(def, name) {
            Some(field) => Some(field).filter(|field| !held.contains(field)),
            None => {
                guessed(def, name).into_iter().find(|field| !held.contains(field) && !own.contains(field))
            }
        };
        match field {
            Some(field) => {
                let values = values(def, &field, below, at);
                if field != *name || !values.is_empty() {
                    lines.push(line(name, &field, &values));
                }
                held.push(field);
            }
            None if aliases::is_number(name) => lines.push(line(name, NUMBER, &[])),
            None => has_others = true,
        }
    }
    (lines, has_others)
}

fn line(column: &str, field: &str, values: &[Json]) -> Json {
    if values.is_empty() {
        return json!({ "column": column, "field": field });
    }
    json!({ "column": column, "field": field, "values": values })
}

/// What a column writes for the codes of its closed list.
fn values(def: &KindDef, field: &str, rows: &[Row], at: usize) -> Vec<Json> {
    let Some(list) = list_of(def, field) else { return Vec::new() };
    let known = labels(list);
    let mut met: Vec<(String, String)> = Vec::new();
    for row in rows {
        let Cells::Cells(cells) = &row.cells else { continue };
        let Some(Cell::Text(text)) = cells.get(at) else { continue };
        for label in text.split([';', '\n']).map(str::trim) {
            let is_met = met.iter().any(|(other, _)| same(other) == same(label));
            if let Some(code) = known.get(&same(label)).filter(|code| *code != label && !is_met) {
                met.push((label.to_owned(), code.clone()));
            }
        }
    }
    met.into_iter().map(|(label, code)| json!({ "label": label, "code": code })).collect()
}
