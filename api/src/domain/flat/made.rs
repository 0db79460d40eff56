//! Views whose rows are made of many records: one for each country, or for each country and something else, whether anything is
//! recorded or not.

pub(super) mod obligations;
pub(super) mod overview;
pub(super) mod participations;

use uuid::Uuid;

use crate::domain::exchange::columns::Cell;

/// What stands where nothing is recorded, or nothing that the caller sees.
pub(super) const NOT_RECORDED: &str = "not_recorded";

fn text(of: impl Into<String>) -> Cell<'static> {
    Cell::Text(of.into().into())
}

fn maybe(of: Option<impl Into<String>>) -> Cell<'static> {
    of.map_or(Cell::Empty, text)
}

fn joined(codes: &[String]) -> Cell<'static> {
    if codes.is_empty() { Cell::Empty } else { text(codes.join(";")) }
}

fn day(of: Option<chrono::NaiveDate>) -> Cell<'static> {
    of.map_or(Cell::Empty, Cell::Day)
}

fn id(of: Option<Uuid>) -> Cell<'static> {
    of.map_or(Cell::Empty, Cell::Id)
}

fn number(of: usize) -> Cell<'static> {
    Cell::Number(i64::try_from(of).unwrap_or(i64::MAX))
}
