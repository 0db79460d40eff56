//! Reads one JSON object from each line.

use std::io::BufRead;

use memchr::memchr2;

use crate::fault::{Fault, FaultCode, Halt, RowFault, RowFaultCode};
use crate::item::Cells;
use crate::members;
use crate::sink::Sink;

/// Reads lines up to the end; blank ones are left out but counted.
///
/// # Errors
/// `NotAnArray` if the format was guessed and the first object goes over several lines; `TooManyRows`;
/// `TooManyColumns`.
pub(crate) fn read(input: &mut dyn BufRead, guessed: bool, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut lines = Lines { number: 1, text: Vec::new(), long: false, after_cr: false, guessed, sink };
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return lines.end();
        }
        let length = bytes.len();
        lines.take(bytes)?;
        input.consume(length);
    }
}

struct Lines<'a, 'v> {
    number: u64,
    text: Vec<u8>,
    long: bool,
    after_cr: bool,
    /// The first record is still to come and may show that the guess is wrong.
    guessed: bool,
    sink: &'a mut Sink<'v>,
}

impl Lines<'_, '_> {
    fn take(&mut self, mut bytes: &[u8]) -> Result<(), Halt> {
        while let Some((&first, rest)) = bytes.split_first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                bytes = rest;
                continue;
            }
            let Some(at) = memchr2(b'\n', b'\r', bytes) else {
                self.push(bytes);
                return Ok(());
            };
            let (text, rest) = bytes.split_at(at);
            self.push(text);
            self.end()?;
            self.number += 1;
            self.after_cr = rest.first() == Some(&b'\r');
            bytes = rest.get(1..).unwrap_or_default();
        }
        Ok(())
    }

    fn push(&mut self, text: &[u8]) {
        if self.long || self.text.len() + text.len() > self.sink.limits().row() {
            self.long = true;
            self.text = Vec::new();
        } else {
            self.text.extend_from_slice(text);
        }
    }

    fn end(&mut self) -> Result<(), Halt> {
        if std::mem::take(&mut self.long) {
            self.guessed = false;
            return self.sink.row(self.number, too_long(self.sink.limits().row()));
        }
        if self.text.trim_ascii().is_empty() {
            self.text.clear();
            return Ok(());
        }
        if std::mem::take(&mut self.guessed) && unfinished(&self.text) {
            let text = "the file begins with an object over several lines; send an array of objects, or one object on each line";
            return Err(Fault::at(FaultCode::NotAnArray, self.number, text).into());
        }
        let row = members::parse(&self.text, self.number, self.sink)?;
        self.text.clear();
        self.sink.row(self.number, row)
    }
}

/// Whether the text is JSON that breaks off.
fn unfinished(text: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// The bad row of one that is over the limit.
pub(crate) fn too_long(limit: usize) -> Cells {
    let text = format!("the row is longer than {limit} bytes");
    Cells::Bad(vec![RowFault::new(RowFaultCode::RowTooLong, text)])
}
