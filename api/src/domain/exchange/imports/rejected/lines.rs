//! Tables of text, written with the characters, separator and line ends with which they came.

use std::{borrow::Cow, io::Write};

use kernel::Result;
use tabular::{Cell, Cells, Charset, Format, Row, Written};

use super::{
    ERRORS, earlier, members, names,
    print::{io, text},
};

/// A cell that no import takes, for a row that is too long to come back.
const TOO_LONG: &[u8] = b"\"\"...";

/// Writes the rows of one table.
pub(super) struct Lines {
    written: Written,
    separator: u8,
    /// Lines of the file that are full.
    count: u64,
    /// Places of columns that are left out.
    earlier: Vec<usize>,
    has_rows: bool,
    lacks_letters: bool,
}

impl Lines {
    /// Begins a table in its own characters, or as UTF-8 with a mark.
    pub(super) fn begin(mut written: Written, is_unicode: bool, to: &mut impl Write) -> Result<Self> {
        if is_unicode && written.charset != Charset::Utf8 {
            (written.charset, written.has_mark) = (Charset::Utf8, true);
        }
        let separator = written.separator.unwrap_or(b',');
        let mut begun =
            Self { written, separator, count: 0, earlier: Vec::new(), has_rows: false, lacks_letters: false };
        if written.has_mark || matches!(written.charset, Charset::Utf16Le | Charset::Utf16Be) {
            begun.put("\u{feff}".as_bytes(), to)?;
        }
        if written.has_separator_line {
            begun.line([b"sep=".as_slice(), &[separator]].concat(), to)?;
        }
        Ok(begun)
    }

    /// The characters it is written in, and whether they lack some that had to be written.
    pub(super) const fn charset(&self) -> (Charset, bool) {
        (self.written.charset, self.lacks_letters)
    }

    pub(super) fn above(&mut self, row: &Row, to: &mut impl Write) -> Result<()> {
        self.reach(row.line, to)?;
        let cells = self.cells(row);
        self.record(&cells, to)
    }

    pub(super) fn header(&mut self, row: &Row, to: &mut impl Write) -> Result<()> {
        self.reach(row.line, to)?;
        self.earlier = earlier(&names(row));
        let own = ERRORS.iter().map(|name| name.as_bytes().to_vec());
        let cells: Vec<_> = own.chain(self.cells(row)).collect();
        self.record(&cells, to)
    }

    pub(super) fn row(&mut self, row: &Row, errors: &[String; 3], to: &mut impl Write) -> Result<()> {
        if self.written.format == Format::Csv {
            let own = errors.iter().map(|error| self.quoted(error));
            let cells: Vec<_> = own.chain(self.cells(row)).collect();
            return self.record(&cells, to);
        }
        let raw = row.raw.as_ref().and_then(|raw| raw.first());
        let object = members::object(raw.map_or(&[][..], Vec::as_slice), errors)?;
        let end = self.written.line_end.text().as_bytes();
        let has_rows = std::mem::replace(&mut self.has_rows, true);
        match (self.written.format, has_rows) {
            (Format::Json, true) => self.put(&[b",".as_slice(), end, object.as_slice()].concat(), to),
            (Format::Json, false) => self.put(&[b"[".as_slice(), end, object.as_slice()].concat(), to),
            _ => self.line(object, to),
        }
    }

    /// Ends the table.
    pub(super) fn end(&mut self, to: &mut impl Write) -> Result<()> {
        let end = self.written.line_end.text().as_bytes();
        match (self.written.format, self.has_rows) {
            (Format::Json, true) => self.put(&[end, b"]".as_slice(), end].concat(), to),
            (Format::Json, false) => self.put(&[b"[]".as_slice(), end].concat(), to),
            _ => Ok(()),
        }
    }

