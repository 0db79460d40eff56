use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Map, Value};

use crate::fault::RowFault;
use crate::options::{Charset, Compression, Format, LineEnd};

/// What the visitor is handed, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A table begins; the rows up to the next one are its.
    Table {
        /// The sheet's, resource's or file's name; none for a file that is one table.
        name: Option<String>,
        /// Merged ranges of a sheet. Only the first cell of one has a value.
        merged: Vec<Merged>,
        /// How its text is written; none for a sheet.
        written: Option<Written>,
    },
    /// A row of the table.
    Row(Row),
}

/// How a table is written as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// What the text holds: CSV, JSON or NDJSON.
    pub format: Format,
    /// How it is written as bytes.
    pub charset: Charset,
    /// A byte order mark stands before it.
    pub has_mark: bool,
    /// What parts the cells of a CSV row.
    pub separator: Option<u8>,
    /// A first line `sep=` names a separator.
    pub has_separator_line: bool,
    /// What its first line ends by.
    pub line_end: LineEnd,
}

/// A merged range of a sheet, both ends within it.
///
/// Rows count from 1 as [`Row::line`] does, columns from 0 as the cells of a row do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Merged {
    /// The first row.
    pub first_row: u64,
    /// The first column.
    pub first_column: usize,
    /// The last row.
    pub last_row: u64,
    /// The last column.
    pub last_column: usize,
}

/// A row and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The physical line it begins on, from 1; of a sheet, the row's number.
    pub line: u64,
    /// What it holds.
    pub cells: Cells,
    /// Columns of a sheet's row whose values are results of formulas, from 0.
    pub formulas: Vec<usize>,
    /// Whether empty rows part a row of cells from the one before it.
    pub after_gap: bool,
    /// The row as it stands in the file, where [`Limits::raw`](crate::Limits::raw) asks for it and it is not longer: of
    /// CSV cell by cell, with their quotes; of JSON the one element; of a sheet, what stands in cells that are bad, which
    /// is their formula where its result was not saved, and nothing for others. Text in other charsets is UTF-8 here, with
    /// the byte `0xFF` for what is no text.
    pub raw: Option<Vec<Vec<u8>>>,
}

impl Row {
    /// A row of JSON.
    pub(crate) fn of(line: u64, cells: Cells, raw: Option<Vec<Vec<u8>>>) -> Self {
        Self { line, cells, formulas: Vec::new(), after_gap: false, raw }
    }
}

/// What a row holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Cells by position (CSV, XLSX). Empty cells at the end may be missing. A row over its limit has one cell, which says
    /// so.
    Cells(Vec<Cell>),
    /// Members by name (JSON, NDJSON).
    Members(Map<String, Value>),
    /// An object that cannot be read as a whole (JSON, NDJSON).
    Bad(BadRow),
}

impl Cells {
    pub(crate) fn bad(fault: RowFault) -> Self {
        Self::Bad(BadRow { faults: vec![fault], rest: Map::new() })
    }
}

/// What is wrong with an object, and what can be read of it all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct BadRow {
    /// What is wrong, by member where one is to blame.
    pub faults: Vec<RowFault>,
    /// The members that are not to blame.
    pub rest: Map<String, Value>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing, or an empty text.
    Empty,
    /// Text as it is written, spaces and line breaks included.
    Text(String),
    /// A number of a sheet.
    Number(f64),
    /// A truth value of a sheet.
    Bool(bool),
    /// A day of a sheet: a number shown as a date, without a time of day.
    Day(NaiveDate),
    /// An instant of a sheet, without a zone.
    Time(NaiveDateTime),
    /// The cell cannot be read.
    Bad(RowFault),
}

/// What a file turned out to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What the file holds.
    pub format: Format,
    /// What it was packed by, if it was.
    pub compression: Option<Compression>,
    /// How its text is written; of a zip, its first table's.
    pub charset: Charset,
    /// What parts the cells of a CSV row; of a zip, its first CSV table's.
    pub separator: Option<u8>,
    /// Tables handed out.
    pub tables: u64,
    /// Rows handed out, bad ones included.
    pub rows: u64,
    /// Hidden sheets, and files of a zip that are no tables or that its description does not name: left out, by name, at
    /// most a hundred.
    pub left_out: Vec<String>,
    /// The visitor ended the reading.
    pub stopped: bool,
}
