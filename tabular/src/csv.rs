//! Reads separated text.
//!
//! Quotes count at the start of a cell only, as spreadsheets have it; elsewhere they are text. Lines end by LF, CRLF or
//! CR, also mixed.

use std::io::BufRead;

use memchr::{memchr, memchr3};

use crate::fault::{Fault, FaultCode, Halt, RowFault, RowFaultCode};
use crate::item::{Cell, Cells, Row};
use crate::options::Limits;
use crate::raw::Raw;
use crate::sink::Sink;
use crate::text;

/// How the text is written.
pub(crate) struct Dialect<'d> {
    /// What parts cells.
    pub separator: u8,
    /// Bytes at the start that are no part of the table.
    pub skipped: usize,
    /// What stands for nothing in rows of data.
    pub missing: &'d [String],
}

/// Reads rows up to the end.
///
/// # Errors
/// `Empty` without a row; `NotUtf8` if the first row is not; `UnbalancedQuote`; `TooManyColumns`; `TooManyRows`.
pub(crate) fn read(input: &mut dyn BufRead, dialect: &Dialect<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    input.consume(dialect.skipped);
    let mut reader = Reader::new(dialect, sink);
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        reader.take(bytes)?;
        input.consume(length);
    }
    reader.end()
}

/// Where in a cell the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// After a quote within quotes: the cell's end, or half of a doubled quote.
    Closed,
    /// After a closing quote and spaces.
    Tail,
}

struct Reader<'a, 'v> {
    sink: &'a mut Sink<'v>,
    limits: Limits,
    separator: u8,
    missing: &'a [String],
    place: Place,
    /// The line the reader is on, the row began on, and the last quote opened on.
    line: u64,
    row_line: u64,
    quote_line: u64,
    after_cr: bool,
    cell: Vec<u8>,
    cell_fault: Option<RowFaultCode>,
    cells: Vec<Cell>,
    columns: usize,
    row_bytes: usize,
    filled: bool,
    before: Before,
    raw: Raw,
}

/// What stands before the row that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// No row that holds something.
    Nothing,
    Row,
    /// A row that holds nothing, behind one that does.
    Gap,
}

impl<'a, 'v> Reader<'a, 'v> {
    fn new(dialect: &Dialect<'a>, sink: &'a mut Sink<'v>) -> Self {
        Self {
            limits: sink.limits(),
            raw: Raw::new(sink.limits().raw),
            sink,
            separator: dialect.separator,
            missing: dialect.missing,
            place: Place::Start,
            line: 1,
            row_line: 1,
            quote_line: 1,
            after_cr: false,
            cell: Vec::new(),
            cell_fault: None,
            cells: Vec::new(),
            columns: 0,
            row_bytes: 0,
            filled: false,
            before: Before::Nothing,
        }
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<(), Halt> {
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.after_cr && byte == b'\n' {
                self.after_cr = false;
                if self.place == Place::Quoted {
                    self.push(b"\n");
                }
                bytes = rest;
                continue;
            }
            self.after_cr = false;
            bytes = match self.place {
                Place::Start if byte == b'"' => {
                    self.place = Place::Quoted;
                    self.quote_line = self.line;
                    self.raw.note(b"\"");
                    rest
                }
                Place::Start | Place::Plain => self.plain(bytes)?,
                Place::Quoted => self.quoted(bytes),
                Place::Closed if byte == b'"' => {
                    self.push(b"\"");
                    self.place = Place::Quoted;
                    rest
                }
                Place::Closed | Place::Tail => self.tail(byte, bytes, rest)?,
            };
        }
        Ok(())
    }

