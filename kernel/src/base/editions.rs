//! The next edition of a plan, held apart from what is in force.
//!
//! A record in force keeps what the next edition changes of it in one column, which callers do not see. A record that
//! the next edition makes is a row of its own, with the number of the edition; nobody reads it before the adoption but
//! who works on the edition (`Actor::drafting`).

use model::declaration::standard::{DRAFTED_IN, PENDING};
use serde_json::{Map, Value as Json, json};

use crate::{
    record::{Column, KindDef},
    row::{self, Row},
};

/// Columns that are no content: who sees a record, where it is from, and when and by whom it was written.
const NOT_CONTENT: &[&str] = &[
    "id",
    "owner",
    "version",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "visibility",
    "handling",
    "shared_set_id",
    "release_set_id",
    "external_key",
    "source_system",
];

/// Whether a column is content, which changes in an edition: neither progress, nor sharing, nor origin.
#[must_use]
pub fn is_content(column: &Column) -> bool {
    let is_own = !column.is_progress && !column.is_derived && !column.is_inside && !column.is_unlogged;
    is_own && !NOT_CONTENT.contains(&column.name)
}

/// The content columns of a kind.
pub fn content(def: &KindDef) -> impl Iterator<Item = &Column> {
    def.columns.iter().filter(|column| is_content(column))
}

/// Whether a record is in force: no edition makes it that is not adopted yet.
#[must_use]
pub fn is_in_force(row: &Row) -> bool {
    row.is_null(DRAFTED_IN)
}

/// Whether the next edition removes a record.
#[must_use]
pub fn is_removed(row: &Row) -> bool {
    row.json(PENDING).is_some_and(|pending| pending.get("removed").is_some())
}

/// A record as the next edition has it; none if it removes the record.
#[must_use]
pub fn unfolded(row: &Row) -> Option<Row> {
    let mut next = row.clone();
    let Some(pending) = row.json(PENDING) else { return Some(next) };
    if is_removed(row) {
        return None;
    }
    for (name, value) in pending.get("set").and_then(Json::as_object).into_iter().flatten() {
        let column = row.def().column(name);
        if let Some(value) = column.and_then(|column| row::parse(column.ty, value)) {
            next.set(name, value);
        }
    }
    Some(next)
}

/// The row in force that keeps what a record is in the next edition.
#[must_use]
pub fn folded(in_force: &Row, next: &Row) -> Row {
    let mut row = in_force.clone();
    let differing = content(row.def()).filter(|column| in_force.get(column.name) != next.get(column.name));
    let set: Map<String, Json> =
        differing.map(|column| (column.name.to_owned(), row::json(next.get(column.name)))).collect();
    if set.is_empty() {
        row.clear(PENDING);
    } else {
        row.set(PENDING, json!({ "set": set }));
    }
    row
}

/// The row in force of a record that the next edition removes.
#[must_use]
pub fn removed(in_force: &Row) -> Row {
    let mut row = in_force.clone();
    row.set(PENDING, json!({ "removed": true }));
    row
}

/// A record as it is once its edition is in force.
#[must_use]
pub fn settled(row: &Row) -> Option<Row> {
    let mut settled = unfolded(row)?;
    settled.clear(PENDING);
    settled.clear(DRAFTED_IN);
    Some(settled)
}

/// Whether a change touched nothing but what only the owner learns of.
#[must_use]
pub fn is_inside_only(before: &Row, after: &Row) -> bool {
    const STAMPS: &[&str] = &["version", "updated_at", "updated_by"];
    let differs = |column: &&Column| {
        !column.is_derived
            && !STAMPS.contains(&column.name)
            && before.get(column.name) != after.get(column.name)
    };
    let mut changed = after.def().columns.iter().filter(differs).peekable();
    changed.peek().is_some() && changed.all(|column| column.is_inside)
}
