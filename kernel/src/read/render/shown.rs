//! A record in the form of the REST face, written straight from its row.

use std::borrow::Cow;

use model::VocabularyDef;
use sea_orm::Value;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    Renderer,
    texts::Texts,
    told::{Codes, Refs, Regions, Told},
};
use crate::{
    owners::Country,
    record::part::{Form, Part},
    row::Row,
};

/// A whole record, to be serialised.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    renderer: &'a Renderer,
    row: &'a Row,
}

impl<'a> Shown<'a> {
    pub(super) const fn new(renderer: &'a Renderer, row: &'a Row) -> Self {
        Self { renderer, row }
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { renderer, row } = *self;
        let texts = renderer.texts(row);
        let mut map = to.serialize_map(None)?;
        for part in &row.def().parts {
            let is_there = match part.form {
                Form::Can => renderer.shows_can,
                Form::Translations => texts.shows_all(),
                _ => true,
            };
            if is_there {
                map.serialize_entry(part.name, &renderer.part(row, part))?;
            }
        }
        map.end()
    }
}

/// The value of one part of a record, to be serialised.
pub struct PartValue<'a> {
    renderer: &'a Renderer,
    row: &'a Row,
    form: Form,
}

impl Renderer {
    /// One part of a record in the form of the REST face, to be serialised.
    #[must_use]
    pub const fn part<'a>(&'a self, row: &'a Row, part: &Part) -> PartValue<'a> {
        PartValue { renderer: self, row, form: part.form }
    }
}

impl<'a> PartValue<'a> {
    fn texts(&self) -> Texts<'a> {
        self.renderer.texts(self.row)
    }

    fn value(&self, at: usize) -> &'a Value {
        self.row.at(at)
    }

    fn id(&self, at: usize) -> Option<Uuid> {
        if let Value::Uuid(id) = self.value(at) { *id } else { None }
    }

    fn text(&self, at: usize) -> Option<&'a str> {
        if let Value::String(text) = self.value(at) { text.as_deref() } else { None }
    }

    fn list(&self, at: usize) -> &'a [Json] {
        match self.value(at) {
            Value::Json(Some(json)) => json.as_array().map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// Whether the record belongs to nobody.
    fn is_fact(&self) -> bool {
        self.row.owner() == "reference"
    }

    fn is_inside(&self) -> bool {
        self.renderer.is_inside(self.row)
    }

    /// The country the record is of, as the column at a place says.
    fn country(&self, at: usize) -> Option<&'a Country> {
        self.renderer.owners.country(self.value(at))
    }

    fn column(&self, at: usize) -> Option<&'static str> {
        self.row.def().columns.get(at).map(|column| column.name)
    }

    fn any(&self, kind: usize, id: usize) -> Told<'a> {
        match (self.text(kind), self.id(id)) {
            (Some(kind), Some(id)) if self.renderer.sees_any(self.row, kind, id) => Told::Any(kind, id),
            _ => Told::Nothing,
        }
    }

    fn money(&self, minor: usize, currency: usize) -> Told<'a> {
        match (self.value(minor), self.text(currency)) {
            (Value::BigInt(Some(minor)), Some(currency)) => Told::Money(*minor, currency),
            _ => Told::Nothing,
        }
    }

    /// Whether what is due is past, in the words for this reader.
    fn overdue(
        &self,
        (due, state): (usize, usize),
        open: &[&str],
        list: &VocabularyDef,
    ) -> Option<&'static str> {
        let is_past =
            matches!(self.value(due), Value::ChronoDateTimeUtc(Some(at)) if *at < self.renderer.now);
        let is_open = self.text(state).is_some_and(|state| open.contains(&state));
        let word = usize::from(!self.is_inside());
        list.terms.get(word).map(|term| term.code).filter(|_| is_past && is_open)
    }

    fn shared_with(&self) -> Told<'a> {
        if self.is_fact() || !self.is_inside() {
            return Told::Nothing;
        }
        let set = self.row.uuid("shared_set_id").and_then(|id| self.renderer.sets.get(&id));
        Told::SharedWith(set.map_or_else(Cow::default, Cow::Borrowed))
    }

    /// What the caller is told.
    #[must_use]
    pub fn told(&self) -> Told<'a> {
        match self.form {
            Form::Column(at) | Form::Code(at, _) | Form::Object(at, _) => Told::of(self.value(at)),
            Form::Inside(at) if self.is_inside() => Told::of(self.value(at)),
            Form::Level(at, _) if !self.is_fact() => Told::of(self.value(at)),
            Form::Ahead(at, state, cycle, _) if self.is_inside() => {
                Told::text(self.text(at).or_else(|| self.text(state).filter(|state| cycle.is_working(state))))
            }
            Form::Version(at) if self.renderer.shows_version(self.row) => Told::of(self.value(at)),
            Form::Inside(_) | Form::Version(_) | Form::Level(..) | Form::Ahead(..) => Told::Nothing,
            Form::Text(at) => Told::text(self.column(at).and_then(|column| self.texts().get(column))),
            Form::Codes(at, _) | Form::Texts(at) | Form::Objects(at, _) => Told::List(self.list(at)),
            Form::Mask(at, list) => match self.value(at) {
                Value::Int(mask) => Told::Codes(Codes { mask: mask.unwrap_or_default(), list }),
                _ => Told::Nothing,
            },
            Form::Can => Told::Can(self.renderer.can(self.row)),
            Form::SharedWith => self.shared_with(),
            Form::Translations => match self.row.json("translations") {
                Some(all) if self.texts().shows_all() => Told::Json(all),
                _ => Told::Nothing,
            },
            Form::Languages => Told::Languages(self.texts()),
            Form::Ref(at) => {
                self.id(at).and_then(|id| self.renderer.referred(id)).map_or(Told::Nothing, Told::Ref)
            }
            Form::Refs(at) => Told::Refs(Refs { renderer: self.renderer, ids: self.list(at) }),
            Form::Decimal(at) => match self.value(at) {
                Value::BigInt(Some(millionths)) => Told::Decimal(*millionths),
                _ => Told::Nothing,
            },
            Form::Money(minor, currency) => self.money(minor, currency),
            Form::AnyRef(kind, id) => self.any(kind, id),
            Form::Country(at) => Told::text(self.country(at).map(|country| country.code.as_str())),
            Form::Regions(at) => {
                Told::Regions(Regions { country: self.country(at), day: self.renderer.today })
            }
            Form::IsDemo(at) => Told::Truth(self.country(at).is_some_and(|country| country.is_demo)),
            Form::Is(at, code) => Told::Truth(self.text(at) == Some(code)),
            Form::Overdue(due, state, open, list) => Told::text(self.overdue((due, state), open, list)),
        }
    }
}

impl Serialize for PartValue<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.told().serialize(to)
    }
}
