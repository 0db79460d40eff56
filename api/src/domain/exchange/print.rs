//! How records are printed one after the other: as tables of CSV, or as lines of JSON.

mod lines;
mod objects;
mod table;

use kernel::{
    KindDef, Result,
    record::part::{Form, Part},
    render::Renderer,
    row::Row,
};

use super::columns::Texts;

pub use lines::Lines;
pub use objects::{Object, Objects};
pub use table::Table;

/// What writes records one after the other.
pub trait Print: Send + Sync {
    /// Writes what stands before all records.
    fn head(&self, to: &mut Vec<u8>);

    /// Writes a record.
    ///
    /// # Errors
    /// `Internal` if it cannot be written.
    fn row(&self, renderer: &Renderer, row: &Row, to: &mut Vec<u8>) -> Result<()>;
}

/// The members of a record in a list.
pub fn members(def: &'static KindDef, texts: &Texts) -> impl Iterator<Item = &'static Part> {
    let has_all = *texts != Texts::Shown;
    def.parts.iter().filter(move |part| match part.form {
        Form::Can => false,
        Form::Translations => has_all,
        _ => true,
    })
}
