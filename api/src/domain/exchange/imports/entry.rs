//! One row of a file: the record it is about, and what it says of it.

use std::borrow::Cow;

use kernel::{Code, KindDef, spelling};
use model::{FieldDef, Shape};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tabular::Cell;
use uuid::Uuid;

use super::{
    Nulls,
    cells::{self, CLEAR},
    columns::{Column, Role, is_member, is_told},
    fault::RowFault,
    lore::{is_end, precisions},
    read::RECORD_KIND,
    written::Period,
};

/// Which record a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Which {
    /// None that is there.
    New,
    /// The one with this id.
    Id(Uuid),
    /// The one with this external key: source system and key.
    Key(String, String),
    /// The one with this code.
    Code(String),
}

/// One row that was read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Number of the row in its table, from 1.
    pub(super) row: u32,
    /// Physical line it begins on.
    pub(super) line: u64,
    /// The record it is about.
    pub(super) which: Which,
    /// The version it expects.
    pub(super) version: Option<i32>,
    /// What it says.
    pub(super) fields: Map<String, Json>,
    /// What is wrong with it before anything is looked up.
    pub(super) faults: Vec<RowFault>,
}

/// The members of a row and what addresses it, before they are told apart.
#[derive(Default)]
struct Draft {
    fields: Map<String, Json>,
    id: Option<Json>,
    version: Option<Json>,
    faults: Vec<RowFault>,
}

/// Reads a row of cells.
pub(super) fn of_cells(
    def: &KindDef,
    columns: &[Column],
    (cells, nulls): (&[Cell], Nulls),
    place: (u32, u64),
) -> Entry {
    let mut draft = Draft::default();
    for (column, cell) in columns.iter().zip(cells.iter().chain(std::iter::repeat(&Cell::Empty))) {
        let cell = match &column.lore {
            Some(lore) if column.role == Role::Member => lore.understood(cell),
            _ => Cow::Borrowed(cell),
        };
        if let Cell::Bad(bad) = &*cell {
            draft.faults.push(RowFault::new(Some(&column.name), super::read::code(bad.code), &bad.text));
            continue;
        }
        let value = match cells::read(column.form, &cell) {
            None if nulls == Nulls::Clear && matches!(*cell, Cell::Empty | Cell::Text(_)) => Json::Null,
            None => continue,
            Some(value) => value,
        };
        match column.role {
            Role::Member if value.is_null() && column.is_part() => {
                // An object is emptied as a whole, where none of its parts is given.
                draft.fields.entry(column.path.first().cloned().unwrap_or_default()).or_insert(value);
            }
            Role::Member => {
                if let Some(system) = column.keys_of.clone().filter(|_| !value.is_null()) {
                    draft.fields.entry("source_system").or_insert(Json::String(system));
                }
                cells::put(&mut draft.fields, &column.path, value);
            }
            Role::Address => draft.address(&column.field, value),
            Role::Told | Role::Own => {}
        }
    }
    draft.entry(def, place)
}

/// Reads a row that is an object, in the form in which lists answer records or in that of inputs.
pub(super) fn of_members(
    def: &KindDef,
    members: Map<String, Json>,
    nulls: Nulls,
    place: (u32, u64),
) -> Entry {
    let mut draft = Draft::default();
    for (name, value) in members {
        let value = if value.as_str() == Some(CLEAR) {
            Json::Null
        } else if value.is_null() && nulls == Nulls::Keep {
            continue;
        } else {
            value
        };
        match name.as_str() {
            "id" | "version" => draft.address(&name, value),
            RECORD_KIND => {}
            "kind" if !is_member(def, "kind") => {}
            _ if name.starts_with("x_") => {}
            "can" | "languages" => {}
            _ if !is_member(def, &name) && is_told(def, &name) => {}
            _ => {
                let value = as_input(def, &name, value);
                draft.fields.insert(name, value);
            }
        }
    }
    draft.entry(def, place)
}

