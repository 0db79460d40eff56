//! Reads one JSON object from each line.

use std::io::BufRead;

use memchr::memchr2;

use crate::fault::{Fault, FaultCode, Halt, RowFault};
use crate::item::{Cells, Row};
use crate::members;
use crate::sink::Sink;

/// Reads lines up to the end; blank ones are left out but counted.
///
/// # Errors
/// `NotAnArray` if the format was guessed and the first object goes on in the next line; `TooManyRows`;
/// `TooManyColumns`.
pub(crate) fn read(input: &mut dyn BufRead, guessed: bool, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut lines =
        Lines { number: 1, text: Vec::new(), long: false, after_cr: false, guessed, begun: None, sink };
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            lines.end()?;
            return lines.release();
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
    /// The first record, which breaks off: the next line tells whether it goes on there.
    begun: Option<(u64, Vec<u8>)>,
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
        if self.long || self.text.len() + text.len() > self.sink.limits().held() {
            self.long = true;
            self.text = Vec::new();
        } else {
            self.text.extend_from_slice(text);
        }
    }

    fn end(&mut self) -> Result<(), Halt> {
        let limits = self.sink.limits();
        if self.long || self.text.len() > limits.row() {
            self.guessed = false;
            self.release()?;
            let raw = (limits.raw > 0 && !self.long).then(|| vec![self.text.clone()]);
            self.long = false;
            self.text.clear();
            let cells = Cells::bad(RowFault::row_too_long(limits.row()));
            return self.sink.row(Row::of(self.number, cells, raw));
        }
        if self.text.trim_ascii().is_empty() {
            self.text.clear();
            return Ok(());
        }
        if std::mem::take(&mut self.guessed) && unfinished(&self.text) {
            self.begun = Some((self.number, std::mem::take(&mut self.text)));
            return Ok(());
        }
        if let Some((number, _)) = self.begun.as_ref().filter(|_| !self.text.trim_ascii().starts_with(b"{")) {
            let text = "the file begins with an object over several lines; send an array of objects, or one object on each line";
            return Err(Fault::at(FaultCode::NotAnArray, *number, text).into());
        }
        self.release()?;
        let mut text = std::mem::take(&mut self.text);
        let outcome = self.hand(self.number, &text);
        text.clear();
        self.text = text;
        outcome
    }

    /// Hands out the first record, where it was a line that breaks off.
    fn release(&mut self) -> Result<(), Halt> {
        let Some((number, text)) = self.begun.take() else { return Ok(()) };
        self.hand(number, &text)
    }

    fn hand(&mut self, number: u64, text: &[u8]) -> Result<(), Halt> {
        let cells = members::parse(text, number, self.sink)?;
        let raw = (self.sink.limits().raw > 0).then(|| vec![text.to_vec()]);
        self.sink.row(Row::of(number, cells, raw))
    }
}

/// Whether the text is JSON that breaks off.
fn unfinished(text: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(text).is_err_and(|error| error.is_eof())
}
