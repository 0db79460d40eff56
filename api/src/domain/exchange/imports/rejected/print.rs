//! Rows written in the form in which a file came.

use std::{
    fs::File,
    io::{BufWriter, Seek, Write},
};

use chrono::SecondsFormat;
use kernel::{Error, Result};
use rust_xlsxwriter::Workbook;
use serde_json::{Map, Value as Json};
use tabular::{Cell, Cells, Row};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::ERRORS;

/// How the text of a file is written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charset {
    Utf8,
    Utf16(bool),
    Windows1251,
}

impl Charset {
    fn of(name: &str) -> Self {
        match name {
            "utf16le" => Self::Utf16(false),
            "utf16be" => Self::Utf16(true),
            "windows1251" => Self::Windows1251,
            _ => Self::Utf8,
        }
    }

    fn bytes(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Windows1251 => encoding_rs::WINDOWS_1251.encode(text).0.into_owned(),
            Self::Utf16(is_big) => text
                .encode_utf16()
                .flat_map(|unit| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect(),
        }
    }
}

/// Writes rows.
pub(super) struct Printer {
    to: BufWriter<File>,
    form: Form,
    charset: Charset,
    separator: u8,
    /// Cells that rows have before what is wrong with them.
    width: usize,
}

enum Form {
    /// Cells.
    Table,
    /// A line for each object.
    Lines,
    /// One list of objects, of which some stand there.
    List(bool),
    /// A workbook, with the row of its sheet that comes next.
    Book(Box<Workbook>, u32),
    /// Tables of a zip, the last one with its name and text.
    Zip(Box<ZipWriter<File>>, Option<(String, Vec<u8>)>),
}

impl Printer {
    pub(super) fn new(form: &str, charset: &str, separator: &str) -> Result<Self> {
        let file = tempfile::tempfile().map_err(|error| io(&error))?;
        let form = match form {
            "json" => Form::List(false),
            "ndjson" => Form::Lines,
            "xlsx" => Form::Book(Box::new(Workbook::new()), 0),
            "package" => {
                let file = tempfile::tempfile().map_err(|error| io(&error))?;
                Form::Zip(Box::new(ZipWriter::new(file)), None)
            }
            _ => Form::Table,
        };
        let separator = separator.bytes().next().unwrap_or(b',');
        let mut made =
            Self { to: BufWriter::new(file), form, charset: Charset::of(charset), separator, width: 0 };
        if let (Form::Table, Charset::Utf16(_)) = (&made.form, made.charset) {
            made.put("\u{feff}")?;
        }
        Ok(made)
    }

    /// Begins a table.
    pub(super) fn table(&mut self, name: Option<&str>) -> Result<()> {
        match &mut self.form {
            Form::Book(book, next) => {
                book.add_worksheet().set_name(name.unwrap_or("rows")).map_err(|error| book_error(&error))?;
                *next = 0;
            }
            Form::Zip(..) => {
                self.end_part()?;
                if let Form::Zip(_, part) = &mut self.form {
                    *part = Some((name.unwrap_or("rows").to_owned(), Vec::new()));
                }
            }
            Form::Table | Form::Lines | Form::List(_) => {}
        }
        Ok(())
    }

    /// Writes a row that stands above the line of names.
    pub(super) fn above(&mut self, cells: Cells) -> Result<()> {
        match cells {
            Cells::Cells(cells) => self.cells(&cells, &[]),
            Cells::Members(_) | Cells::Bad(_) => Ok(()),
        }
    }

    /// Writes the line of names, with those of what is wrong behind them.
    pub(super) fn header(&mut self, mut cells: Vec<Cell>, more: &[&str]) -> Result<()> {
        while matches!(cells.last(), Some(Cell::Empty)) {
            cells.pop();
        }
        // A file that was sent back before has them already.
        if let Some(at) = cells.iter().position(|cell| matches!(cell, Cell::Text(name) if name == ERRORS[0]))
        {
            cells.truncate(at);
        }
        self.width = cells.len();
        let more: Vec<String> = more.iter().map(|name| (*name).to_owned()).collect();
        self.cells(&cells, &more)
    }

    /// Writes a row with what is wrong with it.
    pub(super) fn row(&mut self, row: Row, errors: &[String; 3]) -> Result<()> {
        let (mut cells, members) = super::cells(row);
        if let Some(members) = members {
            return self.members(members, errors);
        }
        cells.resize(self.width, Cell::Empty);
        self.cells(&cells, errors)
    }

