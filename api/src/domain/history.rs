//! History of a record, for both faces.

mod writers;

use std::collections::{BTreeSet, HashMap};

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    Code, Ctx, Error, KindDef, Result,
    cause::Cause,
    change::{self, Past, Span},
    page::Page,
    render::{Detail, Renderer},
    row::Row,
    scalar::Object,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) use writers::{Writers, named as writers_named};

/// What a write did to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum HistoryOp {
    /// It made the record.
    Create,
    /// It changed the record.
    Update,
    /// It deleted the record.
    Delete,
}

/// Who wrote a state, as far as the reader may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct HistoryWriter {
    /// Id of the user; null where the reader does not see the account.
    pub id: Option<Uuid>,
    /// Name of the user; null where the reader does not see the account.
    pub name: Option<String>,
    /// Role the user holds for the owner of the record now.
    pub role: Option<String>,
    /// Code of the agency the role is held in, as far as the reader sees it.
    pub agency: Option<String>,
}

/// One past state of a record.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct HistoryEntry {
    /// Number of the state: the version inside the owner, counted from the release outside.
    pub number: i32,
    /// What the write did.
    pub op: HistoryOp,
    /// When it was committed.
    pub at: DateTime<Utc>,
    /// Why it was written.
    pub cause: Cause,
    /// Who wrote it; null outside the owner and for the service itself.
    pub by: Option<HistoryWriter>,
    /// Field -> old and new value: texts as they are written, translations by language.
    #[schema(value_type = std::collections::BTreeMap<String, Vec<serde_json::Value>>)]
    pub changes: Object,
    /// The record as it stood, in the form of the REST face; of a deletion, as it stood before.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub record: Object,
}

impl HistoryEntry {
    /// Cursor that goes on after the state.
    #[must_use]
    pub fn cursor(&self) -> String {
        format!("h-{}", self.number)
    }
}

/// A part of a record's history, oldest first.
#[derive(Clone, Debug)]
pub struct History {
    /// The states.
    pub items: Vec<HistoryEntry>,
    /// Whether states follow the last of them.
    pub has_more: bool,
    /// How many states there are altogether.
    pub total: u64,
}

/// Reads a page of the history of a record that is visible, or was when it was deleted.
///
/// # Errors
/// `NotFound` if the record is not visible now, or was not when it was deleted, `BadRequest` for a cursor that does not fit.
pub async fn history(ctx: &Ctx, def: &'static KindDef, id: Uuid, page: &Page) -> Result<History> {
    histories(ctx, def, &[id].into(), span(page)?).await?.remove(&id).ok_or(Error::NotFound)
}

/// The states a page asks for.
///
/// # Errors
/// `BadRequest` for a cursor of something else.
pub fn span(page: &Page) -> Result<Span> {
    let after = page.cursor.as_deref().map_or(Some(0), |text| text.strip_prefix("h-")?.parse().ok());
    let strange = || Error::bad_request("?after", Code::CursorInvalid, "this is no cursor of a history");
    Ok(Span { after: after.ok_or_else(strange)?, limit: page.limit })
}

/// Reads a page of the history of each of these records; those that are hidden, or were when they were deleted, are
/// left out.
///
/// # Errors
/// What the database says.
pub async fn histories(
    ctx: &Ctx,
    def: &'static KindDef,
    ids: &BTreeSet<Uuid>,
    span: Span,
) -> Result<HashMap<Uuid, History>> {
    let found = change::histories(ctx, def, ids, span).await?;
    let rows = found.values().flat_map(|past| past.before.iter().chain(past.entries.iter().map(|e| &e.row)));
    let rows: Vec<_> = rows.cloned().collect();
    let renderer = Renderer::on(ctx, def, &rows, Detail::List).await?;
    let written = found.values().flat_map(|past| &past.entries);
    let written = written.filter_map(|entry| Some((entry.by?, entry.row.owner().to_owned()))).collect();
    let writers = writers::named(ctx, written).await?;
    found.into_iter().map(|(id, past)| Ok((id, page(&renderer, &writers, past)?))).collect()
}