    /// The cells of a row as they stand in the file, without those that told what was wrong.
    fn cells(&self, row: &Row) -> Vec<Vec<u8>> {
        let is_whole = |cells: &&Vec<Cell>| !cells.iter().any(|cell| matches!(cell, Cell::Bad(_)));
        let made = || match &row.cells {
            Cells::Cells(cells) => Some(cells)
                .filter(is_whole)
                .map(|cells| cells.iter().map(|cell| self.quoted(&text(cell))).collect()),
            Cells::Members(_) | Cells::Bad(_) => None,
        };
        let Some(cells) = row.raw.clone().or_else(made) else { return vec![TOO_LONG.to_vec()] };
        let own = cells.into_iter().enumerate().filter(|(at, _)| !self.earlier.contains(at));
        own.map(|(at, cell)| if is_for_nothing(row, at, &cell) { Vec::new() } else { cell }).collect()
    }

    /// A text as a cell.
    fn quoted(&self, text: &str) -> Vec<u8> {
        let is_special = |byte| matches!(byte, b'"' | b'\r' | b'\n') || byte == self.separator;
        if text.bytes().any(is_special) {
            format!("\"{}\"", text.replace('"', "\"\"")).into_bytes()
        } else {
            text.as_bytes().to_vec()
        }
    }

    /// Fills the file up to a line with rows of nothing, which are left out when it is read: so the line of names keeps its
    /// number.
    fn reach(&mut self, line: u64, to: &mut impl Write) -> Result<()> {
        while self.count.saturating_add(1) < line {
            self.line(vec![self.separator], to)?;
        }
        Ok(())
    }

    fn record(&mut self, cells: &[Vec<u8>], to: &mut impl Write) -> Result<()> {
        self.line(cells.join(&self.separator), to)
    }

    fn line(&mut self, mut text: Vec<u8>, to: &mut impl Write) -> Result<()> {
        text.extend_from_slice(self.written.line_end.text().as_bytes());
        self.count = self.count.saturating_add(ends(&text));
        self.put(&text, to)
    }

    fn put(&mut self, text: &[u8], to: &mut impl Write) -> Result<()> {
        let bytes = match self.written.charset {
            Charset::Utf8 => Cow::Borrowed(text),
            Charset::Utf16Le => utf16(text).flat_map(u16::to_le_bytes).collect::<Vec<u8>>().into(),
            Charset::Utf16Be => utf16(text).flat_map(u16::to_be_bytes).collect::<Vec<u8>>().into(),
            Charset::Windows1251 => {
                let text = String::from_utf8_lossy(text);
                let (bytes, _, lacks) = encoding_rs::WINDOWS_1251.encode(&text);
                self.lacks_letters |= lacks;
                Cow::Owned(bytes.into_owned())
            }
        };
        to.write_all(&bytes).map_err(|error| io(&error))
    }
}

/// Whether what stands in a cell stands for nothing, by a description that does not come back with the file.
fn is_for_nothing(row: &Row, at: usize, cell: &[u8]) -> bool {
    let Cells::Cells(cells) = &row.cells else { return false };
    matches!(cells.get(at), Some(Cell::Empty)) && cell != b"\"\""
}

/// How many lines end in a text.
fn ends(text: &[u8]) -> u64 {
    let of = |byte: &u8, next: Option<&u8>| *byte == b'\n' || (*byte == b'\r' && next != Some(&b'\n'));
    let next = text.iter().skip(1).map(Some).chain([None]);
    u64::try_from(text.iter().zip(next).filter(|(byte, next)| of(byte, *next)).count()).unwrap_or(u64::MAX)
}

/// The text in UTF-16; what is no text stays none.
fn utf16(text: &[u8]) -> impl Iterator<Item = u16> {
    /// Half of a character, without the half before it.
    const NO_TEXT: u16 = 0xDC00;

    text.utf8_chunks().flat_map(|chunk| {
        let bad = (!chunk.invalid().is_empty()).then_some(NO_TEXT);
        chunk.valid().encode_utf16().chain(bad)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_by_whatever_ends_them() {
        assert_eq!(
            ["a\n", "a\r\n", "a\r", "\"a\r\nb\rc\nd\"\n", "a"].map(|text| ends(text.as_bytes())),
            [1, 1, 1, 4, 0]
        );
    }

    #[test]
    fn what_is_no_text_is_none_in_utf16() {
        let units: Vec<u16> = utf16(b"\xD1\x8F\xFF!").collect();

        assert_eq!(units, [0x044F, 0xDC00, 0x21]);
        assert!(String::from_utf16(&units).is_err());
    }
}