    fn members(&mut self, mut members: Map<String, Json>, errors: &[String; 3]) -> Result<()> {
        for (name, error) in ERRORS.iter().zip(errors) {
            members.insert((*name).to_owned(), Json::String(error.clone()));
        }
        let text = serde_json::to_string(&Json::Object(members))?;
        match &mut self.form {
            Form::List(has_begun) => {
                let before = if std::mem::replace(has_begun, true) { ",\n" } else { "[\n" };
                self.put(&format!("{before}{text}"))
            }
            Form::Zip(_, Some((name, part))) => {
                if !name.ends_with(".ndjson") {
                    name.push_str(".ndjson");
                }
                part.extend_from_slice(text.as_bytes());
                part.push(b'\n');
                Ok(())
            }
            _ => self.put(&format!("{text}\n")),
        }
    }

    fn cells(&mut self, cells: &[Cell], more: &[String]) -> Result<()> {
        let (separator, is_zip) = (self.separator, matches!(self.form, Form::Zip(..)));
        match &mut self.form {
            Form::Book(book, next) => {
                let (at, sheet) = (*next, book.worksheets_mut().last_mut());
                let Some(sheet) = sheet else { return Ok(()) };
                *next += 1;
                let more = more.iter().map(|text| Cell::Text(text.clone()));
                for (column, cell) in (0_u16..).zip(cells.iter().cloned().chain(more)) {
                    cell_of_sheet(sheet, (at, column), &cell).map_err(|error| book_error(&error))?;
                }
                Ok(())
            }
            Form::Table | Form::Zip(..) => {
                let delimiter = if is_zip { b',' } else { separator };
                let mut line =
                    csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
                let texts: Vec<String> = cells.iter().map(text).chain(more.iter().cloned()).collect();
                line.write_record(&texts).map_err(|error| Error::Internal(error.to_string()))?;
                let bytes = line.into_inner().map_err(|error| Error::Internal(error.to_string()))?;
                if let Form::Zip(_, part) = &mut self.form {
                    if let Some((_, part)) = part {
                        part.extend(bytes);
                    }
                    return Ok(());
                }
                self.put(&String::from_utf8_lossy(&bytes))
            }
            Form::Lines | Form::List(_) => Ok(()),
        }
    }

    fn put(&mut self, text: &str) -> Result<()> {
        let bytes = self.charset.bytes(text);
        self.to.write_all(&bytes).map_err(|error| io(&error))
    }

    /// Puts the last table into the zip.
    fn end_part(&mut self) -> Result<()> {
        let Form::Zip(zip, part) = &mut self.form else { return Ok(()) };
        let Some((name, content)) = part.take() else { return Ok(()) };
        let name = if name.ends_with(".ndjson") { name } else { format!("{name}.csv") };
        zip.start_file(name, SimpleFileOptions::default())
            .map_err(|error| Error::Internal(format!("no zip was made: {error}")))?;
        zip.write_all(&content).map_err(|error| io(&error))
    }

    /// Ends the file; answers it from its start.
    pub(super) fn done(mut self) -> Result<File> {
        self.end_part()?;
        match self.form {
            Form::List(has_begun) => self.put(if has_begun { "\n]\n" } else { "[]\n" })?,
            Form::Book(mut book, _) => {
                book.save_to_writer(&mut self.to).map_err(|error| book_error(&error))?;
                return rewound(self.to.into_inner().map_err(|error| io(error.error()))?);
            }
            Form::Zip(zip, _) => {
                let file =
                    zip.finish().map_err(|error| Error::Internal(format!("no zip was made: {error}")))?;
                return rewound(file);
            }
            Form::Table | Form::Lines => {}
        }
        rewound(self.to.into_inner().map_err(|error| io(error.error()))?)
    }
}

fn rewound(mut file: File) -> Result<File> {
    file.rewind().map_err(|error| io(&error))?;
    Ok(file)
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty | Cell::Bad(_) => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Bool(truth) => truth.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Time(time) => time.and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true),
    }
}

fn cell_of_sheet(
    sheet: &mut rust_xlsxwriter::Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    match cell {
        Cell::Number(number) => sheet.write_number(row, column, *number)?,
        Cell::Bool(truth) => sheet.write_boolean(row, column, *truth)?,
        other => sheet.write_string(row, column, text(other))?,
    };
    Ok(())
}

fn io(error: &std::io::Error) -> Error {
    Error::Internal(format!("refused rows cannot be kept: {error}"))
}

fn book_error(error: &rust_xlsxwriter::XlsxError) -> Error {
    Error::Internal(format!("no workbook was made: {error}"))
}