fn page(renderer: &Renderer, writers: &Writers, past: Past) -> Result<History> {
    let mut before = past.before;
    let mut items = Vec::new();
    for entry in past.entries {
        let record = renderer.json(&entry.row)?;
        let changes = changes(renderer, before.as_ref(), &entry.row)?;
        let by = entry.by.and_then(|id| writers.get(&(id, entry.row.owner().to_owned())).cloned());
        before = Some(entry.row);
        items.push(HistoryEntry {
            number: entry.number,
            op: match entry.op.as_str() {
                "create" => HistoryOp::Create,
                "delete" => HistoryOp::Delete,
                _ => HistoryOp::Update,
            },
            at: entry.at,
            cause: serde_json::from_value(Json::String(entry.cause))?,
            by,
            changes: Object(changes),
            record: Object(record),
        });
    }
    let total = u64::try_from(past.total).unwrap_or_default();
    Ok(History { items, has_more: past.has_more, total })
}

/// Members that say when and by whom, and so are no changes.
const STAMPS: &[&str] =
    &["id", "version", "created_at", "created_by", "updated_at", "updated_by", "languages", "can"];

/// Field -> old and new value: texts as they are written, translations by language, the rest as the caller sees it.
///
/// # Errors
/// `Internal` if a record cannot be written.
pub fn changes(renderer: &Renderer, before: Option<&Row>, after: &Row) -> Result<Json> {
    let old = before.map(|row| written(renderer, row)).transpose()?;
    let mut all = diff(old.as_ref(), &written(renderer, after)?);
    if let Some(Json::Array(both)) = all.get_mut("translations") {
        part_that_differs(both);
    }
    Ok(all)
}

/// A record as the caller sees it, with its texts as they are written and not in the caller's languages, and without
/// what other records say of its country.
fn written(renderer: &Renderer, row: &Row) -> Result<Json> {
    let mut seen = renderer.json(row)?;
    if let Some(members) = seen.as_object_mut() {
        for part in row.def().parts.iter().filter(|part| part.form.is_of_country()) {
            members.remove(part.name);
        }
    }
    let texts = row.def().columns.iter().filter(|column| column.is_text);
    for (name, text) in texts.filter_map(|column| Some((column.name, row.text(column.name)?))) {
        if let Some(shown) = seen.get_mut(name) {
            *shown = text.into();
        }
    }
    let translations =
        row.json("translations").filter(|all| all.as_object().is_some_and(|all| !all.is_empty()));
    if let (Some(all), Some(members)) = (translations, seen.as_object_mut()) {
        members.insert("translations".into(), all.clone());
    }
    Ok(seen)
}

/// Keeps of old and new translations the languages and fields that differ; null where one side has no text.
fn part_that_differs(both: &mut [Json]) {
    let [old, new] = both else { return };
    let names = |one: &Json, other: &Json| -> BTreeSet<String> {
        [one, other].into_iter().filter_map(Json::as_object).flat_map(|all| all.keys().cloned()).collect()
    };
    let (mut earlier, mut later) = (Map::new(), Map::new());
    for tag in names(old, new) {
        let of = |texts: &Json| texts.get(&tag).cloned().unwrap_or_default();
        let (was, is) = (of(old), of(new));
        let text = |texts: &Json, field: &str| texts.get(field).cloned().unwrap_or_default();
        let differs = |field: &String| text(&was, field) != text(&is, field);
        let fields: Vec<String> = names(&was, &is).into_iter().filter(differs).collect();
        if fields.is_empty() {
            continue;
        }
        let part = |texts: &Json| -> Map<String, Json> {
            fields.iter().map(|field| (field.clone(), text(texts, field))).collect()
        };
        earlier.insert(tag.clone(), Json::Object(part(&was)));
        later.insert(tag.clone(), Json::Object(part(&is)));
    }
    if !old.is_null() {
        *old = Json::Object(earlier);
    }
    if !new.is_null() {
        *new = Json::Object(later);
    }
}

fn diff(before: Option<&Json>, after: &Json) -> Json {
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
