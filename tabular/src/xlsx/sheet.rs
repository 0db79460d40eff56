//! Reads the rows of one sheet.

use std::io::{Read, Seek};

use quick_xml::events::BytesStart;

use super::strings::Strings;
use super::styles::Kind;
use super::xml::{Piece, Xml, attribute, open};
use super::{broken, merges, values};
use crate::fault::{Halt, RowFault, RowFaultCode};
use crate::item::{Cell, Cells, Merged, Row};
use crate::options::Limits;
use crate::sink::Sink;
use crate::unpack::Budget;
use crate::zipped::Zip;

/// The last row of a sheet.
const LAST_ROW: u64 = 1_048_576;

/// What the cells of all sheets refer to.
pub(super) struct Context<'a> {
    pub strings: &'a Strings,
    pub kinds: &'a [Kind],
    pub from_1904: bool,
}

/// Reads the sheet and tells whether it had cells.
pub(super) fn read<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    path: &str,
    name: String,
    context: &Context<'_>,
    sink: &mut Sink<'_>,
) -> Result<bool, Halt> {
    let limits = sink.limits();
    let merged = merges::read(zip, path, limits)?;
    let budget = zip.budget();
    let part =
        open(zip, path, budget, limits)?.ok_or_else(|| broken(format!("the sheet {name} is missing")))?;
    let reader = Reader {
        context,
        limits,
        budget,
        sink,
        table: Some((name, merged)),
        row: 0,
        told: 0,
        row_bytes: 0,
        cells: Vec::new(),
        formulas: Vec::new(),
        raw: Vec::new(),
        column: 0,
        cell: Draft::default(),
    };
    reader.read(part)
}

/// How a cell's value is to be read.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Type {
    #[default]
    Number,
    Shared,
    Text,
    Bool,
    Error,
    Date,
}

/// A cell while it is read.
#[derive(Default)]
struct Draft {
    kind: Type,
    style: usize,
    formula: bool,
    has_value: bool,
    text: String,
    written: String,
    long: bool,
    place: Place,
}

/// Where in a cell the reader is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Outside,
    Value,
    Formula,
    /// How a text is spoken, which is no part of it.
    Phonetic,
}

struct Reader<'a, 'v> {
    context: &'a Context<'a>,
    limits: Limits,
    budget: &'a Budget,
    sink: &'a mut Sink<'v>,
    /// The table, until the first row of it is told.
    table: Option<(String, Vec<Merged>)>,
    row: u64,
    /// The last row that was told.
    told: u64,
    row_bytes: usize,
    cells: Vec<Cell>,
    formulas: Vec<usize>,
    /// What stands in cells that are bad, where that is wanted.
    raw: Vec<Vec<u8>>,
    /// The column of the cell that is read, or of the next.
    column: usize,
    cell: Draft,
}

