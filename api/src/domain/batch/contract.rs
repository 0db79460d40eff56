//! What a batch takes and answers, on both faces.

use async_graphql::{Enum, InputObject, SimpleObject};
use kernel::{
    Error, Violation,
    record::{Outcome, OutcomeKind},
    row::Row,
    scalar::Object,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

/// What happens to a batch when one of its items is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum BatchAtomic {
    /// Nothing is written.
    #[default]
    All,
    /// The others are written.
    Each,
}

/// What an item of a batch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum BatchOp {
    /// Create a record.
    Create,
    /// Edit a record.
    Update,
    /// Create or edit the record with an external key.
    Upsert,
    /// Delete a record.
    Delete,
    /// Make a move of the record's lifecycle.
    Move,
}

/// One operation of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct BatchItemInput {
    /// What to do.
    pub op: BatchOp,
    /// Kind of the record, such as `task` or `tasks`: where the batch is of several kinds, and only there.
    #[schema(min_length = 1, max_length = 100)]
    pub kind: Option<String>,
    /// The record, for `update`, `delete` and `move`.
    pub id: Option<Uuid>,
    /// Key of the record, for `upsert`.
    #[schema(min_length = 1, max_length = 200)]
    pub external_key: Option<String>,
    /// System the key belongs to, for `upsert`.
    #[schema(min_length = 1, max_length = 100)]
    pub source_system: Option<String>,
    /// Version the item is based on, for `update`, `delete` and `move`; for `upsert` if others' edits must not be
    /// overwritten, where 0 stands for a record that must be new.
    pub version: Option<i32>,
    /// Name of the move, such as `complete`, for `move`.
    pub verb: Option<String>,
    /// The record's fields, as for a single write; for `move` what comes with it, if anything; for all but `delete`.
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub data: Option<Object>,
}

/// Up to 1,000 operations, of one kind or of several.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"atomic": "each", "dry_run": true, "items": [{"op": "create", "data": {"title": "..."}}]}))]
pub struct BatchInput {
    /// What happens when an item is refused.
    #[serde(default)]
    #[graphql(default)]
    pub atomic: BatchAtomic,
    /// Judge the items and write nothing.
    #[serde(default)]
    #[graphql(default)]
    pub dry_run: bool,
    /// The operations, in order.
    #[schema(min_items = 1, max_items = 1000)]
    pub items: Vec<BatchItemInput>,
}

/// How an item of a batch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum BatchOutcomeResult {
    /// A record was made.
    Created,
    /// A record was changed.
    Updated,
    /// The record was like this already; nothing was written.
    Unchanged,
    /// The record was deleted.
    Deleted,
    /// The item was refused.
    Rejected,
}

impl From<&OutcomeKind> for BatchOutcomeResult {
    fn from(kind: &OutcomeKind) -> Self {
        match kind {
            OutcomeKind::Created => Self::Created,
            OutcomeKind::Updated => Self::Updated,
            OutcomeKind::Unchanged => Self::Unchanged,
            OutcomeKind::Deleted => Self::Deleted,
            OutcomeKind::Rejected(_) => Self::Rejected,
        }
    }
}

/// What became of one item.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct BatchOutcome {
    /// How it ended.
    pub result: BatchOutcomeResult,
    /// The record.
    pub id: Option<Uuid>,
    /// Its version afterwards.
    pub version: Option<i32>,
    /// Field -> old and new value: texts as they are written, translations by language.
    #[schema(value_type = std::collections::BTreeMap<String, Vec<serde_json::Value>>)]
    pub changes: Object,
    /// Why the item was rejected.
    pub errors: Vec<ItemError>,
    /// Place of the item in the batch, from 0, as in `/items/0`.
    pub position: i32,
    /// System of the item's external key, where it has one.
    pub source_system: Option<String>,
    /// External key of the item, where it has one.
    pub external_key: Option<String>,
    /// The item as it was sent, in the form of the REST face: mend a rejected one and send it again.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub input: Object,
}

/// One reason why an item was rejected.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct ItemError {
    /// JSON Pointer into the item's data.
    pub pointer: String,
    /// Machine-readable code.
    pub code: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

/// What became of a batch, in the order of its items.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct BatchResult {
    /// One answer for each item.
    pub outcomes: Vec<BatchOutcome>,
}

impl From<&Violation> for ItemError {
    fn from(found: &Violation) -> Self {
        Self { pointer: found.pointer.clone(), code: found.code.name().into(), detail: found.detail.clone() }
    }
}

impl From<&Outcome> for BatchOutcome {
    /// What became of an item that was not written: no id, no changes.
    fn from(outcome: &Outcome) -> Self {
        let errors = match &outcome.kind {
            OutcomeKind::Rejected(Error::Invalid(found) | Error::BadRequest(found)) => {
                found.iter().map(ItemError::from).collect()
            }
            OutcomeKind::Rejected(error) => {
                vec![ItemError {
                    pointer: String::new(),
                    code: error.code().name().into(),
                    detail: error.detail(),
                }]
            }
            _ => Vec::new(),
        };
        let stored = outcome.before.as_ref().filter(|_| !outcome.is_rejected());
        let (source_system, external_key) = outcome.asked.key.clone().unzip();
        Self {
            position: i32::try_from(outcome.asked.position).unwrap_or(i32::MAX),
            source_system,
            external_key,
            input: Object(outcome.asked.input.clone()),
            result: (&outcome.kind).into(),
            id: stored.map(Row::id),
            version: stored.map(Row::version),
            changes: Object(Json::Object(Map::new())),
            errors,
        }
    }
}

impl BatchItemInput {
    /// The external key the item names, beside its data or in them.
    pub(super) fn key(&self) -> Option<(String, String)> {
        let given = |beside: &Option<String>, name: &str| {
            let within = || Some(self.data.as_ref()?.0.get(name)?.as_str()?.to_owned());
            beside.clone().or_else(within)
        };
        given(&self.source_system, "source_system").zip(given(&self.external_key, "external_key"))
    }
}
