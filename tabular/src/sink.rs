//! Hands items to the visitor and counts them.

use std::ops::ControlFlow;

use crate::fault::{Fault, FaultCode, Halt};
use crate::item::{Cells, Item, Merged, Row, Written};
use crate::options::Limits;

pub(crate) struct Sink<'a> {
    visit: &'a mut dyn FnMut(Item) -> ControlFlow<()>,
    limits: Limits,
    rows: u64,
    /// Rows that count against the limit: not the first one of each table of cells, which names its columns.
    counted: u64,
    is_named: bool,
}

impl<'a> Sink<'a> {
    pub fn new(visit: &'a mut dyn FnMut(Item) -> ControlFlow<()>, limits: Limits) -> Self {
        Self { visit, limits, rows: 0, counted: 0, is_named: false }
    }

    pub fn limits(&self) -> Limits {
        self.limits
    }

    pub fn rows(&self) -> u64 {
        self.rows
    }

    pub fn sheet(&mut self, name: String, merged: Vec<Merged>) -> Result<(), Halt> {
        self.is_named = false;
        self.hand(Item::Table { name: Some(name), merged, written: None })
    }

    pub fn text(&mut self, name: Option<String>, written: Written) -> Result<(), Halt> {
        self.is_named = false;
        self.hand(Item::Table { name, merged: Vec::new(), written: Some(written) })
    }

    pub fn row(&mut self, row: Row) -> Result<(), Halt> {
        let names = matches!(row.cells, Cells::Cells(_)) && !std::mem::replace(&mut self.is_named, true);
        if !names && self.counted == self.limits.rows {
            let text = format!("more than {} rows; send the file in parts", self.limits.rows);
            return Err(Fault::at(FaultCode::TooManyRows, row.line, text).into());
        }
        self.rows += 1;
        self.counted += u64::from(!names);
        self.hand(Item::Row(row))
    }

    /// The fault of a row with too many cells.
    pub fn too_wide(&self, line: u64) -> Halt {
        let text = format!("more than {} columns", self.limits.columns);
        Fault::at(FaultCode::TooManyColumns, line, text).into()
    }

    fn hand(&mut self, item: Item) -> Result<(), Halt> {
        match (self.visit)(item) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Halt::Stopped),
        }
    }
}
