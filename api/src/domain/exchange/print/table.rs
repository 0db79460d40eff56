//! Records as CSV (RFC 4180): one in a line, or more where a text has several.

use kernel::{Result, render::Renderer, row::Row};

use super::Print;
use crate::domain::exchange::columns::{Cell, Columns, guarded};

/// What says that a text is UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// How records are written.
#[derive(Debug)]
pub struct Table {
    /// The columns: of one kind, or of several that have the same.
    pub columns: Vec<Columns>,
    /// What separates them.
    pub separator: u8,
    /// Whether lines end with CRLF, after a mark of UTF-8.
    pub is_for_excel: bool,
}

impl Print for Table {
    fn head(&self, to: &mut Vec<u8>) {
        self.names(self.columns.iter().take(1).flat_map(Columns::names), to);
    }

    fn row(&self, renderer: &Renderer, row: &Row, to: &mut Vec<u8>) -> Result<()> {
        if let Some(columns) = Columns::of_row(&self.columns, row) {
            self.line(columns.all.iter().map(|column| column.cell(renderer, row)), to);
        }
        Ok(())
    }
}

impl Table {
    /// Writes what stands before all rows: a line of names.
    pub fn names<'a>(&self, names: impl Iterator<Item = &'a str>, to: &mut Vec<u8>) {
        if self.is_for_excel {
            to.extend_from_slice(MARK);
        }
        for (at, name) in names.enumerate() {
            self.separate(at, to);
            self.text(name, to);
        }
        self.end(to);
    }

    /// Writes the cells of a row.
    pub fn line<'a>(&self, cells: impl ExactSizeIterator<Item = Cell<'a>>, to: &mut Vec<u8>) {
        let is_single = cells.len() == 1;
        for (at, cell) in cells.enumerate() {
            self.separate(at, to);
            match cell {
                // A line with nothing in it is no record to readers.
                Cell::Empty if is_single => to.extend_from_slice(b"\"\""),
                Cell::Text(text) => self.text(&guarded(&text), to),
                cell => cell.write(to),
            }
        }
        self.end(to);
    }

    fn separate(&self, at: usize, to: &mut Vec<u8>) {
        if at > 0 {
            to.push(self.separator);
        }
    }

    fn end(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(if self.is_for_excel { b"\r\n" } else { b"\n" });
    }

    fn text(&self, text: &str, to: &mut Vec<u8>) {
        let is_special = |byte| matches!(byte, b'"' | b'\r' | b'\n') || byte == self.separator;
        if !text.bytes().any(is_special) {
            to.extend_from_slice(text.as_bytes());
            return;
        }
        to.push(b'"');
        for (at, part) in text.split('"').enumerate() {
            if at > 0 {
                to.extend_from_slice(b"\"\"");
            }
            to.extend_from_slice(part.as_bytes());
        }
        to.push(b'"');
    }
}
