//! Writes at the root: in order, each in a unit of its own, its payload shown before the next begins.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use kernel::{
    Code, Ctx, Error, KindDef, Result, Unit,
    record::{Expected, Op, Outcome, OutcomeKind},
    row::Row,
};
use model::Move;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{
    Found, Run, Source, bundles,
    editions::{whole, writing},
    imports,
    json::of_value,
    snapshots, webhooks,
    write::Writer,
};
use crate::{
    domain::{
        access::{
            consent,
            erasure::{Erasure, erase},
        },
        batch::{self, BatchInput},
        moves,
        needs::renewal::{Renewal, RenewalInput, renew},
        plans::editions,
        purge::{self, Purging, ReasonInput},
        treaties::compile::{CompileInput, compile},
    },
    graphql::{
        selection::{Item, Sel, What},
        types::{Does, Write},
    },
    outgoing::hooks::Hooks,
    signin::sign_in_first,
};

impl Run {
    /// Makes the writes and writes what came of them; what follows a write that failed is not made.
    pub(super) async fn write_in_order(&mut self, selection: &Sel, writer: &mut Writer) {
        writer.begin();
        for item in &selection.items {
            let kid = match item.what {
                What::Field(field) => match field.does {
                    Does::Write(write) => {
                        let found = match self.write(item, write) {
                            Ok(making) => making.await,
                            Err(error) => Err(error),
                        };
                        if let Err(error) = self.prepare(selection).await {
                            // What was written is written: it is shown with what was known of owners before.
                            tracing::warn!("owners cannot be read: {error}");
                        }
                        writer.show_by(self.renderer.clone());
                        let found = found.unwrap_or_else(|error| Found::Fault(Arc::new(error)));
                        self.settle(item, vec![found]).await
                    }
                    _ => super::Kid::default(),
                },
                _ => super::Kid::default(),
            };
            if !writer.root_field((selection, item), &kid) {
                return;
            }
        }
        writer.end();
    }

    /// The caller, who must be signed in to write; each root field is kept apart under an idempotency key.
    fn writer(&self, item: &Item) -> Result<Ctx> {
        self.ctx.actor.must_be_itself()?;
        if !self.ctx.actor.is_known() {
            return Err(sign_in_first());
        }
        let mut call = self.ctx.clone();
        call.db = self.unbounded.clone();
        call.idempotency = call.idempotency.map(|whole| whole.part(&item.key));
        Ok(call)
    }

    fn write(&self, item: &Item, write: Write) -> Result<BoxFuture<'static, Result<Found>>> {
        let call = writing(self.writer(item)?, item)?;
        let input = item.arguments.get("input").and_then(Json::as_object).cloned().unwrap_or_default();
        let expected = version(item.arguments.get("expected_version"));
        Ok(Box::pin(made(call, self.hooks.clone(), write, input, Expected::of(expected))))
    }
}

