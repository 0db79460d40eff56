//! History of a record, for both faces.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use kernel::{
    Code, Ctx, Error, Record, Result, change,
    lens::{Detail, Lens},
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
    let after = match after {
        None => 0,
        Some(text) => text.strip_prefix("h-").and_then(|seen| seen.parse().ok()).ok_or_else(|| {
            Error::bad_request("?after", Code::CursorInvalid, "this is no cursor of a history")
        })?,
    };
    let found = change::history(ctx, R::def(), id, after, limit).await?;
    let rows: Vec<_> = found.entries.iter().map(|entry| entry.row.clone()).collect();
    let lens = Lens::on(ctx, R::def(), &rows, Detail::List).await?;
    let views = lens.views::<R>(rows)?;
    let mut items = Vec::new();
    for (entry, view) in found.entries.into_iter().zip(views) {
        items.push(HistoryEntry {
            number: entry.number,
            op: entry.op,
            at: entry.at,
            cause: entry.cause,
            by: entry.by,
            changes: Object(Json::Object(entry.changes)),
            record: Object(serde_json::to_value(view)?),
            cursor: format!("h-{}", entry.number),
        });
    }
    let next = items.last().filter(|_| found.has_more).map(|entry| entry.cursor.clone());
    Ok(History { items, next })
}
