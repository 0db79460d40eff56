//! The 1540 matrix as a table: CSV, or a workbook.

use std::{borrow::Cow, fmt::Display};

use kernel::Error;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

use crate::{
    domain::treaties::{
        matrix::{COLUMNS, MatrixEntry, MatrixRow, Printable},
        recorded::RecordedMark,
    },
    rest::forms::made_on,
};

/// What a program for tables could take for a formula is written as a text.
fn plain(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The matrix as CSV, with a line of names.
pub(super) fn csv(of: &Printable) -> Result<Vec<u8>, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines(of) {
        let cells: Vec<Cow<'_, str>> = line.iter().map(|cell| plain(cell)).collect();
        writer.write_record(cells.iter().map(AsRef::as_ref)).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

/// The matrix as a workbook of one sheet.
pub(super) fn xlsx(of: &Printable) -> Result<Vec<u8>, Error> {
    workbook(of).map_err(|error| failed(&error))
}

fn workbook(of: &Printable) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&made_on(of.made_on)?.set_title(title(of)));
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let sheet = book.add_worksheet();
    sheet.set_name("1540")?.set_landscape().set_freeze_panes(1, 2)?;
    for (at, line) in (0_u32..).zip(lines(of)) {
        let format = if at == 0 { &head } else { &text };
        for (column, cell) in (0_u16..).zip(&line) {
            sheet.write_string_with_format(at, column, plain(cell), format)?;
            sheet.set_column_width(column, if column < 2 { 16 } else { 28 })?;
        }
    }
    book.save_to_buffer()
}

fn failed(error: &dyn Display) -> Error {
    Error::Internal(format!("no table was made: {error}"))
}

/// What the matrix is called, and of which country.
pub(super) fn title(of: &Printable) -> String {
    let country = &of.matrix.country;
    let name = country.name.as_deref().or(country.code.as_deref()).unwrap_or_default();
    format!("{}: {name}", of.speech.word("matrix_1540"))
}

/// The names of the columns, and a line for each paragraph.
fn lines(of: &Printable) -> Vec<Vec<String>> {
    let word = |key| of.speech.word(key);
    let mut head = vec![word("binding_force").to_owned(), word("provision").to_owned()];
    for column in COLUMNS {
        let domain = of.speech.label("domain", column.code()).label;
        let names = ["obligation", "mark", "act_source", "assessed_on"].map(word);
        head.extend(names.map(|name| format!("{domain}: {name}")));
    }
    let parts = of.matrix.parts.iter();
    let rows = parts.flat_map(|part| part.rows.iter().map(|row| line(of, &part.binding, row)));
    [head].into_iter().chain(rows).collect()
}

fn line(of: &Printable, binding: &str, row: &MatrixRow) -> Vec<String> {
    let mut line = vec![of.speech.label("binding_force", binding).label, row.provision.clone()];
    for cell in &row.cells {
        let all = |say: &dyn Fn(&MatrixEntry) -> String| {
            cell.entries.iter().map(say).collect::<Vec<_>>().join("\n").trim_end().to_owned()
        };
        line.push(all(&|entry| named(entry).to_owned()));
        line.push(all(&|entry| marked(of, entry)));
        line.push(all(&|entry| recorded(entry, |mark| mark.source.as_deref())));
        line.push(all(&|entry| recorded(entry, |mark| mark.assessed_on.as_deref())));
    }
    line
}

/// The title of an obligation, else its code.
pub(super) fn named(entry: &MatrixEntry) -> &str {
    entry.obligation.name.as_deref().or(entry.obligation.code.as_deref()).unwrap_or_default()
}

/// The mark in words; empty where none is recorded.
pub(super) fn marked(of: &Printable, entry: &MatrixEntry) -> String {
    entry.recorded.as_ref().map(|mark| of.speech.label("mark", &mark.mark).label).unwrap_or_default()
}

fn recorded(entry: &MatrixEntry, text: impl Fn(&RecordedMark) -> Option<&str>) -> String {
    entry.recorded.as_ref().and_then(text).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_like_a_formula() {
        let cells = ["=1+1", "+1", "-1", "@SUM", "\t=1", "Law No. 30 = in force"].map(plain);

        assert_eq!(cells, ["'=1+1", "'+1", "'-1", "'@SUM", "'\t=1", "Law No. 30 = in force"]);
    }
}
