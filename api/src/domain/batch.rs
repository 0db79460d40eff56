//! Batches: up to 1,000 operations of one kind, the same on both faces.

use async_graphql::{Enum, InputObject, SimpleObject};
use kernel::{
    Code, Ctx, Error, KindDef, Result, Violation,
    record::{Asked, Expected, Op, Outcome, OutcomeKind},
    render::{Detail, Renderer},
    row::Row,
    scalar::Object,
    unit::{Atomic, Unit},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{history::changes, moves};

/// Items of a batch at most.
pub const MAX_ITEMS: usize = 1000;

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

/// Runs a batch in one unit.
///
/// # Errors
/// `Rejected` with all outcomes when an item of an all-or-nothing batch was refused.
pub async fn run(ctx: &Ctx, def: &'static KindDef, input: &BatchInput) -> Result<BatchResult> {
    if !(1..=MAX_ITEMS).contains(&input.items.len()) {
        let text = format!("a batch has 1 to {MAX_ITEMS} items");
        return Err(Error::invalid("/items", Code::OutOfRange, text));
    }
    let mut faults = Vec::new();
    let ops: Vec<Op> =
        input.items.iter().enumerate().filter_map(|(at, item)| op(def, (at, item), &mut faults)).collect();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let dry_run = input.dry_run;
    let atomic = if input.atomic == BatchAtomic::All { Atomic::All } else { Atomic::Each };
    let writes = Writes { def, ops, atomic };
    let apply = async move |unit: &mut Unit| writes.apply(unit).await;
    let done = if dry_run { ctx.rehearse(apply).await } else { ctx.write(apply).await };
    let outcomes = match done {
        Ok(outcomes) => with_input(outcomes, input)?,
        Err(Error::Rejected(outcomes)) => return Err(Error::Rejected(with_input(outcomes, input)?)),
        Err(error) => return Err(error),
    };
    let rows: Vec<Row> =
        outcomes.iter().flat_map(|outcome| [&outcome.before, &outcome.row]).flatten().cloned().collect();
    let renderer = Renderer::on(ctx, def, &rows, Detail::List).await?;
    let answers = outcomes.into_iter().map(|outcome| written(&renderer, outcome, dry_run));
    Ok(BatchResult { outcomes: answers.collect::<Result<_>>()? })
}

/// Puts what was asked beside what became of it.
fn with_input(mut outcomes: Vec<Outcome>, input: &BatchInput) -> Result<Vec<Outcome>> {
    for (position, (outcome, item)) in outcomes.iter_mut().zip(&input.items).enumerate() {
        let mut sent = serde_json::to_value(item)?;
        if let Some(members) = sent.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        outcome.asked = Asked { position, key: item.key(), input: sent };
    }
    Ok(outcomes)
}

impl BatchItemInput {
    /// The external key the item names, beside its data or in them.
    fn key(&self) -> Option<(String, String)> {
        let given = |beside: &Option<String>, name: &str| {
            let within = || Some(self.data.as_ref()?.0.get(name)?.as_str()?.to_owned());
            beside.clone().or_else(within)
        };
        given(&self.source_system, "source_system").zip(given(&self.external_key, "external_key"))
    }
}

/// What a batch asks for: a unit that loses a race runs it again.
struct Writes {
    def: &'static KindDef,
    ops: Vec<Op>,
    atomic: Atomic,
}

impl Writes {
    async fn apply(&self, unit: &mut Unit) -> Result<Vec<Outcome>> {
        unit.apply(self.def, self.ops.clone(), self.atomic).await
    }
}

/// What became of an item, with its changes as the caller sees them.
fn written(renderer: &Renderer, outcome: Outcome, dry_run: bool) -> Result<BatchOutcome> {
    let mut answer = BatchOutcome::from(&outcome);
    let Some(row) = outcome.row else { return Ok(answer) };
    if !dry_run {
        answer.id = Some(row.id());
        answer.version = Some(row.version());
    }
    if answer.external_key.is_none() {
        let seen = renderer.json(&row)?;
        let own = |name: &str| seen.get(name).and_then(Json::as_str).map(str::to_owned);
        (answer.source_system, answer.external_key) = (own("source_system"), own("external_key"));
    }
    answer.changes = Object(changes(renderer, outcome.before.as_ref(), &row)?);
    Ok(answer)
}

impl BatchOp {
    /// Members an item of this sort must have besides `op`.
    const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Create => &["data"],
            Self::Update => &["id", "data"],
            Self::Upsert => &["source_system", "external_key", "data"],
            Self::Delete => &["id"],
            Self::Move => &["id", "verb"],
        }
    }

    /// Whether an item of this sort may have a member.
    fn takes(self, member: &str) -> bool {
        let besides: &[&str] = match self {
            Self::Create => &[],
            Self::Update | Self::Upsert | Self::Delete => &["version"],
            Self::Move => &["version", "data"],
        };
        self.needs().contains(&member) || besides.contains(&member)
    }
}

/// The operation an item asks for; members that are missing, or that it does not take, are faults.
fn op(
    def: &'static KindDef,
    (at, item): (usize, &BatchItemInput),
    faults: &mut Vec<Violation>,
) -> Option<Op> {
    let given = [
        ("id", item.id.is_some()),
        ("source_system", item.source_system.is_some()),
        ("external_key", item.external_key.is_some()),
        ("version", item.version.is_some()),
        ("verb", item.verb.is_some()),
        ("data", item.data.is_some()),
    ];
    for (member, is_given) in given {
        let fault = match (is_given, item.op.takes(member)) {
            (true, false) => (Code::UnknownMember, format!("this operation takes no `{member}`")),
            (false, true) if item.op.needs().contains(&member) => {
                (Code::Required, format!("this operation needs `{member}`"))
            }
            _ => continue,
        };
        faults.push(Violation::new(format!("/items/{at}/{member}"), fault.0, fault.1));
    }
    let fields = || item.data.as_ref().and_then(|data| data.0.as_object().cloned());
    Some(match item.op {
        BatchOp::Create => Op::Create(fields()?),
        BatchOp::Update => Op::Update { id: item.id?, version: item.version, fields: fields()? },
        BatchOp::Upsert => Op::Upsert {
            source_system: item.source_system.clone()?,
            external_key: item.external_key.clone()?,
            expected: Expected::of(item.version),
            fields: fields()?,
        },
        BatchOp::Delete => Op::Delete { id: item.id?, version: item.version },
        BatchOp::Move => {
            let verb = item.verb.as_deref()?;
            let Some(step) = def.lifecycle.and_then(|cycle| cycle.find(verb)) else {
                let known = def.lifecycle.into_iter().flat_map(|cycle| cycle.moves).map(|step| step.name);
                let known: Vec<&str> = known.collect();
                let has = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let text = format!("this is no move of {}; its moves are: {has}", def.declared.one());
                faults.push(Violation::new(format!("/items/{at}/verb"), Code::NotInList, text));
                return None;
            };
            moves::op(def, step, (item.id?, item.version), &fields().unwrap_or_default())
        }
    })
}
