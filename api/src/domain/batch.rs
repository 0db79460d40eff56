//! Batches: up to 1,000 operations of one kind or of several, the same on both faces.

mod contract;
mod writes;

use std::collections::BTreeMap;

use kernel::{
    Code, Ctx, Error, KindDef, Result,
    record::{Asked, Outcome},
    render::{Detail, Renderer},
    row::Row,
    scalar::Object,
    unit::Unit,
};
use serde_json::Value as Json;

use super::history::changes;
pub use contract::{
    BatchAtomic, BatchInput, BatchItemInput, BatchOp, BatchOutcome, BatchOutcomeResult, BatchResult,
    ItemError,
};
use writes::Writes;

/// Items of a batch at most.
pub const MAX_ITEMS: usize = 1000;

/// Runs a batch in one unit: of the kind `of`, or without it of the kinds that the items name.
///
/// # Errors
/// `Rejected` with all outcomes when an item of an all-or-nothing batch was refused.
pub async fn run(ctx: &Ctx, of: Option<&'static KindDef>, input: &BatchInput) -> Result<BatchResult> {
    if !(1..=MAX_ITEMS).contains(&input.items.len()) {
        let text = format!("a batch has 1 to {MAX_ITEMS} items");
        return Err(Error::invalid("/items", Code::OutOfRange, text));
    }
    let writes = Writes::of(of, input)?;
    let (dry_run, builds_on_itself) = (input.dry_run, writes.builds_on_itself());
    let apply = async move |unit: &mut Unit| writes.apply(unit).await;
    let done = match (dry_run, builds_on_itself) {
        (false, _) => ctx.write(apply).await,
        (true, false) => ctx.rehearse(apply).await,
        // What the others bring must be there.
        (true, true) => ctx.take_back(apply).await,
    };
    let outcomes = match done {
        Ok(outcomes) => with_input(outcomes, input)?,
        Err(Error::Rejected(outcomes)) => return Err(Error::Rejected(with_input(outcomes, input)?)),
        Err(error) => return Err(error),
    };
    answers(ctx, outcomes, dry_run).await
}

/// Outcomes as the caller sees them, in their order.
async fn answers(ctx: &Ctx, outcomes: Vec<Outcome>, dry_run: bool) -> Result<BatchResult> {
    let rows = outcomes.iter().flat_map(|outcome| [&outcome.before, &outcome.row]).flatten();
    let mut of_kind: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    rows.for_each(|row| of_kind.entry(row.def().name).or_default().push(row.clone()));
    let mut renderers = BTreeMap::new();
    for (kind, rows) in of_kind {
        let Some(def) = rows.first().map(Row::def) else { continue };
        let mut renderer = Renderer::on(ctx, def, &rows, Detail::List).await?;
        renderer.share_with(ctx, &outcomes).await?;
        renderers.insert(kind, renderer);
    }
    let answers = outcomes.into_iter().map(|outcome| {
        let renderer = outcome.row.as_ref().and_then(|row| renderers.get(row.def().name));
        written(renderer, outcome, dry_run)
    });
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

/// What became of an item, with its changes as the caller sees them.
fn written(renderer: Option<&Renderer>, outcome: Outcome, dry_run: bool) -> Result<BatchOutcome> {
    let mut answer = BatchOutcome::from(&outcome);
    let Some((row, renderer)) = outcome.row.zip(renderer) else { return Ok(answer) };
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