/// Makes one write.
async fn made(
    call: Ctx,
    hooks: Hooks,
    write: Write,
    input: Map<String, Json>,
    expected: Expected,
) -> Result<Found> {
    match write {
        Write::OpenEdition => {
            let (id, version, _) = target(input)?;
            Ok(whole(editions::open(&call, id, version).await?))
        }
        Write::Create(def) => apply(&call, def, Op::Create(input)).await,
        Write::Update(def) => {
            let (id, version, fields) = target(input)?;
            apply(&call, def, Op::Update { id, version, fields }).await
        }
        Write::Upsert(def) => apply(&call, def, upsert(input, expected)?).await,
        Write::Delete(def) => {
            let (id, version, _) = target(input)?;
            let one = One { def, op: Op::Delete { id, version } };
            call.write(async move |unit| one.run(unit).await).await?;
            Ok(of_value(&json!({ "id": id })))
        }
        Write::Batch(def) => {
            let input: BatchInput = serde_json::from_value(Json::Object(input))?;
            let done = batch::run(&call, def, &input).await?;
            Ok(of_value(&serde_json::to_value(&done)?))
        }
        Write::Purge(def) => {
            let (id, version, rest) = target(input)?;
            let ReasonInput { reason } = ReasonInput::of(rest)?;
            purge::run(&call, Purging { def, id, version, reason }).await?;
            Ok(of_value(&json!({ "id": id })))
        }
        Write::Erase => {
            let (user, version, rest) = target(input)?;
            let ReasonInput { reason } = ReasonInput::of(rest)?;
            Ok(payload(erase(&call, Erasure { user, version, reason }).await?))
        }
        Write::Renew => {
            let (assessment, _, rest) = target(input)?;
            let input: RenewalInput = serde_json::from_value(Json::Object(rest))?;
            let (row, renewed) = renew(&call, Renewal { assessment, input }).await?;
            let mut told = serde_json::to_value(&renewed)?;
            if let Some(members) = told.as_object_mut() {
                members.insert("assessment".to_owned(), json!({ "id": row.id() }));
            }
            Ok(of_value(&told))
        }
        Write::Compile => {
            let input: CompileInput = serde_json::from_value(Json::Object(input))?;
            Ok(of_value(&serde_json::to_value(compile(&call, &input).await?)?))
        }
        Write::Import(of) => imports::write(&call, of, input).await,
        Write::WithdrawBundle => bundles::withdraw(&call, input).await,
        Write::CreateSnapshot => snapshots::create(&call, input).await,
        Write::DeleteSnapshot => snapshots::delete(&call, input).await,
        Write::Webhook(of) => webhooks::write(&call, &hooks, of, input).await,
        Write::Reply(reply) => {
            let (id, ..) = target(input)?;
            Ok(payload(consent::answer(&call, id, reply).await?))
        }
        Write::Move(def, step) => {
            let (id, version, takes) = target(input)?;
            let step = Step { def, made: step, id, version, takes };
            Ok(payload(call.write(async move |unit| step.run(unit).await).await?))
        }
    }
}

async fn apply(call: &Ctx, def: &'static KindDef, op: Op) -> Result<Found> {
    let one = One { def, op };
    let outcome = call.write(async move |unit| one.run(unit).await).await?;
    let row = outcome.row.ok_or_else(|| Error::Internal("a write has no row".into()))?;
    if matches!(outcome.kind, OutcomeKind::Unchanged) {
        // No more than a read.
        call.note(&row);
    }
    Ok(payload(row))
}

/// One operation, for a unit. A struct, for an async closure that holds a kind itself is not known to be `Send`.
struct One {
    def: &'static KindDef,
    op: Op,
}

impl One {
    async fn run(&self, unit: &mut Unit) -> Result<Outcome> {
        unit.apply_one(self.def, self.op.clone()).await
    }
}

/// One move, for a unit; a struct for the same reason.
struct Step {
    def: &'static KindDef,
    made: &'static Move,
    id: Uuid,
    version: Option<i32>,
    takes: Map<String, Json>,
}

impl Step {
    async fn run(&self, unit: &mut Unit) -> Result<Row> {
        moves::make(unit, self.def, self.made, self.id, self.version, &self.takes).await
    }
}

fn payload(row: Row) -> Found {
    Found::One(Source::Payload(Arc::new(row)))
}

/// Record and version that an input names, and what else it holds.
fn target(mut input: Map<String, Json>) -> Result<(Uuid, Option<i32>, Map<String, Json>)> {
    let id = input.remove("id").and_then(|id| id.as_str()?.parse().ok());
    let id = id.ok_or_else(|| Error::Internal("an input was coerced without its id".into()))?;
    let version = version(input.remove("expected_version").as_ref());
    Ok((id, version, input))
}

/// A version that is given.
fn version(given: Option<&Json>) -> Option<i32> {
    given.and_then(|version| i32::try_from(version.as_i64()?).ok())
}

/// An upsert from the input of a creation, which must have its external key.
fn upsert(fields: Map<String, Json>, expected: Expected) -> Result<Op> {
    let text = |name: &str| fields.get(name).and_then(Json::as_str).map(str::to_owned);
    if let (Some(source_system), Some(external_key)) = (text("source_system"), text("external_key")) {
        return Ok(Op::Upsert { source_system, external_key, expected, fields });
    }
    let detail = "an upsert needs `sourceSystem` and `externalKey`";
    Err(Error::invalid("/external_key", Code::Required, detail))
}
