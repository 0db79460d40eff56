//! What becomes of each row, as callers are told.

use std::fmt;

use async_graphql::SimpleObject;
use kernel::{
    Code, KindDef, Violation,
    record::{Outcome, OutcomeKind},
    row::Row,
    scalar::Object,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    entry::Entry,
    fault::{self, RowFault},
    spool::Table,
};

/// What is said of a row that has moved.
const MOVED: &str = "something else would become of it than the dry run showed";

/// What became of one row of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ImportRow {
    /// Number of the row in its table, from 1 in every format; null for a record that `sync` deletes.
    pub row: Option<i32>,
    /// Physical line of the file, or row of the sheet, it begins on, from 1.
    pub line: Option<i64>,
    /// Name of the sheet or part it stands in, where the file has several.
    pub table: Option<String>,
    /// Kind of the record.
    pub kind: String,
    /// `created`, `updated`, `unchanged`, `deleted` or `rejected`; of a dry run what would become of it.
    pub result: String,
    /// The record; null for those that were not made.
    pub id: Option<Uuid>,
    /// Its version afterwards; of a dry run the one it has.
    pub version: Option<i32>,
    /// What changes, field by field, old and new; of imports that are not dry runs only where the report is short.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub changes: Object,
    /// What is wrong with it.
    pub errors: Vec<ImportError>,
}

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct ImportError {
    /// Number of the row in its table, from 1.
    pub row: i32,
    /// Physical line of the file, or row of the sheet.
    pub line: i64,
    /// Name of the sheet or part, where the file has several.
    pub table: Option<String>,
    /// Column, where one is to blame.
    pub column: Option<String>,
    /// JSON Pointer into the record, where one is to blame.
    pub pointer: Option<String>,
    /// Machine-readable code.
    pub code: String,
    /// `error`: the row is not written.
    pub severity: String,
    /// What the file has there: the text of the cell, or of the item of its list; of JSON a text by itself, and anything else as
    /// compact JSON. It is cut behind 200 characters, and null where nothing stands there.
    pub value: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
    /// When the code is answered and what helps.
    pub hint: String,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(table) = &self.table {
            write!(f, "{table}, ")?;
        }
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}: {}", self.code, self.message)
    }
}

impl ImportRow {
    /// A record of a kind that no row of a file names.
    fn of(def: &KindDef, result: &str) -> Self {
        Self {
            row: None,
            line: None,
            table: None,
            kind: def.name.to_owned(),
            result: result.to_owned(),
            id: None,
            version: None,
            changes: Object(Json::Object(Map::new())),
            errors: Vec::new(),
        }
    }

    /// What is said of a fault of the row; `value` is what stands there.
    fn error(&self, fault: &RowFault, value: Option<String>) -> ImportError {
        let place = (self.row.unwrap_or_default(), self.line.unwrap_or_default());
        ImportError { table: self.table.clone(), value, ..ImportError::at(fault, place) }
    }
}

impl ImportError {
    /// What is said of a fault of a row; `columns` are those of its table by field and name.
    pub(super) fn of(fault: &RowFault, entry: &Entry, columns: &[(String, String)]) -> Self {
        let row = i32::try_from(entry.row).unwrap_or(i32::MAX);
        let line = i64::try_from(entry.line).unwrap_or(i64::MAX);
        let pointer = fault.pointer.as_deref();
        let told = Self::at(fault, (row, line));
        Self {
            column: told.column.or_else(|| fault::column(pointer?, columns)),
            value: told.value.or_else(|| entry.says(pointer?, columns)),
            ..told
        }
    }

    fn at(fault: &RowFault, (row, line): (i32, i64)) -> Self {
        Self {
            row,
            line,
            table: None,
            column: fault.column.clone(),
            pointer: fault.pointer.clone(),
            code: fault.code.name().to_owned(),
            severity: "error".to_owned(),
            value: fault.value.clone(),
            message: fault.text.clone(),
            hint: fault.code.meaning().to_owned(),
        }
    }
}

/// What became of a row, as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Verdict {
    /// Place in the file from 0; records that are deleted because they are missing come behind.
    pub(super) seq: i32,
    pub(super) row: ImportRow,
    /// Version of the record before.
    pub(super) base: Option<i32>,
}

