//! The columns of tables as JSON, one row in a line.

use kernel::{Result, render::Renderer, row::Row};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::Print;
use crate::domain::exchange::columns::{Cell, Columns};

/// How records are written: an object of these columns.
#[derive(Debug)]
pub struct Objects {
    /// The columns: of one kind, or of several that have the same.
    pub columns: Vec<Columns>,
}

/// A row as an object, whose members are in the order of the columns.
#[derive(Clone, Debug)]
pub struct Object<'a>(pub Vec<(&'a str, Cell<'a>)>);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, cell) in &self.0 {
            map.serialize_entry(name, &cell.json())?;
        }
        map.end()
    }
}

impl Print for Objects {
    fn head(&self, _: &mut Vec<u8>) {}

    fn row(&self, renderer: &Renderer, row: &Row, to: &mut Vec<u8>) -> Result<()> {
        if let Some(columns) = Columns::of_row(&self.columns, row) {
            let cells = columns.all.iter().map(|column| (column.name.as_str(), column.cell(renderer, row)));
            serde_json::to_writer(&mut *to, &Object(cells.collect()))?;
            to.push(b'\n');
        }
        Ok(())
    }
}
