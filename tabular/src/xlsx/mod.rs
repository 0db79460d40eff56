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

/// What programs call sheets that nobody named, before their number.
const UNNAMED: [&str; 4] = ["sheet", "лист", "feuil", "барак"];

/// Reads every visible sheet that has cells. The only one of a workbook within a zip goes by the name of its file, if
/// nobody named it.
///
/// # Errors
/// `BrokenWorkbook`; `Doctype`; `TooLarge`; `TooManyColumns`; `TooManyRows`; `NoTable` if no visible sheet has cells.
pub(crate) fn read<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    within: Option<&str>,
    sink: &mut Sink<'_>,
    found: &mut Found,
) -> Result<(), Halt> {
    let limits = sink.limits();
    let book = book::read(zip, limits)?;
    let shown = book.sheets.iter().filter(|sheet| !sheet.hidden && sheet.path.is_some()).count();
    let within = within.filter(|_| shown == 1);
    let strings = strings::read(zip, book.strings.as_deref(), limits)?;
    let kinds = styles::read(zip, book.styles.as_deref(), limits)?;
    let context = Context { strings: &strings, kinds: &kinds, from_1904: book.from_1904 };
    for sheet in book.sheets {
        match sheet.path {
            Some(path) if !sheet.hidden => {
                let name = within.filter(|_| is_unnamed(&sheet.name)).map_or(sheet.name, str::to_owned);
                found.tables += u64::from(sheet::read(zip, &path, name, &context, sink)?);
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

/// Whether a sheet has the name that a program gave it.
fn is_unnamed(name: &str) -> bool {
    let name = name.to_lowercase();
    UNNAMED.contains(&name.trim_end_matches(|sign: char| sign.is_ascii_digit() || sign == ' '))
}

/// The fault of a part that is missing or damaged.
fn broken(text: impl Into<String>) -> Halt {
    Fault::new(FaultCode::BrokenWorkbook, text).into()
}
