//! Records as a workbook: rows are written to a file as they come, and the file is sent when it is finished.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom},
};

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use kernel::{Error, Result};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio::sync::mpsc;

use crate::domain::exchange::{
    columns::{Cell, Columns, fitted, guarded},
    export::{Batch, Pace},
};

/// Records of a sheet at most, besides the line of names; what is more stands on the next one.
const ROWS: u32 = 1_048_575;
/// Width of columns, in letters.
const WIDTH: u16 = 18;

/// How records are written.
pub(in crate::rest) struct Book {
    /// What the sheet is called.
    pub(in crate::rest) title: &'static str,
    /// The columns: of one kind, or of several that have the same.
    pub(in crate::rest) columns: Vec<Columns>,
}

/// A workbook of rows that are there already.
///
/// # Errors
/// `Internal` where it cannot be written.
pub(in crate::rest) fn of_cells(
    (title, names): (&'static str, &[&str]),
    rows: &[Vec<Cell<'static>>],
    made_at: DateTime<Utc>,
) -> Result<Vec<u8>> {
    let book = Book { title, columns: Vec::new() };
    let mut writer = Writer::new(&book, made_at)?;
    writer.names(names.iter().copied())?;
    for (line, row) in (1_u32..ROWS).zip(rows) {
        writer.line = line;
        for (at, cell) in (0_u16..).zip(row) {
            writer.cell(at, cell.clone())?;
        }
    }
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut writer.finish()?, &mut bytes).map_err(Fault::from)?;
    Ok(bytes)
}

/// What a workbook is made of, part by part.
pub(super) enum Page {
    /// Some records.
    Rows(Box<Batch>),
    /// No more: without it the workbook is not wanted any more.
    End,
}

/// Why no workbook came to be.
enum Fault {
    Left,
    Writer(XlsxError),
    File(io::Error),
}

impl From<XlsxError> for Fault {
    fn from(error: XlsxError) -> Self {
        Self::Writer(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Left => Self::Unavailable("its reader has left".into()),
            Fault::Writer(error) => Self::Internal(format!("no workbook was made: {error}")),
            Fault::File(error) => Self::Internal(format!("no file of a workbook: {error}")),
        }
    }
}

/// A workbook that is being written, with the sheet and the line it goes on with.
struct Writer<'a> {
    book: Workbook,
    of: &'a Book,
    sheets: usize,
    line: u32,
    head: Format,
    day: Format,
    instant: Format,
}

impl Book {
    /// Writes a workbook, made at an instant, of the parts that come; answers its file. It blocks.
    ///
    /// # Errors
    /// `Unavailable` where the parts have no end, `Internal` where it cannot be written.
    pub(super) fn write(
        &self,
        made_at: DateTime<Utc>,
        mut parts: mpsc::Receiver<Page>,
        pace: &Pace,
    ) -> Result<File> {
        let mut writer = Writer::new(self, made_at)?;
        loop {
            match parts.blocking_recv() {
                None => return Err(Fault::Left.into()),
                Some(Page::End) => return Ok(writer.finish()?),
                Some(Page::Rows(batch)) => {
                    let bytes = writer.batch(&batch)?;
                    pace.note(batch.rows.len(), bytes);
                }
            }
        }
    }
}

