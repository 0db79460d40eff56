//! A record in the form of the REST face, written straight from its row.

use model::VocabularyDef;
use sea_orm::Value;
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Renderer, texts::Texts};
use crate::{
    decimal,
    owners::Country,
    record::part::{Form, Part},
    row::Row,
    scalar::Money,
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

impl PartValue<'_> {
    fn texts(&self) -> Texts<'_> {
        self.renderer.texts(self.row)
    }

    fn value(&self, at: usize) -> &Value {
        self.row.at(at)
    }

    fn id(&self, at: usize) -> Option<Uuid> {
        if let Value::Uuid(id) = self.value(at) { *id } else { None }
    }

    fn text(&self, at: usize) -> Option<&str> {
        if let Value::String(text) = self.value(at) { text.as_deref() } else { None }
    }

    fn list(&self, at: usize) -> &[Json] {
        match self.value(at) {
            Value::Json(Some(json)) => json.as_array().map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// Whether the record belongs to nobody.
    fn is_fact(&self) -> bool {
        self.row.owner() == "reference"
    }

    /// The country the record is of, as the column at a place says.
    fn country(&self, at: usize) -> Option<&Country> {
        self.renderer.owners.country(self.value(at))
    }

    fn column(&self, at: usize) -> Option<&'static str> {
        self.row.def().columns.get(at).map(|column| column.name)
    }

    fn codes<S: Serializer>(&self, at: usize, list: &VocabularyDef, to: S) -> Result<S::Ok, S::Error> {
        let Value::Int(mask) = self.value(at) else { return to.serialize_none() };
        let mask = mask.unwrap_or_default();
        let bits = (0_u32..).zip(list.terms).filter(|(bit, _)| mask.checked_shr(*bit).unwrap_or(0) & 1 == 1);
        to.collect_seq(bits.map(|(_, term)| term.code))
    }

    fn references<S: Serializer>(&self, at: usize, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(None)?;
        let ids = self.list(at).iter().filter_map(|id| id.as_str()?.parse().ok());
        for reference in ids.filter_map(|id| self.renderer.reference(Some(id))) {
            seq.serialize_element(&reference)?;
        }
        seq.end()
    }

    fn any<S: Serializer>(&self, kind: usize, id: usize, to: S) -> Result<S::Ok, S::Error> {
        let (Some(kind), Some(id)) = (self.text(kind), self.id(id)) else { return to.serialize_none() };
        if !self.renderer.sees_any(self.row, kind, id) {
            return to.serialize_none();
        }
        let mut map = to.serialize_map(Some(2))?;
        map.serialize_entry("kind", kind)?;
        map.serialize_entry("id", &id)?;
        map.end()
    }

    fn money<S: Serializer>(&self, minor: usize, currency: usize, to: S) -> Result<S::Ok, S::Error> {
        match (self.value(minor), self.text(currency)) {
            (Value::BigInt(Some(minor)), Some(currency)) => Money::from_minor(*minor, currency).serialize(to),
            _ => to.serialize_none(),
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
        let word = usize::from(!self.renderer.is_inside(self.row));
        list.terms.get(word).map(|term| term.code).filter(|_| is_past && is_open)
    }

    fn shared_with<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.is_fact() || !self.renderer.is_inside(self.row) {
            return to.serialize_none();
        }
        let set = self.row.uuid("shared_set_id").and_then(|id| self.renderer.sets.get(&id));
        set.cloned().unwrap_or_default().serialize(to)
    }
}

impl Serialize for PartValue<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.form {
            Form::Column(at) | Form::Code(at, _) | Form::Object(at, _) => value(self.value(at), to),
            Form::Inside(at) if self.renderer.is_inside(self.row) => value(self.value(at), to),
            Form::Level(at, _) if !self.is_fact() => value(self.value(at), to),
            Form::Ahead(at, state, cycle, _) if self.renderer.is_inside(self.row) => {
                let own = self.text(at).or_else(|| self.text(state).filter(|state| cycle.is_working(state)));
                own.serialize(to)
            }
            Form::Version(at) if self.renderer.shows_version(self.row) => value(self.value(at), to),
            Form::Inside(_) | Form::Version(_) | Form::Level(..) | Form::Ahead(..) => to.serialize_none(),
            Form::Text(at) => self.column(at).and_then(|column| self.texts().get(column)).serialize(to),
            Form::Codes(at, _) | Form::Texts(at) | Form::Objects(at, _) => self.list(at).serialize(to),
            Form::Mask(at, list) => self.codes(at, list, to),
            Form::Can => self.renderer.can(self.row).serialize(to),
            Form::SharedWith => self.shared_with(to),
            Form::Translations => match self.row.json("translations") {
                Some(all) if self.texts().shows_all() => all.serialize(to),
                _ => to.serialize_none(),
            },
            Form::Languages => to.collect_map(self.texts().languages()),
            Form::Ref(at) => self.renderer.reference(self.id(at)).serialize(to),
            Form::Refs(at) => self.references(at, to),
            Form::Decimal(at) => match self.value(at) {
                Value::BigInt(Some(millionths)) => to.serialize_str(&decimal::written(*millionths)),
                _ => to.serialize_none(),
            },
            Form::Money(minor, currency) => self.money(minor, currency, to),
            Form::AnyRef(kind, id) => self.any(kind, id, to),
            Form::Country(at) => self.country(at).map(|country| &country.code).serialize(to),
            Form::Regions(at) => {
                let today = self.renderer.today;
                to.collect_seq(self.country(at).into_iter().flat_map(|country| country.regions(today)))
            }
            Form::IsDemo(at) => to.serialize_bool(self.country(at).is_some_and(|country| country.is_demo)),
            Form::Is(at, code) => to.serialize_bool(self.text(at) == Some(code)),
            Form::Overdue(due, state, open, list) => self.overdue((due, state), open, list).serialize(to),
        }
    }
}

fn value<S: Serializer>(of: &Value, to: S) -> Result<S::Ok, S::Error> {
    match of {
        Value::Uuid(Some(id)) => id.serialize(to),
        Value::String(Some(text)) => to.serialize_str(text),
        Value::Int(Some(number)) => to.serialize_i32(*number),
        Value::BigInt(Some(number)) => to.serialize_i64(*number),
        Value::Bool(Some(truth)) => to.serialize_bool(*truth),
        Value::ChronoDate(Some(day)) => day.serialize(to),
        Value::ChronoDateTimeUtc(Some(at)) => at.serialize(to),
        Value::Json(Some(json)) => json.serialize(to),
        _ => to.serialize_none(),
    }
}
