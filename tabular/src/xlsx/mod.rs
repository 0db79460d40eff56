//! Reads workbooks as streams of cells.
//!
//! Sheets are read piece by piece; only shared strings and the kinds of cell formats are held. Formulas give the
//! results that were saved with them, macros and external links are not looked at.

mod book;
mod merges;
mod sheet;
mod strings;
mod styles;
mod values;
mod xml;

use std::io::{Read, Seek};

use crate::fault::{Fault, FaultCode, Halt};
use crate::item::Found;
use crate::sink::Sink;
use crate::zipped::Zip;

use sheet::Context;

/// How many names of left out sheets are told.
const LEFT_OUT: usize = 100;

/// Reads every visible sheet that has cells.
///
/// # Errors
/// `BrokenWorkbook`; `Doctype`; `TooLarge`; `TooManyColumns`; `TooManyRows`; `NoTable` if no visible sheet has cells.
pub(crate) fn read<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    sink: &mut Sink<'_>,
    found: &mut Found,
) -> Result<(), Halt> {
    let limits = sink.limits();
    let book = book::read(zip, limits)?;
    let strings = strings::read(zip, book.strings.as_deref(), limits)?;
    let kinds = styles::read(zip, book.styles.as_deref(), limits)?;
    let context = Context { strings: &strings, kinds: &kinds, from_1904: book.from_1904 };
    for sheet in book.sheets {
        match sheet.path {
            Some(path) if !sheet.hidden => {
                found.tables += u64::from(sheet::read(zip, &path, sheet.name, &context, sink)?);
            }
            _ if found.left_out.len() < LEFT_OUT => found.left_out.push(sheet.name),
            _ => {}
        }
    }
    if found.tables == 0 {
        let text = "no visible sheet of the workbook has cells";
        return Err(Fault::new(FaultCode::NoTable, text).into());
    }
    Ok(())
}

/// The fault of a part that is missing or damaged.
fn broken(text: impl Into<String>) -> Halt {
    Fault::new(FaultCode::BrokenWorkbook, text).into()
}
