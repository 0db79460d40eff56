//! CSV as it comes: byte order mark, separator, physical lines.

use csv::{ByteRecord, ReaderBuilder};
use kernel::Code;

use super::fault::Fault;

/// One row of a file with the physical line it begins on, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: usize,
    /// The cells; what is no UTF-8 is a fault of its column (from 0).
    pub(super) cells: Vec<Option<String>>,
}

/// Reads every row that is not blank; the first one is the header.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Line>, Fault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator(bytes)).from_reader(bytes);
    let mut place = Place { bytes, at: 0, line: 1 };
    let mut lines = Vec::new();
    let mut record = ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok(lines),
            Ok(true) => {}
            Err(error) => {
                let text = format!("the file is not CSV: {error}");
                return Err(Fault::new(place.line, None, Code::BadFormat, text));
            }
        }
        let offset = record.position().map_or(0, csv::Position::byte);
        let number = place.of(usize::try_from(offset).unwrap_or(usize::MAX));
        let text = |cell: &[u8]| String::from_utf8(cell.to_vec()).ok();
        let cells: Vec<_> = record.iter().map(text).collect();
        // Spreadsheets leave rows of nothing but separators.
        if cells.iter().any(|cell| cell.as_ref().is_none_or(|text| !text.trim().is_empty())) {
            lines.push(Line { number, cells });
        }
    }
}

/// The separator that stands most often in the first line, outside quotes; a comma when none does.
fn separator(bytes: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in bytes {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if !quoted => {
                counts.iter_mut().filter(|(known, _)| known == byte).for_each(|(_, count)| *count += 1);
            }
            _ => {}
        }
    }
    let best = counts.iter().rev().max_by_key(|(_, count)| *count);
    best.map_or(b',', |(separator, _)| *separator)
}

/// Tells physical lines; the reader's own count stays behind where lines end in CR LF or are blank.
struct Place<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl Place<'_> {
    /// The line of the record that begins at `offset`, or after the line ends that stand there.
    fn of(&mut self, offset: usize) -> usize {
        let rest = self.bytes.get(offset..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = offset.saturating_add(ends);
        let passed = self.bytes.get(self.at..start).unwrap_or_default();
        self.line += passed.split(|byte| *byte == b'\n').count() - 1;
        self.at = start;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8]) -> Vec<(usize, Vec<Option<String>>)> {
        read(text).unwrap().into_iter().map(|line| (line.number, line.cells)).collect()
    }

    fn cells(texts: &[&str]) -> Vec<Option<String>> {
        texts.iter().map(|text| Some((*text).to_owned())).collect()
    }

    #[test]
    fn lines_are_physical() {
        let text = b"\xef\xbb\xbftitle;note\r\n\r\nOne;\"two\r\nlines\"\r\n;\r\nTwo;x\r\n";

        assert_eq!(
            rows(text),
            [(1, cells(&["title", "note"])), (3, cells(&["One", "two\r\nlines"])), (6, cells(&["Two", "x"]))]
        );
    }

    #[test]
    fn separators_are_found_outside_quotes() {
        assert_eq!(separator(b"\"a;b;c\",d\n1;2;3;4"), b',');
        assert_eq!(separator(b"a;b\n"), b';');
        assert_eq!(separator(b"a\tb\n"), b'\t');
        assert_eq!(separator(b"title\n"), b',');
    }

    #[test]
    fn cells_that_are_no_utf_8_are_told_apart() {
        assert_eq!(rows(b"a,b\n\xff,x\n"), [(1, cells(&["a", "b"])), (2, vec![None, Some("x".into())])]);
    }
}
