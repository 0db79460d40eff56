//! Batches: up to 1,000 operations of one kind, the same on both faces.

use async_graphql::{Enum, InputObject, SimpleObject};
use kernel::{
    Code, Ctx, Error, Record, Result, Violation,
    lens::{Detail, Lens},
    record::{Op, Outcome, OutcomeKind},
    row::Row,
    scalar::Object,
    unit::{Atomic, Unit},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::history::{diff, shown};

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
}

/// One operation of a batch.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct BatchItemInput {
    /// What to do.
    pub op: BatchOp,
    /// The record, for `update` and `delete`.
    pub id: Option<Uuid>,
    /// Key of the record, for `upsert`.
    #[schema(min_length = 1, max_length = 200)]
    pub external_key: Option<String>,
    /// System the key belongs to, for `upsert`.
    #[schema(min_length = 1, max_length = 100)]
    pub source_system: Option<String>,
    /// Version the item is based on, for `update` and `delete`.
    pub version: Option<i32>,
    /// The record's fields, as for a single write.
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub data: Option<Object>,
}

/// Up to 1,000 operations of one kind.
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

/// What became of one item.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct BatchOutcome {
    /// `created`, `updated`, `unchanged`, `deleted` or `rejected`.
    pub result: String,
    /// The record.
    pub id: Option<Uuid>,
    /// Its version afterwards.
    pub version: Option<i32>,
    /// Field -> old and new value.
    #[schema(value_type = std::collections::BTreeMap<String, Vec<serde_json::Value>>)]
    pub changes: Object,
    /// Why the item was rejected.
    pub errors: Vec<ItemError>,
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
        Self {
            result: outcome.result().into(),
            id: stored.map(Row::id),
            version: stored.map(Row::version),
            changes: Object(Json::Object(Map::new())),
            errors,
        }
    }
}

/// Runs a batch in one unit.
///
/// # Errors
/// `Rejected` with all outcomes when an item of an all-or-nothing batch was refused.
pub async fn run<R: Record>(ctx: &Ctx, input: &BatchInput) -> Result<BatchResult> {
    if !(1..=1000).contains(&input.items.len()) {
        return Err(Error::invalid("/items", Code::OutOfRange, "a batch has 1 to 1000 items"));
    }
    let mut faults = Vec::new();
    let ops: Vec<Op> =
        input.items.iter().enumerate().filter_map(|(at, item)| op(at, item, &mut faults)).collect();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let dry_run = input.dry_run;
    let atomic = if input.atomic == BatchAtomic::All { Atomic::All } else { Atomic::Each };
    let apply = async move |unit: &mut Unit| unit.apply(R::def(), ops.clone(), atomic).await;
    let outcomes = if dry_run { ctx.rehearse(apply).await? } else { ctx.write(apply).await? };
    let rows: Vec<Row> =
        outcomes.iter().flat_map(|outcome| [&outcome.before, &outcome.row]).flatten().cloned().collect();
    let lens = Lens::on(ctx, R::def(), &rows, Detail::List).await?;
    let rendered = outcomes.into_iter().map(|outcome| written::<R>(&lens, outcome, dry_run));
    Ok(BatchResult { outcomes: rendered.collect::<Result<_>>()? })
}

/// What became of an item, with its changes as the caller sees them.
fn written<R: Record>(lens: &Lens, outcome: Outcome, dry_run: bool) -> Result<BatchOutcome> {
    let mut told = BatchOutcome::from(&outcome);
    let Some(row) = outcome.row else { return Ok(told) };
    if !dry_run {
        told.id = Some(row.id());
        told.version = Some(row.version());
    }
    let before = outcome.before.map(|row| shown::<R>(lens, row)).transpose()?;
    told.changes = Object(diff(before.as_ref(), &shown::<R>(lens, row)?));
    Ok(told)
}

fn op(at: usize, item: &BatchItemInput, faults: &mut Vec<Violation>) -> Option<Op> {
    let mut need = |member: &str| {
        let detail = format!("this operation needs `{member}`");
        faults.push(Violation::new(format!("/items/{at}/{member}"), Code::Required, detail));
    };
    let fields = item.data.as_ref().and_then(|data| data.0.as_object().cloned());
    match item.op {
        BatchOp::Create => {
            if fields.is_none() {
                need("data");
            }
            fields.map(Op::Create)
        }
        BatchOp::Upsert => match (fields, item.source_system.clone(), item.external_key.clone()) {
            (Some(fields), Some(source_system), Some(external_key)) => {
                Some(Op::Upsert { source_system, external_key, fields })
            }
            (data, system, key) => {
                [
                    ("data", data.is_none()),
                    ("source_system", system.is_none()),
                    ("external_key", key.is_none()),
                ]
                .into_iter()
                .filter(|(_, is_missing)| *is_missing)
                .for_each(|(member, _)| need(member));
                None
            }
        },
        BatchOp::Update | BatchOp::Delete => {
            let Some(id) = item.id else {
                need("id");
                return None;
            };
            let version = item.version;
            Some(match item.op {
                BatchOp::Delete => Op::Delete { id, version },
                _ => Op::Update { id, version, fields: fields.unwrap_or_default() },
            })
        }
    }
}
