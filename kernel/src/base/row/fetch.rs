//! Values of a query's answer.

use model::field::Column as Type;
use sea_orm::{
    QueryResult, Value,
    sqlx::{Row, ValueRef},
};
use serde_json::Value as Json;

use crate::{error::Result, record::null};

/// Reads a value from a query's answer.
pub(super) fn fetch(ty: Type, from: &QueryResult, at: usize) -> Result<Value> {
    if holds_null(from, at) {
        return Ok(null(ty));
    }
    Ok(match ty {
        Type::Id => Value::Uuid(from.try_get_by_index(at)?),
        Type::Text => Value::String(from.try_get_by_index(at)?),
        Type::Int | Type::Mask(_) => Value::Int(from.try_get_by_index(at)?),
        Type::BigInt | Type::Decimal => Value::BigInt(from.try_get_by_index(at)?),
        Type::Bool => Value::Bool(from.try_get_by_index(at)?),
        Type::Date => Value::ChronoDate(from.try_get_by_index(at)?),
        Type::Instant => Value::ChronoDateTimeUtc(from.try_get_by_index(at)?),
        Type::Json => Value::Json(from.try_get_by_index::<Option<Json>>(at)?.map(Box::new)),
    })
}

/// Whether a place is empty: SeaORM writes a text about each that is.
fn holds_null(from: &QueryResult, at: usize) -> bool {
    match (from.try_as_pg_row(), from.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get_raw(at).is_ok_and(|value| value.is_null()),
        (_, Some(row)) => row.try_get_raw(at).is_ok_and(|value| value.is_null()),
        _ => false,
    }
}
