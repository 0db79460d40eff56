//! History of a record, for both faces.

use std::collections::{BTreeSet, HashMap};

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use kernel::{
    Code, Ctx, Error, Record, Result, change,
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
    let after = read_cursor(after)?;
    let mut all = histories::<R>(ctx, &[id].into()).await?;
    Ok(page(&all.remove(&id).ok_or(Error::NotFound)?, after, limit))
}

/// The number of the state a cursor stands after.
///
/// # Errors
/// `BadRequest` for a text that is no cursor of a history.
pub fn read_cursor(after: Option<&str>) -> Result<i32> {
    let number = after.map_or(Some(0), |text| text.strip_prefix("h-")?.parse().ok());
    number.ok_or_else(|| Error::bad_request("?after", Code::CursorInvalid, "this is no cursor of a history"))
}

/// The page after a state.
#[must_use]
pub fn page(all: &[HistoryEntry], after: i32, limit: usize) -> History {
    let mut rest = all.iter().filter(|entry| entry.number > after);
    let items: Vec<HistoryEntry> = rest.by_ref().take(limit).cloned().collect();
    let next = items.last().filter(|_| rest.next().is_some()).map(|entry| entry.cursor.clone());
    History { items, next }
}

/// Renders the past states of records; those not visible now are left out.
///
/// # Errors
/// What the database says.
pub async fn histories<R: Record>(
    ctx: &Ctx,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, Vec<HistoryEntry>>> {
    let found = change::histories(ctx, R::def(), ids).await?;
    let rows: Vec<_> = found.values().flatten().map(|entry| entry.row.clone()).collect();
    let lens = Lens::on(ctx, R::def(), &rows, Detail::List).await?;
    let mut all = HashMap::new();
    for (id, entries) in found {
        let mut items: Vec<HistoryEntry> = Vec::new();
        for entry in entries {
            let record = shown::<R>(&lens, entry.row)?;
            let changes = diff(items.last().map(|before| &before.record.0), &record);
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
        all.insert(id, items);
    }
    Ok(all)
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
