//! Workbooks of refused rows.

use std::{fs::File, io::Seek};

use kernel::{Error, Result};
use rust_xlsxwriter::{Formula, Workbook, Worksheet, XlsxError};
use tabular::{Cell, Cells, Row, RowFaultCode};

use super::{
    ERRORS, earlier, names,
    print::{empty, io, text},
};

/// Error values that a workbook can hold.
const ERROR_VALUES: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];
/// Units of UTF-16 that a cell holds.
const LONGEST: usize = 32_767;

/// Writes rows of sheets.
pub(super) struct Book {
    file: Workbook,
    /// The row of its sheet that comes next, from 0.
    next: u32,
    names: Vec<String>,
    /// Places of columns that are left out.
    earlier: Vec<usize>,
}

impl Book {
    pub(super) fn new() -> Self {
        Self { file: Workbook::new(), next: 0, names: Vec::new(), earlier: Vec::new() }
    }

    pub(super) fn table(&mut self, name: &str) -> Result<()> {
        let sheet = self.file.add_worksheet_with_constant_memory().map_err(|error| broken(&error))?;
        sheet.set_name(name).map_err(|error| broken(&error))?;
        (self.next, self.names, self.earlier) = (0, Vec::new(), Vec::new());
        Ok(())
    }

    pub(super) fn above(&mut self, row: &Row) -> Result<()> {
        self.reach(row.line);
        self.write(row, 0).map(drop)
    }

    pub(super) fn header(&mut self, row: &Row) -> Result<()> {
        self.reach(row.line);
        self.names = names(row);
        self.earlier = earlier(&self.names);
        self.write(row, ERRORS.len())?;
        self.tell(ERRORS.map(str::to_owned))
    }

    pub(super) fn row(&mut self, row: &Row, errors: &[String; 3]) -> Result<()> {
        let lost = self.write(row, ERRORS.len())?;
        let [line, codes, messages] = errors.clone();
        let messages = std::iter::once(messages).chain(lost).collect::<Vec<_>>().join("; ");
        self.tell([line, codes, messages])
    }

    pub(super) fn done(mut self) -> Result<File> {
        let mut file = empty()?;
        self.file.save_to_writer(&mut file).map_err(|error| broken(&error))?;
        file.rewind().map_err(|error| io(&error))?;
        Ok(file)
    }

    /// Goes on with a line of the file, so that the line of names keeps its number.
    fn reach(&mut self, line: u64) {
        let row = u32::try_from(line.saturating_sub(1)).unwrap_or(u32::MAX);
        self.next = self.next.max(row);
    }

    /// Writes what is wrong with the row that was written last.
    fn tell(&mut self, errors: [String; 3]) -> Result<()> {
        let at = self.next.saturating_sub(1);
        let Some(sheet) = self.file.worksheets_mut().last_mut() else { return Ok(()) };
        for (column, error) in (0_u16..).zip(errors) {
            sheet.write_string(at, column, fitted(&error)).map_err(|error| broken(&error))?;
        }
        Ok(())
    }

    /// Writes the cells of a row behind so many columns; answers what of them no cell can hold, by their columns.
    fn write(&mut self, row: &Row, behind: usize) -> Result<Vec<String>> {
        let at = self.next;
        self.next = at.saturating_add(1);
        let Some(sheet) = self.file.worksheets_mut().last_mut() else { return Ok(Vec::new()) };
        let cells = match &row.cells {
            // No import takes it.
            Cells::Cells(cells) if is_too_long(cells) => {
                return value(sheet, (at, place(behind)), "#VALUE!").map(|()| Vec::new());
            }
            Cells::Cells(cells) => cells.as_slice(),
            Cells::Members(_) | Cells::Bad(_) => &[],
        };
        let mut lost = Vec::new();
        let own = cells.iter().enumerate().filter(|(column, _)| !self.earlier.contains(column));
        for (number, (column, cell)) in own.enumerate() {
            let raw = row.raw.as_ref().and_then(|raw| raw.get(column)).map_or(&[][..], Vec::as_slice);
            let held = put(sheet, (at, place(behind + number)), (cell, &String::from_utf8_lossy(raw)))?;
            let name = self.names.get(column).map_or("", String::as_str);
            lost.extend(held.map(|held| format!("{name}: {held}")));
        }
        Ok(lost)
    }
}

/// Whether a row is left out as a whole.
fn is_too_long(cells: &[Cell]) -> bool {
    matches!(cells, [Cell::Bad(bad)] if bad.code == RowFaultCode::RowTooLong)
}

/// Writes a cell; answers what stands there where no cell can hold it. Then an error value stands in its place, which no
/// import takes: a formula would be of other rows here, and cells without one would be accepted.
fn put(sheet: &mut Worksheet, at: (u32, u16), (cell, raw): (&Cell, &str)) -> Result<Option<String>> {
    let written = match cell {
        Cell::Empty => return Ok(None),
        Cell::Number(number) => sheet.write_number(at.0, at.1, *number),
        Cell::Bool(truth) => sheet.write_boolean(at.0, at.1, *truth),
        Cell::Bad(fault) => {
            let is_held = fault.code == RowFaultCode::Nul && !raw.is_empty() && fits(raw);
            match ERROR_VALUES.iter().find(|known| **known == raw) {
                _ if is_held => sheet.write_string(at.0, at.1, raw),
                Some(known) => return value(sheet, at, known).map(|()| None),
                None => {
                    let known = if fault.code == RowFaultCode::NoResult { "#N/A" } else { "#VALUE!" };
                    return value(sheet, at, known)
                        .map(|()| Some(raw.to_owned()).filter(|raw| !raw.is_empty()));
                }
            }
        }
        other => {
            let text = text(other);
            if !fits(&text) {
                return value(sheet, at, "#VALUE!").map(|()| Some(text));
            }
            sheet.write_string(at.0, at.1, text)
        }
    };
    written.map(|_| None).map_err(|error| broken(&error))
}

/// Writes an error value.
fn value(sheet: &mut Worksheet, (row, column): (u32, u16), known: &str) -> Result<()> {
    let formula = Formula::new(known).set_result(known);
    sheet.write_formula(row, column, formula).map(drop).map_err(|error| broken(&error))
}

fn place(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

fn fits(text: &str) -> bool {
    text.len() <= LONGEST || text.encode_utf16().count() <= LONGEST
}

/// As much of a text as a cell holds.
fn fitted(text: &str) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let mut units = 0;
    let kept = text.chars().take_while(|letter| {
        units += letter.len_utf16();
        units < LONGEST
    });
    kept.collect()
}

fn broken(error: &XlsxError) -> Error {
    Error::Internal(format!("no workbook was made: {error}"))
}
