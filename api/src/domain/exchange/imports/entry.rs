//! One row of a file: the record it is about, and what it says of it.

use std::borrow::Cow;

use kernel::{Code, KindDef, spelling};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tabular::Cell;
use uuid::Uuid;

use super::{
    Nulls, cells,
    columns::{Column, Role},
    fault::RowFault,
    lore::{is_end, precisions},
    members::translated,
    original::{self, Original, of_json},
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
    /// How the file has it, where that is not the same.
    #[serde(default, skip_serializing_if = "Original::is_empty")]
    pub(super) original: Original,
    /// What is wrong with it before anything is looked up.
    pub(super) faults: Vec<RowFault>,
}

/// The members of a row and what addresses it, before they are told apart.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) fields: Map<String, Json>,
    pub(super) original: Original,
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
    for (column, given) in columns.iter().zip(cells.iter().chain(std::iter::repeat(&Cell::Empty))) {
        let cell = match &column.lore {
            Some(lore) if column.role == Role::Member => lore.understood(given),
            _ => Cow::Borrowed(given),
        };
        if let Cell::Bad(bad) = &*cell {
            let fault = RowFault::new(Some(&column.name), super::read::code(bad.code), &bad.text);
            let pointer = matches!(column.role, Role::Member | Role::Address).then(|| column.pointer());
            draft.faults.push(RowFault { pointer, ..fault.saying(&original::text(given)) });
            continue;
        }
        let cell = column.sort.meant(cell);
        let value = match cells::read(column.form, &cell) {
            None if nulls == Nulls::Clear && matches!(*cell, Cell::Empty | Cell::Text(_)) => Json::Null,
            None => continue,
            Some(value) if column.field == "translations" => translated(def, value, nulls),
            Some(value) => value,
        };
        if column.role == Role::Member {
            draft.original.keep_cell(&column.field, given, &value);
        }
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

/// A row that cannot be read at all.
pub(super) fn unread(fault: RowFault, (row, line): (u32, u64)) -> Entry {
    let original = Original::default();
    Entry { row, line, which: Which::New, version: None, fields: Map::new(), original, faults: vec![fault] }
}

/// A row whose parts cannot be read.
pub(super) fn bad(faults: Vec<tabular::RowFault>, place: (u32, u64)) -> Entry {
    let fault = |bad: tabular::RowFault| {
        let told = RowFault::new(bad.member.as_deref(), super::read::code(bad.code), bad.text);
        RowFault { pointer: bad.member.map(|member| super::fault::to(&member)), ..told }
    };
    let mut faults = faults.into_iter().map(fault);
    let first =
        faults.next().unwrap_or_else(|| RowFault::new(None, Code::BadFormat, "the row cannot be read"));
    let mut entry = unread(first, place);
    entry.faults.extend(faults);
    entry
}

impl Entry {
    /// What the file has where a pointer into the record leads; `columns` are those of its table by field and name.
    pub(super) fn says(&self, pointer: &str, columns: &[(String, String)]) -> Option<String> {
        let own = || match (pointer, &self.which) {
            ("/id", Which::Id(id)) => Some(id.to_string()),
            ("/version", _) => self.version.map(|version| version.to_string()),
            _ => None,
        };
        let said = self.original.at(pointer, &self.fields, columns).or_else(own);
        said.and_then(|text| original::told(&text))
    }

    /// Says of a fault that is none of a field which one it is about: that by which the row names its record, or the version.
    pub(super) fn blamed(&self, def: &KindDef, fault: RowFault) -> RowFault {
        let field = match (fault.code, &self.which) {
            _ if fault.pointer.is_some() => None,
            (Code::StaleVersion | Code::AlreadyExists, _) => self.version.map(|_| "version"),
            (Code::NotFound, Which::Id(_)) => Some("id"),
            (Code::NotFound, Which::Key(..)) => Some("external_key"),
            (Code::NotFound, Which::Code(_)) => def.code,
            _ => None,
        };
        RowFault { pointer: field.map(super::fault::to).or(fault.pointer), ..fault }
    }
}

impl Draft {
    pub(super) fn address(&mut self, name: &str, value: Json) {
        match name {
            "id" => self.id = Some(value).filter(|value| !value.is_null()),
            "version" => self.version = Some(value).filter(|value| !value.is_null()),
            _ => {}
        }
    }

    pub(super) fn entry(mut self, def: &KindDef, (row, line): (u32, u64)) -> Entry {
        let id = self
            .id
            .take()
            .map(|given| (given.as_str().and_then(|text| Uuid::try_parse(text.trim()).ok()), given));
        if let Some((None, given)) = &id {
            let text = format!("{} is no id (a UUID)", kernel::input::cut(given));
            self.faults.push(RowFault::at("id", Code::BadFormat, text).saying(&of_json(given)));
        }
        let version = self.version.take().map(|given| {
            (
                given.as_i64().and_then(|number| i32::try_from(number).ok()).filter(|number| *number >= 0),
                given,
            )
        });
        if let Some((None, given)) = &version {
            let text = format!("{} is no version (a whole number)", kernel::input::cut(given));
            self.faults.push(RowFault::at("version", Code::BadFormat, text).saying(&of_json(given)));
        }
        let text = |name: &str| self.fields.get(name).and_then(Json::as_str).map(spelling::key);
        let which = match (id.and_then(|(id, _)| id), text("source_system"), text("external_key")) {
            (Some(id), ..) => Which::Id(id),
            (None, Some(system), Some(key)) => Which::Key(system, key),
            _ => def.code.and_then(text).map_or(Which::New, Which::Code),
        };
        let version = version.and_then(|(version, _)| version);
        self.keep_periods(def);
        let Self { fields, original, faults, .. } = self;
        Entry { row, line, which, version, fields, original, faults }
    }

    /// Puts days in the place of periods such as `2025-Q4`, with how exact they are.
    fn keep_periods(&mut self, def: &KindDef) {
        for (field, precision) in precisions(def).iter().copied() {
            let Some(text) = self.fields.get(field).and_then(Json::as_str) else { continue };
            let Some(period) = Period::exact(text) else { continue };
            self.original.keep(field, text.to_owned());
            let day = if is_end(field) { period.last } else { period.first };
            self.fields.insert(field.to_owned(), Json::String(day.to_string()));
            let exact = self.fields.entry(precision).or_insert(Json::Null);
            if exact.is_null() {
                *exact = Json::String(period.precision.code().to_owned());
            }
        }
    }
}
