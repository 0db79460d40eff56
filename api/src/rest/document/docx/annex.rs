//! Annexes of a file.

use super::{
    WIDTH,
    parts::Sheet,
    table::{Cell, Table, plain},
};
use crate::{
    domain::plans::document::{
        Document,
        annex::{Annex, Matrix, Table as Listed},
    },
    rest::document::shade,
};

/// Steps of each axis of a matrix.
const STEPS: i32 = 5;

/// An annex under its heading.
pub(super) fn section(sheet: &mut Sheet, document: &Document, (at, annex): (usize, &Annex)) {
    sheet.chapter(&format!("{} {}. {}", document.word("annex"), at.saturating_add(1), annex.title));
    sheet.text(annex.text.as_ref());
    if let Some(matrix) = &annex.matrix {
        sheet.table(drawn(document, matrix));
    }
    if let Some(table) = &annex.table {
        sheet.table(listed(table));
    }
}

fn listed(table: &Listed) -> Table {
    let mut made = Table::new(&shares(table), WIDTH);
    let names: Vec<&str> = table.columns.iter().map(String::as_str).collect();
    made.head(&names);
    for row in &table.rows {
        made.row(row.iter().map(|cell| plain(cell)).collect());
    }
    made
}

/// How wide columns are: as their longest text, within bounds.
fn shares(table: &Listed) -> Vec<usize> {
    let length = |text: &String| text.chars().count().clamp(8, 40);
    let column = |(place, name): (usize, &String)| {
        let cells = table.rows.iter().filter_map(|row| row.get(place)).map(length);
        cells.chain([length(name)]).max().unwrap_or(8)
    };
    table.columns.iter().enumerate().map(column).collect()
}

/// A matrix as a table: likelihood upwards, impact to the right.
fn drawn(document: &Document, matrix: &Matrix) -> Table {
    let mut made = Table::new(&[22, 12, 12, 12, 12, 12], WIDTH * 2 / 3);
    for likelihood in (1..=STEPS).rev() {
        let mut cells = vec![plain(&format!("{} {likelihood}", document.word("likelihood"))).soft()];
        cells.extend((1..=STEPS).map(|impact| {
            let found = matrix.cells.iter().find(|one| (one.likelihood, one.impact) == (likelihood, impact));
            let codes = found.map_or_else(String::new, |cell| cell.codes.join(" "));
            plain(&codes).centred().on(shade(likelihood, impact))
        }));
        made.row(cells);
    }
    let mut last = vec![plain(document.word("impact")).soft()];
    last.extend((1..=STEPS).map(|impact| Cell::default().and(&impact.to_string()).centred().soft()));
    made.row(last);
    made
}