impl Verdict {
    /// What is said of a row that was judged.
    pub(super) fn judged(
        (seq, entry, table): (u32, &Entry, &Table),
        outcome: &Outcome,
        changes: Json,
    ) -> Self {
        let errors = match &outcome.kind {
            OutcomeKind::Rejected(error) => {
                let faults = RowFault::of(error, &table.columns).into_iter();
                faults.map(|fault| entry.blamed(table.def, entry.noted(fault))).collect()
            }
            _ => Vec::new(),
        };
        let is_kept = !matches!(outcome.kind, OutcomeKind::Rejected(_));
        let base = outcome.before.as_ref().map(Row::version);
        Self {
            base,
            row: ImportRow {
                result: outcome.result().to_owned(),
                id: outcome.id.filter(|_| is_kept),
                version: outcome.version.filter(|_| is_kept),
                changes: Object(changes),
                ..Self::refused((seq, entry, table), &errors).row
            },
            seq: i32::try_from(seq).unwrap_or(i32::MAX),
        }
    }

    /// What is said of a row that says nothing new of a record, which has this id and version.
    pub(super) fn unchanged(place: (u32, &Entry, &Table), (id, version): (Uuid, i32)) -> Self {
        let mut told = Self::said(place, "unchanged");
        (told.base, told.row.id, told.row.version) = (Some(version), Some(id), Some(version));
        told
    }

    /// A row of a file with what became of it.
    fn said((seq, entry, table): (u32, &Entry, &Table), result: &str) -> Self {
        let row = ImportRow {
            row: i32::try_from(entry.row).ok(),
            line: i64::try_from(entry.line).ok(),
            table: table.name.clone(),
            ..ImportRow::of(table.def, result)
        };
        Self { seq: i32::try_from(seq).unwrap_or(i32::MAX), base: None, row }
    }

    /// What is said of a row that is refused for these faults.
    pub(super) fn refused((seq, entry, table): (u32, &Entry, &Table), faults: &[RowFault]) -> Self {
        let mut told = Self::said((seq, entry, table), "rejected");
        let error = |fault: &RowFault| ImportError {
            table: table.name.clone(),
            ..ImportError::of(fault, entry, &table.columns)
        };
        told.row.errors = faults.iter().map(error).collect();
        told
    }

    /// What became of a record that the file does not name.
    pub(super) fn of_missing(seq: i32, def: &KindDef, outcome: &Outcome) -> Self {
        let errors = match &outcome.kind {
            OutcomeKind::Rejected(error) => RowFault::of(error, &[]),
            _ => Vec::new(),
        };
        let mut row = ImportRow { id: outcome.id, ..ImportRow::of(def, outcome.result()) };
        let given = || outcome.id.map(|id| id.to_string());
        row.errors = errors.iter().map(|fault| row.error(fault, given())).collect();
        Self { seq, base: outcome.before.as_ref().map(Row::version), row }
    }

    /// Refuses the row because another one of its group is refused.
    pub(super) fn refuse_with_group(&mut self) {
        let why = "another row of its group is refused, so none of the group is written";
        let error = self.row.error(&RowFault::new(None, Code::RuleBroken, why), None);
        self.row.errors.push(error);
        self.refuse();
    }

    /// Refuses the row because something else would become of it than was reviewed.
    pub(super) fn refuse_as_moved(&mut self) {
        let error = self.row.error(&RowFault::new(None, Code::PlanMoved, MOVED), None);
        self.row.errors.push(error);
        self.refuse();
    }

    fn refuse(&mut self) {
        (self.row.result, self.row.id, self.row.version) = ("rejected".to_owned(), None, None);
        self.row.changes = Object(Json::Object(Map::new()));
    }

    /// What the row is called for people.
    pub(super) fn name(&self) -> String {
        let row = &self.row;
        let table = row.table.as_ref().map(|table| format!("{table}, ")).unwrap_or_default();
        match row.row {
            Some(number) => format!("{table}row {number}"),
            None => format!("record {}", row.id.unwrap_or_default()),
        }
    }

    /// What is said of a row of which something else would become than was reviewed.
    pub(super) fn moved(&self) -> Violation {
        Violation::new(format!("/rows/{}", self.seq), Code::PlanMoved, format!("{}: {MOVED}", self.name()))
    }

    /// Whether the row makes a record.
    pub(super) fn is_created(&self) -> bool {
        self.row.result == "created"
    }

    /// Whether the row was refused.
    pub(super) fn is_rejected(&self) -> bool {
        self.row.result == "rejected"
    }

    /// Whether the same becomes of the row as was said before.
    pub(super) fn is_as(&self, planned: &Self) -> bool {
        let (now, then) = (&self.row, &planned.row);
        let is_same_record = now.result == "created" || now.id == then.id;
        now.result == then.result
            && is_same_record
            && self.base == planned.base
            && now.changes == then.changes
    }
}
