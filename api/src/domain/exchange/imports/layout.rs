//! Where the tables of a file stand: which sheets are read, which row names the columns, and where the rows end.

use std::sync::Arc;

use tabular::{Cell, Cells, Merged, Row};

use super::mapping::Mapping;

/// What a row of a file is.
#[derive(Debug)]
pub(super) enum Place {
    /// It names the columns.
    Header(Vec<Cell>, u64),
    /// It holds data.
    Data(Row),
    /// It stands above the line of names.
    Above(Row),
    /// It is no part of a table that is read.
    Outside,
}

/// Tells rows apart, table by table.
#[derive(Debug, Default)]
pub(super) struct Layout {
    mapping: Option<Arc<Mapping>>,
    /// Name of the table.
    pub(super) name: Option<String>,
    /// Names of tables that are left out.
    pub(super) left_out: Vec<String>,
    merges: Merges,
    at: At,
    /// Whether a table was read.
    has_begun: bool,
    /// Rows with content below the empty row that ends the table, and the line of the first one.
    pub(super) below: (u64, u64),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Above,
    Rows,
    /// Behind the empty row that ends the table.
    Below,
    /// In a table that is not read.
    Over,
}

impl Layout {
    /// Begins with no table.
    pub(super) fn of(mapping: Option<Arc<Mapping>>) -> Self {
        Self { mapping, ..Self::default() }
    }

    /// Begins a table; answers whether it is read.
    pub(super) fn table(&mut self, name: Option<String>, merged: Vec<Merged>) -> bool {
        let is_read = name.as_deref().is_none_or(|name| {
            let is_wanted = match self.mapping.as_deref() {
                Some(Mapping { sheet: Some(sheet), .. }) => sheet.trim() == name.trim(),
                Some(_) => !self.has_begun,
                None => true,
            };
            is_wanted && !name.starts_with("x_")
        });
        if !is_read {
            self.left_out.extend(name.clone());
        }
        self.has_begun |= is_read;
        let merged = if self.mapping.is_some() { merged } else { Vec::new() };
        (self.name, self.merges) = (name, Merges::of(merged));
        self.at = if is_read { At::Above } else { At::Over };
        is_read
    }

    /// Says what a row is; merged cells are carried into it.
    pub(super) fn row(&mut self, mut row: Row) -> Place {
        let Cells::Cells(cells) = &mut row.cells else {
            return if self.at == At::Over { Place::Outside } else { Place::Data(row) };
        };
        let is_empty = cells.iter().all(is_blank);
        match self.at {
            At::Over => Place::Outside,
            At::Below => self.leave_out(row.line, is_empty),
            At::Above => {
                let first = self.mapping.as_ref().map_or(0, |mapping| mapping.first_line());
                if row.line < first {
                    return Place::Above(row);
                }
                self.at = At::Rows;
                self.merges.carry(row.line, cells);
                Place::Header(std::mem::take(cells), row.line)
            }
            At::Rows => {
                if let Some(mapping) = &self.mapping {
                    if mapping.ends_at_empty_row && (is_empty || row.after_gap) {
                        self.at = At::Below;
                        return self.leave_out(row.line, is_empty);
                    }
                    if is_empty {
                        return Place::Outside;
                    }
                }
                self.merges.carry(row.line, cells);
                Place::Data(row)
            }
        }
    }

    /// Counts a row below the end of its table.
    fn leave_out(&mut self, line: u64, is_empty: bool) -> Place {
        if !is_empty {
            let (rows, first) = self.below;
            self.below = (rows + 1, if rows == 0 { line } else { first });
        }
        Place::Outside
    }
}

/// Whether a cell shows nothing.
fn is_blank(cell: &Cell) -> bool {
    match cell {
        Cell::Empty => true,
        Cell::Text(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Merged cells: what stands in the first one stands in all.
#[derive(Debug, Default)]
struct Merges {
    /// Those to come, the last one first.
    to_come: Vec<Merged>,
    /// Those that reach into the rows, with what they hold.
    open: Vec<(Merged, Cell)>,
}

impl Merges {
    fn of(mut all: Vec<Merged>) -> Self {
        all.sort_by_key(|range| std::cmp::Reverse(range.first_row));
        Self { to_come: all, open: Vec::new() }
    }

    fn carry(&mut self, line: u64, cells: &mut Vec<Cell>) {
        self.open.retain(|(range, _)| range.last_row >= line);
        while let Some(range) = self.to_come.pop_if(|range| range.first_row <= line) {
            if range.last_row >= line {
                let held = cells.get(range.first_column).filter(|_| range.first_row == line);
                self.open.push((range, held.cloned().unwrap_or(Cell::Empty)));
            }
        }
        for (range, held) in self.open.iter().filter(|(_, held)| !matches!(held, Cell::Empty)) {
            // No table has more columns than fit.
            let last = range.last_column.min(super::MAX_COLUMNS.saturating_sub(1));
            if cells.len() <= last {
                cells.resize(last + 1, Cell::Empty);
            }
            for cell in cells.iter_mut().take(last + 1).skip(range.first_column) {
                if matches!(cell, Cell::Empty) {
                    *cell = held.clone();
                }
            }
        }
    }
}
