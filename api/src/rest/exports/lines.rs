//! Records as JSON, one in a line.

use kernel::{Result, record::part::Part, render::Renderer, row::Row};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// How records are written: these members of each.
pub(super) struct Lines {
    pub(super) parts: Vec<&'static Part>,
}

/// The members of one record.
struct Members<'a> {
    parts: &'a [&'static Part],
    renderer: &'a Renderer,
    row: &'a Row,
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for part in self.parts {
            map.serialize_entry(part.name, &self.renderer.part(self.row, part))?;
        }
        map.end()
    }
}

impl Lines {
    /// Writes a record.
    ///
    /// # Errors
    /// `Internal` if it cannot be written.
    pub(super) fn line(&self, renderer: &Renderer, row: &Row, to: &mut Vec<u8>) -> Result<()> {
        serde_json::to_writer(&mut *to, &Members { parts: &self.parts, renderer, row })?;
        to.push(b'\n');
        Ok(())
    }
}
