//! Tables of a zip.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufWriter},
};

use kernel::{Error, Result};
use tabular::{Format, Written};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{book::Book, lines::Lines, print};

/// Writes tables as files of a zip, each by the name of its table.
pub(super) struct Parts {
    zip: ZipWriter<BufWriter<File>>,
    /// The table that comes next: it has a file once a row is written to it.
    next: Option<(String, Option<Written>)>,
    table: Option<Table>,
    /// Names of files that are there.
    names: BTreeSet<String>,
}

/// A table that has a file.
enum Table {
    Text(Lines),
    /// A workbook, and what its file is called.
    Book(Box<Book>, String),
}

impl Parts {
    pub(super) fn new() -> Result<Self> {
        let zip = ZipWriter::new(BufWriter::new(print::empty()?));
        Ok(Self { zip, next: None, table: None, names: BTreeSet::new() })
    }

    /// Begins a table; a sheet is not written as text. Nothing beside a file says its characters and separator, so the file has
    /// to: it is UTF-8, with a mark where it was none.
    pub(super) fn table(&mut self, name: &str, mut written: Option<Written>) {
        if let Some(written) = &mut written {
            let is_found_out =
                written.separator.is_none_or(|separator| matches!(separator, b',' | b';' | b'\t'));
            written.has_separator_line |= !is_found_out;
        }
        self.next = Some((name.replace(['/', '\\'], "_"), written));
    }

    /// Writes to the table, as text or as a sheet.
    pub(super) fn write(
        &mut self,
        text: impl FnOnce(&mut Lines, &mut ZipWriter<BufWriter<File>>) -> Result<()>,
        sheet: impl FnOnce(&mut Book) -> Result<()>,
    ) -> Result<()> {
        if let Some((name, written)) = self.next.take() {
            self.end()?;
            let file = self.unused(&name, written.map_or(Format::Xlsx, |written| written.format));
            self.table = Some(match written {
                Some(written) => {
                    self.begin(file)?;
                    Table::Text(Lines::begin(written, true, &mut self.zip)?)
                }
                None => Table::Book(Box::new(book_of(&name)?), file),
            });
        }
        match &mut self.table {
            Some(Table::Text(lines)) => text(lines, &mut self.zip),
            Some(Table::Book(book, _)) => sheet(book),
            None => Ok(()),
        }
    }

    /// Ends the zip.
    pub(super) fn done(mut self) -> Result<File> {
        self.end()?;
        let file = self.zip.finish().map_err(|error| broken(&error))?;
        file.into_inner().map_err(|error| print::io(error.error()))
    }

    /// Ends the table that has a file.
    fn end(&mut self) -> Result<()> {
        match self.table.take() {
            Some(Table::Text(mut lines)) => lines.end(&mut self.zip),
            Some(Table::Book(book, file)) => {
                self.begin(file)?;
                let copied = io::copy(&mut book.done()?, &mut self.zip);
                copied.map(drop).map_err(|error| print::io(&error))
            }
            None => Ok(()),
        }
    }

    /// Begins a file.
    fn begin(&mut self, name: String) -> Result<()> {
        self.zip.start_file(name, SimpleFileOptions::default()).map_err(|error| broken(&error))
    }

    /// The name of a file: several tables of one name stand in folders.
    fn unused(&mut self, table: &str, format: Format) -> String {
        let ending = match format {
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Xlsx => "xlsx",
            Format::Csv | Format::Package => "csv",
        };
        let plain = format!("{table}.{ending}");
        let folders = (2..).map(|number| format!("{number}/{plain}"));
        let unused =
            std::iter::once(plain.clone()).chain(folders).find(|name| self.names.insert(name.to_lowercase()));
        unused.unwrap_or(plain)
    }
}

/// A workbook of one sheet. One that no sheet may be called after has the name that programs give: its file tells the table.
fn book_of(name: &str) -> Result<Book> {
    let mut book = Book::new();
    if book.table(name).is_ok() {
        return Ok(book);
    }
    book = Book::new();
    book.table("Sheet1")?;
    Ok(book)
}

fn broken(error: &zip::result::ZipError) -> Error {
    Error::Internal(format!("no zip was made: {error}"))
}
