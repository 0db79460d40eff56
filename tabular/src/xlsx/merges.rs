//! Reads the merged ranges of a sheet, which stand after its cells and are wanted before them.

use std::io::{Read, Seek};

use super::xml::{Piece, attribute, open};
use crate::fault::{Fault, FaultCode, Halt};
use crate::item::Merged;
use crate::options::Limits;
use crate::unpack;
use crate::zipped::Zip;

/// How many ranges are held.
const RANGES: usize = 65_536;

/// How many columns a sheet has.
const LAST_COLUMN: usize = 16_384;

/// Reads the ranges. The sheet is looked through for them without parsing it, and parsed only if it has some.
///
/// # Errors
/// `TooLarge`; `BrokenWorkbook`; `BrokenZip`.
pub(super) fn read<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    path: &str,
    limits: Limits,
) -> Result<Vec<Merged>, Halt> {
    let mut merged = Vec::new();
    let Some(place) = zip.place(path) else { return Ok(merged) };
    let budget = zip.budget().again();
    if !unpack::contains(&mut zip.open(place, &budget)?, b"mergeCell ")? {
        return Ok(merged);
    }
    let budget = zip.budget().again();
    let Some(mut part) = open(zip, path, &budget, limits)? else { return Ok(merged) };
    loop {
        match part.next()? {
            Piece::Start(start) if start.local_name().as_ref() == b"mergeCell" => {
                let given = attribute(&start, "ref");
                merged.extend(given.and_then(|range| range_of(&range)));
                if merged.len() > RANGES {
                    let text = format!("a sheet has more than {RANGES} merged ranges");
                    return Err(Fault::new(FaultCode::TooLarge, text).into());
                }
            }
            Piece::Eof => return Ok(merged),
            _ => {}
        }
    }
}

fn range_of(text: &str) -> Option<Merged> {
    let (first, last) = text.split_once(':')?;
    Some(Merged {
        first_row: row(first)?,
        first_column: column(first.as_bytes())?,
        last_row: row(last)?,
        last_column: column(last.as_bytes())?,
    })
}

fn row(place: &str) -> Option<u64> {
    place.trim_start_matches(|char: char| char.is_ascii_alphabetic()).parse().ok()
}

/// The column of a place such as `B7`, from 0.
pub(super) fn column(place: &[u8]) -> Option<usize> {
    let letters = place.iter().take_while(|byte| byte.is_ascii_alphabetic());
    let number = letters
        .take(4)
        .fold(0_usize, |number, letter| number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1).filter(|column| *column < LAST_COLUMN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_columns_and_rows() {
        assert_eq!(column(b"A1"), Some(0));
        assert_eq!(column(b"AA7"), Some(26));
        assert_eq!(column(b"XFD1048576"), Some(16_383));
        assert_eq!(column(b"XFE1"), None);
        assert_eq!(column(b"ZZZZZZZZZZZZZZZZZZ1"), None);
        assert_eq!(column(b"7"), None);
    }

    #[test]
    fn ranges_have_both_ends() {
        let merged = Merged { first_row: 2, first_column: 0, last_row: 4, last_column: 1 };

        assert_eq!(range_of("A2:B4"), Some(merged));
        assert_eq!(range_of("A2"), None);
    }
}
