//! Reads the texts that cells share, into one long text.

use std::io::{Read, Seek};

use super::values::decoded;
use super::xml::{Piece, open};
use crate::fault::{Fault, FaultCode, Halt};
use crate::options::Limits;
use crate::zipped::Zip;

/// Bytes of all shared texts.
const HELD: usize = 128 << 20;

/// How many texts are shared.
const TEXTS: usize = 4 << 20;

#[derive(Default)]
pub(super) struct Strings {
    all: String,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Strings {
    pub fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.all.get(start..end)
    }
}

/// Reads the part; without one there are no texts.
///
/// # Errors
/// `TooLarge`; `BrokenWorkbook`.
pub(super) fn read<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    path: Option<&str>,
    limits: Limits,
) -> Result<Strings, Halt> {
    let mut strings = Strings::default();
    let budget = zip.budget();
    let Some(path) = path else { return Ok(strings) };
    let Some(mut part) = open(zip, path, budget, limits)? else { return Ok(strings) };
    let mut text = String::new();
    let mut within = false;
    let mut phonetic = false;
    loop {
        match part.next()? {
            Piece::Start(start) => match start.local_name().as_ref() {
                b"t" => within = !phonetic,
                b"rPh" => phonetic = true,
                _ => {}
            },
            Piece::Text(piece) if within => {
                text.push_str(&piece);
                bounded(strings.all.len() + text.len(), strings.ends.len())?;
            }
            Piece::End(end) => match end.local_name().as_ref() {
                b"t" => within = false,
                b"rPh" => phonetic = false,
                b"si" => {
                    strings.all.push_str(&decoded(&text));
                    strings.ends.push(strings.all.len());
                    text.clear();
                    bounded(0, strings.ends.len())?;
                }
                _ => {}
            },
            Piece::Eof => return Ok(strings),
            Piece::Text(_) | Piece::Other => {}
        }
    }
}

fn bounded(bytes: usize, texts: usize) -> Result<(), Halt> {
    if bytes > HELD || texts > TEXTS {
        let text = "the texts of the workbook are too large to be held; send the sheet as CSV, or in parts";
        return Err(Fault::new(FaultCode::TooLarge, text).into());
    }
    Ok(())
}
