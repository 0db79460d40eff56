//! One row of a file: the record it is about, and what it says of it.

use std::borrow::Cow;

use kernel::{Code, KindDef, spelling};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tabular::{BadRow, Cell, RowFaultCode};
use uuid::Uuid;

use super::{
    Nulls, cells,
    columns::{Column, Role},
    fault::{self, RowFault},
    kinds,
    lore::{is_end, precisions},
    members::{of_members, translated},
    original::{self, Original, of_json},
    spool::Table,
    written::Period,
};
use crate::domain::exchange::columns::is_cut;

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

/// Reads a row of cells; those of columns that are left alone are not looked at.
pub(super) fn of_cells(
    def: &KindDef,
    columns: &[Column],
    (cells, nulls): (&[Cell], Nulls),
    place: (u32, u64),
) -> Entry {
    if let [Cell::Bad(bad)] = cells
        && bad.code == RowFaultCode::RowTooLong
    {
        return unread(RowFault::new(None, fault::code(bad.code), &*bad.text), place);
    }
    let mut draft = Draft::default();
    let cells = columns.iter().zip(cells.iter().chain(std::iter::repeat(&Cell::Empty)));
    for (column, given) in cells.filter(|(column, _)| !matches!(column.role, Role::Told | Role::Own)) {
        let cell = match &column.lore {
            Some(lore) if column.role == Role::Member => lore.understood(given),
            _ => Cow::Borrowed(given),
        };
        if let Cell::Bad(bad) = &*cell {
            let fault = RowFault::within(&column.name, &column.path, fault::code(bad.code), &*bad.text);
            draft.faults.push(fault.saying(bad.value.as_deref().unwrap_or(&original::text(given))));
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
            Role::Member if matches!(&*cell, Cell::Text(text) if is_cut(text)) => {
                let text =
                    "the text was cut to fit into a cell of a workbook: send all of it, as CSV or NDJSON";
                draft.faults.push(RowFault::within(&column.name, &column.path, Code::TooLong, text));
            }
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
            Role::Address => draft.address(def, &column.field, value),
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

/// A row that is an object of which parts cannot be read.
pub(super) fn bad(
    def: &KindDef,
    (bad, nulls): (BadRow, Nulls),
    place: (u32, u64),
    table: &mut Table,
) -> Entry {
    let fault = |bad: &tabular::RowFault| {
        let code = fault::code(bad.code);
        let told = match &bad.member {
            Some(member) => RowFault::within(member, &[member], code, &*bad.text),
            None => RowFault::new(None, code, &*bad.text),
        };
        told.saying(bad.value.as_deref().unwrap_or_default())
    };
    let mut faults: Vec<RowFault> = bad.faults.iter().map(fault).collect();
    let mut entry = of_members(def, (bad.rest, nulls), place, table);
    faults.append(&mut entry.faults);
    Entry { faults, ..entry }
}

impl Entry {
    /// Whether what it says can be judged: parts of it may be bad, and not the whole.
    pub(super) fn is_read(&self) -> bool {
        self.faults.iter().all(|fault| fault.column.is_some())
    }

    /// Whether what it says of the record that it is about cannot be read.
    pub(super) fn hides_its_record(&self, def: &KindDef) -> bool {
        let names = |pointer: &str| {
            let name = pointer.strip_prefix('/').unwrap_or_default();
            matches!(name, "id" | "source_system" | "external_key") || def.code == Some(name)
        };
        self.which == Which::New && self.faults.iter().filter_map(|fault| fault.pointer.as_deref()).any(names)
    }

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

    /// A fault as it was noted when the row was read, with what stands there.
    pub(super) fn noted(&self, fault: RowFault) -> RowFault {
        let same = |known: &&RowFault| known.code == fault.code && known.text == fault.text;
        self.faults.iter().find(same).cloned().unwrap_or(fault)
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
    pub(super) fn address(&mut self, def: &KindDef, name: &str, value: Json) {
        match name {
            _ if value.is_null() => {}
            "id" => self.id = Some(value),
            "version" => self.version = Some(value),
            _ => {
                if let Some((code, text)) = kinds::fault(def, &value) {
                    self.refuse(name, &value, code, text);
                }
            }
        }
    }

    /// Notes what is wrong with a value, which is told with it.
    fn refuse(&mut self, name: &str, value: &Json, code: Code, text: String) {
        self.faults.push(RowFault::within(name, &[name], code, text).saying(&of_json(value)));
    }

    pub(super) fn entry(mut self, def: &KindDef, (row, line): (u32, u64)) -> Entry {
        let id = self
            .id
            .take()
            .map(|given| (given.as_str().and_then(|text| Uuid::try_parse(text.trim()).ok()), given));
        if let Some((None, given)) = &id {
            let text = format!("{} is no id (a UUID)", kernel::input::cut(given));
            self.refuse("id", given, Code::BadFormat, text);
        }
        let version = self.version.take().map(|given| {
            (
                given.as_i64().and_then(|number| i32::try_from(number).ok()).filter(|number| *number >= 0),
                given,
            )
        });
        if let Some((None, given)) = &version {
            let text = format!("{} is no version (a whole number)", kernel::input::cut(given));
            self.refuse("version", given, Code::BadFormat, text);
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