/// A row that cannot be read at all.
pub(super) fn unread(fault: RowFault, (row, line): (u32, u64)) -> Entry {
    Entry { row, line, which: Which::New, version: None, fields: Map::new(), faults: vec![fault] }
}

/// A row whose parts cannot be read.
pub(super) fn bad(faults: Vec<tabular::RowFault>, place: (u32, u64)) -> Entry {
    let fault =
        |bad: tabular::RowFault| RowFault::new(bad.member.as_deref(), super::read::code(bad.code), bad.text);
    let mut faults = faults.into_iter().map(fault);
    let first =
        faults.next().unwrap_or_else(|| RowFault::new(None, Code::BadFormat, "the row cannot be read"));
    let mut entry = unread(first, place);
    entry.faults.extend(faults);
    entry
}

impl Draft {
    fn address(&mut self, name: &str, value: Json) {
        match name {
            "id" => self.id = Some(value).filter(|value| !value.is_null()),
            "version" => self.version = Some(value).filter(|value| !value.is_null()),
            _ => {}
        }
    }

    fn entry(mut self, def: &KindDef, (row, line): (u32, u64)) -> Entry {
        let id = self
            .id
            .take()
            .map(|given| (given.as_str().and_then(|text| Uuid::try_parse(text.trim()).ok()), given));
        if let Some((None, given)) = &id {
            let text = format!("{} is no id (a UUID)", kernel::input::cut(given));
            self.faults.push(RowFault::new(Some("id"), Code::BadFormat, text));
        }
        let version = self.version.take().map(|given| {
            (
                given.as_i64().and_then(|number| i32::try_from(number).ok()).filter(|number| *number >= 0),
                given,
            )
        });
        if let Some((None, given)) = &version {
            let text = format!("{} is no version (a whole number)", kernel::input::cut(given));
            self.faults.push(RowFault::new(Some("version"), Code::BadFormat, text));
        }
        let text = |name: &str| self.fields.get(name).and_then(Json::as_str).map(spelling::key);
        let which = match (id.and_then(|(id, _)| id), text("source_system"), text("external_key")) {
            (Some(id), ..) => Which::Id(id),
            (None, Some(system), Some(key)) => Which::Key(system, key),
            _ => def.code.and_then(text).map_or(Which::New, Which::Code),
        };
        let version = version.and_then(|(version, _)| version);
        keep_periods(def, &mut self.fields);
        Entry { row, line, which, version, fields: self.fields, faults: self.faults }
    }
}

/// Puts days in the place of periods such as `2025-Q4`, with how exact they are.
fn keep_periods(def: &KindDef, fields: &mut Map<String, Json>) {
    for (field, precision) in precisions(def).iter().copied() {
        let Some(period) = fields.get(field).and_then(Json::as_str).and_then(Period::exact) else { continue };
        let day = if is_end(field) { period.last } else { period.first };
        fields.insert(field.to_owned(), Json::String(day.to_string()));
        let exact = fields.entry(precision).or_insert(Json::Null);
        if exact.is_null() {
            *exact = Json::String(period.precision.code().to_owned());
        }
    }
}

/// A value in the form of inputs: a reference that is answered as an object is given by its id.
fn as_input(def: &KindDef, name: &str, value: Json) -> Json {
    if name == "shared_with" {
        return match value {
            Json::Object(lists) => lists.into_iter().map(|(list, of)| (list, ids(of))).collect(),
            other => other,
        };
    }
    match def.declared.field(name).map(|field: &FieldDef| field.shape) {
        Some(Shape::Ref(_)) => id_of(value),
        Some(Shape::Refs(_)) => ids(value),
        Some(Shape::AnyRef) => match value {
            Json::Object(members) => {
                members.into_iter().filter(|(part, _)| part == "kind" || part == "id").collect()
            }
            other => other,
        },
        _ => value,
    }
}

fn id_of(value: Json) -> Json {
    value.get("id").cloned().unwrap_or(value)
}

fn ids(value: Json) -> Json {
    match value {
        Json::Array(items) => items.into_iter().map(id_of).collect(),
        other => other,
    }
}
