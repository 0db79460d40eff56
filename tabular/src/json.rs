//! Reads the elements of one JSON array.
//!
//! The array is parted into elements by its brackets and quotes alone, and each is then parsed by itself: one that is
//! wrong within makes a bad row, and the next is read all the same.

use std::io::BufRead;

use crate::fault::{Fault, FaultCode, Halt, RowFault, RowFaultCode};
use crate::item::{Cells, Row};
use crate::members;
use crate::sink::Sink;

/// Reads elements up to the end.
///
/// # Errors
/// `NotAnArray` if it begins otherwise; `BrokenJson` if it breaks off or goes on after its end; `TooManyRows`;
/// `TooManyColumns`.
pub(crate) fn read(input: &mut dyn BufRead, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut reader = Reader {
        sink,
        line: 1,
        after_cr: false,
        place: Place::Before,
        depth: 0,
        quotes: Quotes::Outside,
        element: Vec::new(),
        element_line: 1,
        long: false,
    };
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return reader.end();
        }
        let length = bytes.len();
        bytes.iter().try_for_each(|byte| reader.take(*byte))?;
        input.consume(length);
    }
}

/// Where in the array the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    /// After the opening bracket, where the array may also end.
    First,
    /// After a comma.
    Next,
    Within,
    After,
}

/// Whether the reader is within quotes, and after a backslash there.
#[derive(Clone, Copy)]
enum Quotes {
    Outside,
    Inside,
    Escaped,
}

struct Reader<'a, 'v> {
    sink: &'a mut Sink<'v>,
    line: u64,
    after_cr: bool,
    place: Place,
    depth: u32,
    quotes: Quotes,
    element: Vec<u8>,
    element_line: u64,
    long: bool,
}

impl Reader<'_, '_> {
    fn take(&mut self, byte: u8) -> Result<(), Halt> {
        if byte == b'\r' || (byte == b'\n' && !self.after_cr) {
            self.line += 1;
        }
        self.after_cr = byte == b'\r';
        match self.place {
            Place::Within => self.within(byte),
            _ if byte.is_ascii_whitespace() => Ok(()),
            Place::Before if byte == b'[' => {
                self.place = Place::First;
                Ok(())
            }
            Place::Before => {
                let text = "the JSON is no array; send an array of objects";
                Err(Fault::at(FaultCode::NotAnArray, self.line, text).into())
            }
            Place::First if byte == b']' => {
                self.place = Place::After;
                Ok(())
            }
            Place::First | Place::Next => {
                self.place = Place::Within;
                self.element_line = self.line;
                self.within(byte)
            }
            Place::After => Err(self.broken("the JSON goes on after the end of its array")),
        }
    }

    fn within(&mut self, byte: u8) -> Result<(), Halt> {
        match (self.quotes, byte) {
            (Quotes::Inside, b'\\') => self.quotes = Quotes::Escaped,
            (Quotes::Inside, b'"') => self.quotes = Quotes::Outside,
            (Quotes::Inside, _) => {}
            (Quotes::Escaped, _) | (Quotes::Outside, b'"') => self.quotes = Quotes::Inside,
            (Quotes::Outside, _) => match byte {
                b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                b',' | b']' if self.depth == 0 => return self.end_element(byte),
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            },
        }
        if self.long || self.element.len() == self.sink.limits().held() {
            self.long = true;
            self.element = Vec::new();
        } else {
            self.element.push(byte);
        }
        Ok(())
    }

    fn end_element(&mut self, byte: u8) -> Result<(), Halt> {
        let limits = self.sink.limits();
        let is_cut = std::mem::take(&mut self.long);
        let cells = if is_cut || self.element.len() > limits.row() {
            Cells::bad(RowFault::row_too_long(limits.row()))
        } else if self.element.trim_ascii().is_empty() {
            Cells::bad(RowFault::new(RowFaultCode::NotJson, "not JSON: nothing between two commas"))
        } else {
            members::parse(&self.element, self.element_line, self.sink)?
        };
        let raw = (limits.raw > 0 && !is_cut).then(|| vec![self.element.clone()]);
        self.element.clear();
        self.place = if byte == b',' { Place::Next } else { Place::After };
        self.sink.row(Row::of(self.element_line, cells, raw))
    }

    fn end(&self) -> Result<(), Halt> {
        match self.place {
            Place::After => Ok(()),
            Place::Before => Err(crate::detect::empty().into()),
            Place::First | Place::Next => Err(self.broken("the array is not closed")),
            Place::Within => {
                let text = "the array breaks off within the element that begins here";
                Err(Fault::at(FaultCode::BrokenJson, self.element_line, text).into())
            }
        }
    }

    fn broken(&self, text: &str) -> Halt {
        Fault::at(FaultCode::BrokenJson, self.line, text).into()
    }
}
