//! The columns of tables as JSON, one row in a line.

use kernel::{Result, render::Renderer, row::Row};
use serde_json::{Map, Value as Json};

use super::Print;
use crate::domain::exchange::columns::{Cell, Columns};

/// How records are written: an object of these columns.
#[derive(Debug)]
pub struct Objects {
    /// The columns: of one kind, or of several that have the same.
    pub columns: Vec<Columns>,
}

impl Objects {
    /// A row as an object.
    pub fn object<'a>(
        names: impl Iterator<Item = &'a str>,
        cells: impl Iterator<Item = Cell<'a>>,
    ) -> Map<String, Json> {
        names.map(str::to_owned).zip(cells.map(|cell| cell.json())).collect()
    }
}

impl Print for Objects {
    fn head(&self, _: &mut Vec<u8>) {}

    fn row(&self, renderer: &Renderer, row: &Row, to: &mut Vec<u8>) -> Result<()> {
        if let Some(columns) = Columns::of_row(&self.columns, row) {
            let cells = columns.all.iter().map(|column| column.cell(renderer, row));
            serde_json::to_writer(&mut *to, &Self::object(columns.names(), cells))?;
            to.push(b'\n');
        }
        Ok(())
    }
}
