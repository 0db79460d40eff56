//! History of a record, for both faces.

use std::collections::{BTreeSet, HashMap};

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use kernel::{
    Code, Ctx, Error, Record, Result,
    change::{self, Past, Span},
    lens::{Detail, Lens},
    row::Row,
    scalar::Object,
};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

/// One past state of a record.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct HistoryEntry {
    /// Number of the state: the version inside the owner, counted from the release outside.
    pub number: i32,
    /// `create` or `update`.
    pub op: String,
    /// When it was committed.
    pub at: DateTime<Utc>,
    /// Why it was written: `request`, `import`, `job`, `seed`, `release` or `cli`.
    pub cause: String,
    /// User who wrote it; null outside the owner and for the service itself.
    pub by: Option<Uuid>,
    /// Field -> old and new value.
    #[schema(value_type = std::collections::BTreeMap<String, Vec<serde_json::Value>>)]
    pub changes: Object,
    /// The record as it stood, in the form of the REST face.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub record: Object,
    /// Cursor of the entry.
    #[serde(skip)]
    pub cursor: String,
}

/// A page of a record's history, oldest first.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct History {
    /// The states.
    pub items: Vec<HistoryEntry>,
    /// Cursor of the next page; null on the last one.
    pub next: Option<String>,
}

/// Reads a page of the history of a visible record.
///
/// # Errors
/// `NotFound` if the record is not visible now, `BadRequest` for a cursor that does not fit.
pub async fn history<R: Record>(ctx: &Ctx, id: Uuid, after: Option<&str>, limit: usize) -> Result<History> {
    let span = Span { after: read_cursor(after)?, limit };
    histories::<R>(ctx, &[id].into(), span).await?.remove(&id).ok_or(Error::NotFound)
}

/// The number of the state a cursor stands after.
///
/// # Errors
/// `BadRequest` for a text that is no cursor of a history.
pub fn read_cursor(after: Option<&str>) -> Result<i32> {
    let number = after.map_or(Some(0), |text| text.strip_prefix("h-")?.parse().ok());
    number.ok_or_else(|| Error::bad_request("?after", Code::CursorInvalid, "this is no cursor of a history"))
}

/// Reads a page of the history of each of these records; those not visible now are left out.
///
/// # Errors
/// What the database says.
pub async fn histories<R: Record>(
    ctx: &Ctx,
    ids: &BTreeSet<Uuid>,
    span: Span,
) -> Result<HashMap<Uuid, History>> {
    let found = change::histories(ctx, R::def(), ids, span).await?;
    let rows = found.values().flat_map(|past| past.before.iter().chain(past.entries.iter().map(|e| &e.row)));
    let rows: Vec<_> = rows.cloned().collect();
    let lens = Lens::on(ctx, R::def(), &rows, Detail::List).await?;
    found.into_iter().map(|(id, past)| Ok((id, page::<R>(&lens, past)?))).collect()
}

fn page<R: Record>(lens: &Lens, past: Past) -> Result<History> {
    let mut before = past.before.map(|row| shown::<R>(lens, row)).transpose()?;
    let mut items = Vec::new();
    for entry in past.entries {
        let record = shown::<R>(lens, entry.row)?;
        let changes = diff(before.as_ref(), &record);
        before = Some(record.clone());
        items.push(HistoryEntry {
            number: entry.number,
            op: entry.op,
            at: entry.at,
            cause: entry.cause,
            by: entry.by,
            changes: Object(changes),
            record: Object(record),
            cursor: format!("h-{}", entry.number),
        });
    }
    let next = items.last().filter(|_| past.has_more).map(|entry| entry.cursor.clone());
    Ok(History { items, next })
}

/// A row as the caller of the lens sees it, in the form of the REST face.
///
/// # Errors
/// `Internal` if the row does not fit its table.
pub fn shown<R: Record>(lens: &Lens, row: Row) -> Result<Json> {
    Ok(serde_json::to_value(R::from_row(row, lens)?)?)
}

/// Members that say when and by whom, and so are no changes.
const STAMPS: &[&str] =
    &["id", "version", "created_at", "created_by", "updated_at", "updated_by", "languages", "can"];

/// Field -> old and new value, as the caller sees both.
#[must_use]
pub fn diff(before: Option<&Json>, after: &Json) -> Json {
    let of = |state: Option<&Json>, name: &str| {
        state.and_then(|state| state.get(name)).cloned().unwrap_or_default()
    };
    let names: BTreeSet<&String> = [before, Some(after)]
        .into_iter()
        .flatten()
        .filter_map(Json::as_object)
        .flat_map(|all| all.keys())
        .collect();
    let changed = names
        .into_iter()
        .filter(|name| !STAMPS.contains(&name.as_str()))
        .map(|name| (name, of(before, name), of(Some(after), name)))
        .filter(|(_, old, new)| old != new);
    Json::Object(changed.map(|(name, old, new)| (name.clone(), Json::Array(vec![old, new]))).collect())
}
