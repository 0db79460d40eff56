//! Records as JSON, one in a line.

use kernel::{
    KindDef, Result,
    record::{Columns, part::Part},
    render::Renderer,
    row::Row,
};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value as Json};

use super::Print;

/// How records are written: these members of each.
#[derive(Debug)]
pub struct Lines {
    /// The members.
    pub parts: Vec<&'static Part>,
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
    /// What of records is read to write them.
    #[must_use]
    pub fn read(&self, def: &KindDef) -> Columns {
        self.parts.iter().fold(def.base(), |all, part| all.and(def.columns_of(part.form)))
    }

    /// The members of a record.
    ///
    /// # Errors
    /// `Internal` if they cannot be written.
    pub fn members(&self, renderer: &Renderer, row: &Row) -> Result<Map<String, Json>> {
        match serde_json::to_value(Members { parts: &self.parts, renderer, row })? {
            Json::Object(members) => Ok(members),
            _ => Ok(Map::new()),
        }
    }
}

impl Print for Lines {
    fn head(&self, _: &mut Vec<u8>) {}

    fn row(&self, renderer: &Renderer, row: &Row, to: &mut Vec<u8>) -> Result<()> {
        serde_json::to_writer(&mut *to, &Members { parts: &self.parts, renderer, row })?;
        to.push(b'\n');
        Ok(())
    }
}