impl Reader<'_, '_> {
    fn read<R: Read>(mut self, mut part: Xml<R>) -> Result<bool, Halt> {
        loop {
            match part.next()? {
                Piece::Start(start) => self.start(&start)?,
                Piece::Text(text) if self.cell.place == Place::Value => self.take(&text),
                Piece::Text(text) if self.cell.place == Place::Formula => self.take_formula(&text),
                Piece::End(end) => match end.local_name().as_ref() {
                    b"v" | b"t" if self.cell.place == Place::Value => self.cell.place = Place::Outside,
                    b"rPh" | b"f" => self.cell.place = Place::Outside,
                    b"c" => self.end_cell()?,
                    b"row" => self.end_row()?,
                    b"sheetData" => return Ok(self.table.is_none()),
                    _ => {}
                },
                Piece::Eof => return Err(broken("a sheet of the workbook breaks off")),
                Piece::Text(_) | Piece::Other => {}
            }
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Halt> {
        match start.local_name().as_ref() {
            b"row" => return self.start_row(attribute(start, "r")),
            b"c" => return self.start_cell(start),
            b"f" => {
                self.cell.formula = true;
                self.cell.place = Place::Formula;
            }
            b"v" | b"t" => {
                self.cell.has_value = true;
                if self.cell.place != Place::Phonetic {
                    self.cell.place = Place::Value;
                }
            }
            b"rPh" => self.cell.place = Place::Phonetic,
            _ => {}
        }
        Ok(())
    }

    fn start_row(&mut self, given: Option<String>) -> Result<(), Halt> {
        let row = match given {
            Some(text) => text.trim().parse().ok(),
            None => Some(self.row + 1),
        };
        match row {
            Some(row) if row > self.row && row <= LAST_ROW => {
                self.row = row;
                self.column = 0;
                Ok(())
            }
            _ => Err(broken(format!("the rows of a sheet are out of order after row {}", self.row))),
        }
    }

    fn start_cell(&mut self, start: &BytesStart<'_>) -> Result<(), Halt> {
        let text = std::mem::take(&mut self.cell.text);
        self.cell = Draft { text, ..Draft::default() };
        self.cell.text.clear();
        for attribute in start.attributes().with_checks(false).flatten() {
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                b"r" => {
                    let column = merges::column(value);
                    self.column =
                        column.ok_or_else(|| broken(format!("a cell of row {} has no column", self.row)))?;
                }
                b"s" => {
                    let style = std::str::from_utf8(value).ok().and_then(|id| id.parse().ok());
                    self.cell.style = style.unwrap_or(0);
                }
                b"t" => {
                    self.cell.kind = match value {
                        b"s" => Type::Shared,
                        b"str" | b"inlineStr" => Type::Text,
                        b"b" => Type::Bool,
                        b"e" => Type::Error,
                        b"d" => Type::Date,
                        _ => Type::Number,
                    };
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn take(&mut self, text: &str) {
        let cell = &mut self.cell;
        cell.long |= cell.text.len() + text.len() > self.limits.cell;
        if cell.long {
            cell.text.clear();
        } else {
            cell.text.push_str(text);
        }
    }

    fn take_formula(&mut self, text: &str) {
        let most = self.limits.cell.min(self.limits.raw);
        if self.cell.written.len() + text.len() <= most {
            self.cell.written.push_str(text);
        }
    }

    fn end_cell(&mut self) -> Result<(), Halt> {
        let column = self.column;
        self.column += 1;
        let cell = self.value()?;
        if cell == Cell::Empty {
            return Ok(());
        }
        if column >= self.limits.columns {
            return Err(self.sink.too_wide(self.row));
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Empty);
        }
        if self.limits.raw > 0 {
            self.raw.resize(self.cells.len(), Vec::new());
            let held = self.held(&cell);
            if let Some(place) = self.raw.get_mut(column) {
                *place = held.into_bytes();
            }
        }
        if let Some(place) = self.cells.get_mut(column) {
            *place = cell;
        }
        // A place can be named again and again.
        if self.cell.formula && !self.formulas.contains(&column) {
            self.formulas.push(column);
        }
        Ok(())
    }

    /// What stands in the cell, where that cannot be read.
    fn held(&self, cell: &Cell) -> String {
        let (Cell::Bad(fault), draft) = (cell, &self.cell) else { return String::new() };
        match fault.code {
            RowFaultCode::NoResult => format!("={}", draft.written),
            RowFaultCode::Nul if draft.kind == Type::Shared => {
                let place = draft.text.trim().parse().ok();
                place.and_then(|place| self.context.strings.get(place)).unwrap_or_default().to_owned()
            }
            RowFaultCode::Nul => values::decoded(&draft.text).into_owned(),
            _ => draft.text.clone(),
        }
    }

    fn value(&mut self) -> Result<Cell, Halt> {
        let cell = &self.cell;
        if cell.long {
            return Ok(self.too_long());
        }
        if !cell.has_value || cell.text.is_empty() {
            let lacks = cell.formula && (!cell.has_value || cell.kind != Type::Text);
            let text = "holds a formula whose result was not saved; open and save the workbook in a spreadsheet program";
            return Ok(if lacks {
                Cell::Bad(RowFault::new(RowFaultCode::NoResult, text))
            } else {
                Cell::Empty
            });
        }
        Ok(match cell.kind {
            Type::Number => {
                let kind = self.context.kinds.get(cell.style).copied().unwrap_or(Kind::Number);
                values::number(&cell.text, kind, self.context.from_1904)
            }
            Type::Bool => values::truth(&cell.text),
            Type::Error => values::error(&cell.text),
            Type::Date => values::iso(&cell.text),
            Type::Text => {
                let text = values::decoded(&cell.text).into_owned();
                self.text(&text)?
            }
            Type::Shared => {
                match cell.text.trim().parse().ok().and_then(|place| self.context.strings.get(place)) {
                    Some(text) => self.text(text)?,
                    None => values::bad("names a shared text that the workbook does not have".to_owned()),
                }
            }
        })
    }

    /// Shared texts can be named again and again, so that what is handed out is counted as unpacked, too.
    fn text(&mut self, text: &str) -> Result<Cell, Halt> {
        self.row_bytes += text.len();
        self.budget.spend(text.len())?;
        Ok(match text {
            "" => Cell::Empty,
            _ if text.len() > self.limits.cell => self.too_long(),
            _ if text.contains('\0') => Cell::Bad(RowFault::new(RowFaultCode::Nul, "holds a NUL character")),
            // The row is left out as a whole.
            _ if self.row_bytes > self.limits.row() => Cell::Bool(true),
            _ => Cell::Text(text.to_owned()),
        })
    }

    fn too_long(&self) -> Cell {
        Cell::Bad(RowFault::new(RowFaultCode::CellTooLong, format!("longer than {} bytes", self.limits.cell)))
    }

    fn end_row(&mut self) -> Result<(), Halt> {
        let cells = std::mem::take(&mut self.cells);
        let mut formulas = std::mem::take(&mut self.formulas);
        let raw = std::mem::take(&mut self.raw);
        let long = std::mem::take(&mut self.row_bytes) > self.limits.row();
        if cells.is_empty() {
            return Ok(());
        }
        if let Some((name, merged)) = self.table.take() {
            self.sink.sheet(name, merged)?;
        }
        formulas.sort_unstable();
        let cells = if long { vec![Cell::Bad(RowFault::row_too_long(self.limits.row()))] } else { cells };
        let before = std::mem::replace(&mut self.told, self.row);
        let after_gap = before > 0 && self.row > before + 1;
        let raw = (self.limits.raw > 0).then_some(raw);
        self.sink.row(Row { line: self.row, cells: Cells::Cells(cells), formulas, after_gap, raw })
    }
}