impl<'a> Writer<'a> {
    fn new(of: &'a Book, made_at: DateTime<Utc>) -> Result<Self, Fault> {
        let mut book = Workbook::new();
        let made = rust_xlsxwriter::ExcelDateTime::from_timestamp(made_at.timestamp())?;
        book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&made));
        let format = |text: &str| Format::new().set_num_format(text);
        let (day, instant) = (format("yyyy-mm-dd"), format("yyyy-mm-dd hh:mm:ss"));
        let mut writer = Self { book, of, sheets: 0, line: 0, head: Format::new().set_bold(), day, instant };
        writer.sheet()?;
        Ok(writer)
    }

    /// Begins the next sheet with the names of the columns.
    fn sheet(&mut self) -> Result<(), Fault> {
        let title = self.of.title;
        let number = self.sheets + 1;
        let name = if number == 1 { title.to_owned() } else { format!("{title} ({number})") };
        let sheet = self.book.add_worksheet_with_constant_memory();
        sheet?.set_name(name)?.set_freeze_panes(1, 0)?;
        self.sheets = number;
        self.line = 0;
        let of = self.of;
        self.names(of.columns.iter().take(1).flat_map(Columns::names))
    }

    /// Writes the names of the columns.
    fn names<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> Result<(), Fault> {
        let sheet = self.book.worksheet_from_index(self.sheets - 1)?;
        for (at, name) in (0_u16..).zip(names) {
            sheet.set_column_width(at, WIDTH)?;
            sheet.write_string_with_format(0, at, name, &self.head)?;
        }
        Ok(())
    }

    /// Writes records; answers how many bytes their texts have.
    fn batch(&mut self, batch: &Batch) -> Result<usize, Fault> {
        let mut bytes = 0_usize;
        for row in &batch.rows {
            if self.line >= ROWS {
                self.sheet()?;
            }
            self.line += 1;
            let Some(columns) = Columns::of_row(&self.of.columns, row) else { continue };
            for (at, column) in (0_u16..).zip(&columns.all) {
                let cell = match column.cell(&batch.renderer, row) {
                    Cell::At(instant) if !is_counted(instant) && columns.writes(column) => {
                        text(&Cell::At(instant))
                    }
                    cell => cell,
                };
                bytes = bytes.saturating_add(self.cell(at, cell)?);
            }
        }
        Ok(bytes)
    }

    fn cell(&mut self, at: u16, cell: Cell<'_>) -> Result<usize, Fault> {
        /// What a cell without a text comes to.
        const SMALL: usize = 16;

        let (line, sheet) = (self.line, self.book.worksheet_from_index(self.sheets - 1)?);
        match cell {
            Cell::Empty => return Ok(0),
            Cell::Truth(truth) => drop(sheet.write_boolean(line, at, truth)?),
            Cell::Number(number) => match exact(&number.to_string()) {
                Some(exact) => drop(sheet.write_number(line, at, exact)?),
                None => drop(sheet.write_string(line, at, number.to_string())?),
            },
            Cell::Decimal(text) => match exact(&text) {
                Some(number) => drop(sheet.write_number(line, at, number)?),
                None => drop(sheet.write_string(line, at, text)?),
            },
            Cell::Day(day) => match serial(day) {
                Some(serial) => drop(sheet.write_number_with_format(line, at, serial, &self.day)?),
                None => drop(sheet.write_string(line, at, day.to_string())?),
            },
            Cell::At(instant) => match serial(instant.date_naive()) {
                Some(serial) => {
                    let seconds = f64::from(instant.num_seconds_from_midnight());
                    let seconds = seconds + f64::from(instant.nanosecond()) / 1e9;
                    let number = serial + seconds / 86_400.0;
                    sheet.write_number_with_format(line, at, number, &self.instant)?;
                }
                None => drop(sheet.write_string(line, at, instant.to_rfc3339())?),
            },
            Cell::Id(id) => drop(sheet.write_string(line, at, id)?),
            Cell::Text(text) => {
                let text = guarded(&text);
                let text = fitted(&text).into_owned();
                let bytes = text.len();
                sheet.write_string(line, at, text)?;
                return Ok(bytes);
            }
        }
        Ok(SMALL)
    }

    /// Packs the workbook, and answers its file from the beginning.
    fn finish(mut self) -> Result<File, Fault> {
        let mut file = tempfile::tempfile()?;
        self.book.save_to_writer(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// A number as programs for tables keep it: fifteen digits, no more.
fn exact(text: &str) -> Option<f64> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.parse().ok().filter(|_| digits <= 15)
}

/// Whether the number of an instant says all of it: programs for tables count milliseconds.
fn is_counted(at: DateTime<Utc>) -> bool {
    at.nanosecond().is_multiple_of(1_000_000)
}

/// A cell as the text that it is in CSV.
fn text(cell: &Cell<'_>) -> Cell<'static> {
    let mut bytes = Vec::new();
    cell.write(&mut bytes);
    Cell::Text(String::from_utf8(bytes).unwrap_or_default().into())
}

/// The number of a day from 1 March 1900 on: earlier ones have none that all programs agree on.
fn serial(day: NaiveDate) -> Option<f64> {
    let (first, zero) = (NaiveDate::from_ymd_opt(1900, 3, 1)?, NaiveDate::from_ymd_opt(1899, 12, 30)?);
    let last = NaiveDate::from_ymd_opt(9999, 12, 31)?;
    let days = i32::try_from(day.signed_duration_since(zero).num_days()).ok()?;
    (first..=last).contains(&day).then(|| f64::from(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_the_numbers_that_programs_for_tables_count() {
        let of = |text: &str| serial(text.parse().unwrap());

        assert_eq!(of("1900-03-01"), Some(61.0));
        assert_eq!(of("2026-11-27"), Some(46_353.0));
        assert_eq!([of("1900-02-28"), of("0001-01-01")], [None; 2]);
    }

    #[test]
    fn an_instant_is_counted_as_far_as_milliseconds() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();

        assert!(is_counted(at("2026-11-20T00:00:00Z")) && is_counted(at("2026-11-20T23:59:59.999Z")));
        assert!(!is_counted(at("2026-11-20T23:59:59.999999Z")));
        let exact = "2026-11-20T23:59:59.999999Z";
        assert_eq!(text(&Cell::At(at(exact))), Cell::Text(exact.into()));
    }

    #[test]
    fn numbers_that_would_lose_digits_stay_texts() {
        assert_eq!(
            [exact("12.50"), exact("-1"), exact("123456789012345")],
            [Some(12.5), Some(-1.0), Some(123_456_789_012_345.0)]
        );
        assert_eq!([exact("1234567890123456"), exact("1.234567890123456")], [None; 2]);
    }
}
