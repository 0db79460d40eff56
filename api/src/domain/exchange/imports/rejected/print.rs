//! Rows written in the form in which a file came.

use std::{
    fs::File,
    io::{BufWriter, Seek},
};

use chrono::SecondsFormat;
use kernel::{Error, Result};
use tabular::{Cell, Charset, Row, Written};

use super::{book::Book, lines::Lines, parts::Parts};

/// Writes rows.
pub(super) enum Printer {
    /// As text.
    Text(Box<Text>),
    /// As a workbook.
    Book(Box<Book>),
    /// As a zip of tables.
    Parts(Box<Parts>),
}

/// One table of text, once it has begun.
pub(super) struct Text {
    to: BufWriter<File>,
    lines: Option<Lines>,
    /// Whether it is written as UTF-8, whatever it came in.
    is_unicode: bool,
}

/// What was written.
pub(super) struct Printed {
    pub(super) file: File,
    /// Its characters, as media types name them.
    pub(super) charset: Option<&'static str>,
    /// Whether its characters lack some that had to be written.
    pub(super) lacks_letters: bool,
}

impl Printer {
    pub(super) fn new(form: &str, is_unicode: bool) -> Result<Self> {
        Ok(match form {
            "xlsx" => Self::Book(Box::new(Book::new())),
            "package" => Self::Parts(Box::new(Parts::new()?)),
            _ => Self::Text(Box::new(Text { to: BufWriter::new(empty()?), lines: None, is_unicode })),
        })
    }

    /// Begins a table.
    pub(super) fn table(&mut self, name: Option<&str>, written: Option<Written>) -> Result<()> {
        match self {
            Self::Book(book) => book.table(name.unwrap_or("rows")),
            Self::Parts(parts) => {
                parts.table(name.unwrap_or("rows"), written);
                Ok(())
            }
            Self::Text(text) => {
                let written = written.unwrap_or_default();
                text.lines = Some(Lines::begin(written, text.is_unicode, &mut text.to)?);
                Ok(())
            }
        }
    }

    /// Writes a row that stands above the line of names, in its place.
    pub(super) fn above(&mut self, row: &Row) -> Result<()> {
        match self {
            Self::Book(book) => book.above(row),
            Self::Parts(parts) => parts.write(|lines, to| lines.above(row, to), |book| book.above(row)),
            Self::Text(text) => text.write(|lines, to| lines.above(row, to)),
        }
    }

    /// Writes the line of names, behind those of what is wrong, in its place.
    pub(super) fn header(&mut self, row: &Row) -> Result<()> {
        match self {
            Self::Book(book) => book.header(row),
            Self::Parts(parts) => parts.write(|lines, to| lines.header(row, to), |book| book.header(row)),
            Self::Text(text) => text.write(|lines, to| lines.header(row, to)),
        }
    }

    /// Writes a row behind what is wrong with it.
    pub(super) fn row(&mut self, row: &Row, errors: &[String; 3]) -> Result<()> {
        match self {
            Self::Book(book) => book.row(row, errors),
            Self::Parts(parts) => {
                parts.write(|lines, to| lines.row(row, errors, to), |book| book.row(row, errors))
            }
            Self::Text(text) => text.write(|lines, to| lines.row(row, errors, to)),
        }
    }

    /// Ends the file; answers it from its start.
    pub(super) fn done(self) -> Result<Printed> {
        let (mut file, charset, lacks_letters) = match self {
            Self::Book(book) => (book.done()?, None, false),
            Self::Parts(parts) => (parts.done()?, None, false),
            Self::Text(mut text) => {
                text.write(Lines::end)?;
                let Text { to, lines, .. } = *text;
                let (charset, lacks) = lines.map_or((Charset::Utf8, false), |lines| lines.charset());
                (to.into_inner().map_err(|error| io(error.error()))?, Some(name(charset)), lacks)
            }
        };
        file.rewind().map_err(|error| io(&error))?;
        Ok(Printed { file, charset, lacks_letters })
    }
}

impl Text {
    fn write(&mut self, write: impl FnOnce(&mut Lines, &mut BufWriter<File>) -> Result<()>) -> Result<()> {
        self.lines.as_mut().map_or(Ok(()), |lines| write(lines, &mut self.to))
    }
}

/// A file that is there while it is open.
pub(super) fn empty() -> Result<File> {
    tempfile::tempfile().map_err(|error| io(&error))
}

/// What media types call it.
const fn name(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => "utf-8",
        Charset::Utf16Le => "utf-16le",
        Charset::Utf16Be => "utf-16be",
        Charset::Windows1251 => "windows-1251",
    }
}

/// A cell as text; one that cannot be read has none.
pub(super) fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty | Cell::Bad(_) => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Bool(truth) => truth.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Time(time) => time.and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true),
    }
}

pub(super) fn io(error: &std::io::Error) -> Error {
    Error::Internal(format!("refused rows cannot be kept: {error}"))
}