    /// Takes text up to the cell's end.
    fn plain<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], Halt> {
        let Some(at) = memchr3(self.separator, b'\n', b'\r', bytes) else {
            self.place = Place::Plain;
            self.push(bytes);
            return Ok(&[]);
        };
        let (text, rest) = bytes.split_at(at);
        if self.cell.is_empty() && self.cell_fault.is_none() && text.len() <= self.limits.cell {
            self.raw.note(text);
            self.finish_cell(text)?;
        } else {
            self.push(text);
            self.end_cell()?;
        }
        self.delimiter(rest)
    }

    /// Takes text within quotes up to a quote or a line's end.
    fn quoted<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let Some(at) = memchr3(b'"', b'\n', b'\r', bytes) else {
            self.push(bytes);
            return &[];
        };
        let (text, rest) = bytes.split_at(at);
        self.push(text);
        let Some((&byte, rest)) = rest.split_first() else { return &[] };
        if byte == b'"' {
            self.place = Place::Closed;
            self.raw.note(b"\"");
        } else {
            self.push(&[byte]);
            self.line += 1;
            self.after_cr = byte == b'\r';
        }
        rest
    }

    /// Takes what follows a closing quote: nothing but spaces, if all is well.
    fn tail<'b>(&mut self, byte: u8, bytes: &'b [u8], rest: &'b [u8]) -> Result<&'b [u8], Halt> {
        if byte == self.separator || byte == b'\n' || byte == b'\r' {
            self.end_cell()?;
            return self.delimiter(bytes);
        }
        self.raw.note(&[byte]);
        self.place = Place::Tail;
        if byte != b' ' {
            self.cell_fault.get_or_insert(RowFaultCode::TextAfterQuote);
            self.place = Place::Plain;
        }
        Ok(rest)
    }

    /// Takes the separator or the line's end that the cell ended by.
    fn delimiter<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], Halt> {
        let Some((&byte, rest)) = bytes.split_first() else { return Ok(&[]) };
        if byte != self.separator {
            self.end_row()?;
            self.line += 1;
            self.row_line = self.line;
            self.after_cr = byte == b'\r';
        }
        Ok(rest)
    }

    fn push(&mut self, text: &[u8]) {
        self.raw.note(text);
        if self.cell_fault == Some(RowFaultCode::CellTooLong) {
            return;
        }
        if self.cell.len() + text.len() > self.limits.cell {
            self.cell_fault = Some(RowFaultCode::CellTooLong);
            self.cell = Vec::new();
        } else {
            self.cell.extend_from_slice(text);
        }
    }

    fn end_cell(&mut self) -> Result<(), Halt> {
        let mut text = std::mem::take(&mut self.cell);
        let outcome = self.finish_cell(&text);
        text.clear();
        self.cell = text;
        outcome
    }

    fn finish_cell(&mut self, text: &[u8]) -> Result<(), Halt> {
        self.place = Place::Start;
        self.raw.end_cell();
        self.columns += 1;
        if self.columns > self.limits.columns {
            return Err(self.sink.too_wide(self.row_line));
        }
        let fault = self.cell_fault.take();
        self.row_bytes += text.len();
        if self.row_bytes > self.limits.row() {
            self.cells = Vec::new();
            return Ok(());
        }
        let cell = match fault {
            Some(code) => Cell::Bad(self.fault(code)),
            None => self.cell_of(text)?,
        };
        self.filled |= cell != Cell::Empty;
        self.cells.push(cell);
        Ok(())
    }

    fn cell_of(&self, text: &[u8]) -> Result<Cell, Halt> {
        if text.is_empty() {
            return Ok(Cell::Empty);
        }
        match std::str::from_utf8(text) {
            Err(_) if self.before == Before::Nothing => Err(text::not_utf8(Some(self.row_line)).into()),
            Err(_) => Ok(Cell::Bad(self.fault(RowFaultCode::NotText).holding(text))),
            Ok(_) if memchr(0, text).is_some() => Ok(Cell::Bad(self.fault(RowFaultCode::Nul).holding(text))),
            Ok(text)
                if self.before != Before::Nothing && self.missing.iter().any(|missing| missing == text) =>
            {
                Ok(Cell::Empty)
            }
            Ok(text) => Ok(Cell::Text(text.to_owned())),
        }
    }

    fn fault(&self, code: RowFaultCode) -> RowFault {
        let text = match code {
            RowFaultCode::CellTooLong => format!("longer than {} bytes", self.limits.cell),
            RowFaultCode::TextAfterQuote => {
                "text after the closing quote; a quote within is doubled".to_owned()
            }
            RowFaultCode::Nul => "holds a NUL character".to_owned(),
            _ => "holds bytes that are no text in the file's charset".to_owned(),
        };
        RowFault::new(code, text)
    }

    fn end_row(&mut self) -> Result<(), Halt> {
        let width = self.columns;
        let raw = self.raw.take();
        let cells = std::mem::replace(&mut self.cells, Vec::with_capacity(width));
        let row = if self.row_bytes > self.limits.row() {
            Some(vec![Cell::Bad(RowFault::row_too_long(self.limits.row()))])
        } else {
            self.filled.then_some(cells)
        };
        self.columns = 0;
        self.row_bytes = 0;
        self.filled = false;
        // Rows of nothing but separators are left out.
        let Some(cells) = row.map(Cells::Cells) else {
            if self.before == Before::Row {
                self.before = Before::Gap;
            }
            return Ok(());
        };
        let after_gap = std::mem::replace(&mut self.before, Before::Row) == Before::Gap;
        self.sink.row(Row { line: self.row_line, cells, formulas: Vec::new(), after_gap, raw })
    }

    fn end(mut self) -> Result<(), Halt> {
        if self.place == Place::Quoted {
            let text = "the quote opened here is not closed up to the end of the file";
            return Err(Fault::at(FaultCode::UnbalancedQuote, self.quote_line, text).into());
        }
        if self.place != Place::Start || self.columns > 0 {
            self.end_cell()?;
            self.end_row()?;
        }
        if self.before == Before::Nothing { Err(crate::detect::empty().into()) } else { Ok(()) }
    }
}
