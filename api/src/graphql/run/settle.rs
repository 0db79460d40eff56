//! What was found, and its places in the levels below.

use std::{collections::hash_map::Entry, sync::Arc};

use foldhash::HashMap;
use kernel::Error;
use serde_json::Value as Json;

use super::Source;
use crate::graphql::selection::{Below, Sel};

/// What a field finds for one source.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing.
    Null,
    /// Why it could not be found.
    Fault(Arc<Error>),
    /// One value.
    One(Source),
    /// A list.
    Many(Vec<Self>),
}

/// Where what was found stands in the levels below.
#[derive(Debug)]
pub(super) enum Place {
    /// Nowhere: there is none.
    Null,
    /// Why there is none.
    Fault(Arc<Error>),
    /// In this level, at this place.
    At(usize, usize),
    /// A list.
    Many(Vec<Self>),
    /// A whole value, of which nothing is selected.
    Whole(Arc<Json>),
}

/// Levels while they are being filled: sources that are one stand once.
#[derive(Default)]
pub(super) struct Settling<'s> {
    levels: Vec<(&'s Sel, Vec<Source>)>,
    types: HashMap<&'s str, usize>,
    places: HashMap<(usize, Address), usize>,
}

/// What tells one source from another.
type Address = (u8, usize, usize);

impl<'s> Settling<'s> {
    /// Puts what was found into its level.
    pub(super) fn place(&mut self, below: &'s Below, found: Found) -> Place {
        match found {
            Found::Null => Place::Null,
            Found::Fault(error) => Place::Fault(error),
            Found::Many(all) => Place::Many(all.into_iter().map(|one| self.place(below, one)).collect()),
            Found::One(Source::Json(json)) if matches!(below, Below::Value) => Place::Whole(json),
            Found::One(source) => self.at(below, source).unwrap_or(Place::Null),
        }
    }

    fn at(&mut self, below: &'s Below, source: Source) -> Option<Place> {
        let sel = match (below, &source) {
            (Below::Any(_), Source::Row(row)) => below.on(row.def().declared.type_name)?,
            _ => below.on("")?,
        };
        let level = match self.types.entry(&sel.of) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                self.levels.push((sel, Vec::new()));
                *new.insert(self.levels.len().saturating_sub(1))
            }
        };
        let (_, sources) = self.levels.get_mut(level)?;
        let next = sources.len();
        let at = match address(&source) {
            None => next,
            Some(address) => *self.places.entry((level, address)).or_insert(next),
        };
        if at == next {
            sources.push(source);
        }
        Some(Place::At(level, at))
    }

    /// The levels, each with its sources.
    pub(super) fn into_levels(self) -> Vec<(&'s Sel, Vec<Source>)> {
        self.levels
    }
}

fn address(of: &Source) -> Option<Address> {
    Some(match of {
        Source::Root => return None,
        Source::Row(row) => (0, Arc::as_ptr(row).addr(), 0),
        Source::Payload(row) => (1, Arc::as_ptr(row).addr(), 0),
        Source::Json(json) => (2, Arc::as_ptr(json).addr(), 0),
        Source::Page(page) => (3, Arc::as_ptr(page).addr(), 0),
        Source::Edge(page, at) => (4, Arc::as_ptr(page).addr(), *at),
        Source::Info(page) => (5, Arc::as_ptr(page).addr(), 0),
    })
}
