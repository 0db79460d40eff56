//! Rows of one kind, judged and written together by the one write path.

use std::{collections::BTreeSet, sync::Arc};

use kernel::{
    Code, Ctx, KindDef, Result, Unit, Violation,
    policy::visible,
    record::{Expected, Op, Outcome, OutcomeKind},
    render::{Detail, Renderer},
    row::Row,
    schema, store,
    unit::Atomic,
};
use model::Write;
use sea_orm::{
    Statement,
    sea_query::{Cond, ExprTrait},
};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    ImportMode, SHORT,
    entry::{Entry, Which},
    fault::RowFault,
    known::{Known, look_up},
    read::Read,
    report::Verdict,
    spool::Table,
    stale,
};
use crate::domain::history::changes;

/// Rows that are written together.
const SIZE: usize = 1000;

/// Rows of one kind that are written together, by their places, with those that come next.
#[derive(Clone)]
pub(super) struct Chunk {
    pub(super) places: Arc<[u32]>,
    next: Option<Arc<[u32]>>,
}

/// Cuts the rows of a file into chunks of one kind each, in the order in which they are written.
pub(super) fn chunks(read: &Read, size: Option<usize>) -> Vec<Chunk> {
    let most = size.unwrap_or(SIZE);
    let kind = |at: u32| table(read, at).map(|table| table.def.name);
    let mut all: Vec<Vec<u32>> = Vec::new();
    for at in &read.order {
        match all.last_mut() {
            Some(last) if last.len() < most && last.first().and_then(|first| kind(*first)) == kind(*at) => {
                last.push(*at);
            }
            _ => all.push(vec![*at]),
        }
    }
    let all: Vec<Arc<[u32]>> = all.into_iter().map(Arc::from).collect();
    let next = all.iter().skip(1).cloned().map(Some).chain([None]);
    all.iter().cloned().zip(next).map(|(places, next)| Chunk { places, next }).collect()
}

/// The table that a row stands in.
fn table(read: &Read, at: u32) -> Option<&Table> {
    read.tables.get(read.spool.table(at)?)
}

/// Lets PostgreSQL count what a long import has begun to make. A planner that knows nothing of a table expects few rows of
/// an owner, and for each chunk would read all of them.
///
/// # Errors
/// What the database says.
pub(super) async fn survey(unit: &Unit, read: &Read, chunk: &Chunk, told: &[Verdict]) -> Result<()> {
    let is_long = unit.conn().is_postgres() && read.order.len() > SHORT;
    let table = chunk.places.first().and_then(|at| table(read, *at));
    let Some(table) = table.filter(|_| is_long && told.iter().any(Verdict::is_created)) else {
        return Ok(());
    };
    let sql = format!("ANALYZE (SKIP_LOCKED) \"{}\"", table.def.table);
    unit.conn().all_raw(Statement::from_string(unit.conn().backend(), sql)).await?;
    Ok(())
}

/// How rows are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    /// What becomes of them.
    pub(super) mode: ImportMode,
    /// Whether changes are told field by field.
    pub(super) tells_changes: bool,
}

/// Judges and writes a chunk, before the next one; answers what became of each row, by its place in the file.
///
/// # Errors
/// What the database says.
pub(super) async fn apply(unit: &mut Unit, read: &Read, chunk: &Chunk, how: How) -> Result<Vec<Verdict>> {
    let Chunk { places, next } = chunk;
    let Some(table) = places.first().and_then(|at| table(read, *at)) else { return Ok(Vec::new()) };
    let entries = read.spool.take(places, next.as_ref()).await?;
    let found = look_up(unit, table.def, &entries, how.mode).await?;
    let own = unit.ctx.actor.acting.clone();
    let same = found.unchanged(unit, (table.def, &entries), (how.mode, own.as_deref())).await?;
    let (mut verdicts, mut asked, mut ops) = (Vec::new(), Vec::new(), Vec::new());
    for ((at, entry), same) in places.iter().zip(&entries).zip(same) {
        if let Some(record) = same {
            verdicts.push(Verdict::unchanged((*at, entry, table), record));
            continue;
        }
        let asks = op(table.def, entry, how.mode, (&found, own.as_deref()));
        match asks.and_then(|op| taken(&unit.ctx, table.def, op)) {
            Ok(op) => {
                asked.push((*at, entry));
                ops.push(faulty(op, entry));
            }
            Err(more) => {
                let faults = [entry.faults.as_slice(), &more].concat();
                verdicts.push(Verdict::refused((*at, entry, table), &faults));
            }
        }
    }
    let sheet = if read.tables.len() > 1 { format!("{} ", table.called()) } else { String::new() };
    let called = |entry: &Entry| format!("{sheet}row {} (line {})", entry.row, entry.line);
    unit.call_items(asked.iter().map(|(_, entry)| called(entry)).collect());
    // Each, so that what is wrong with all of them is told.
    let mut outcomes =
        if ops.is_empty() { Vec::new() } else { unit.apply(table.def, ops, Atomic::Each).await? };
    let of_outcomes: Vec<&Entry> = asked.iter().map(|(_, entry)| *entry).collect();
    stale::explain(&unit.ctx, table, &of_outcomes, &mut outcomes).await?;
    let told = if how.tells_changes { told(&unit.ctx, table.def, &outcomes).await? } else { Vec::new() };
    let mut told = told.into_iter();
    for ((at, entry), outcome) in asked.into_iter().zip(&outcomes) {
        let changes = told.next().unwrap_or_else(|| Json::Object(Map::new()));
        let mut verdict = Verdict::judged((at, entry, table), outcome, changes);
        if let Some(circle) = read.circles.get(&at) {
            circle.explain(table.def, &mut verdict.row.errors);
        }
        verdicts.push(verdict);
    }
    verdicts.sort_by_key(|verdict| verdict.seq);
    Ok(verdicts)
}

/// Judges and writes a chunk that is whole or not at all: where a row is refused, all are.
///
/// # Errors
/// What the database says.
pub(super) async fn apply_group(
    unit: &mut Unit,
    read: &Read,
    chunk: &Chunk,
    how: How,
) -> Result<Vec<Verdict>> {
    let mut verdicts = apply(unit, read, chunk, how).await?;
    if verdicts.iter().any(Verdict::is_rejected) {
        refuse_group(&mut verdicts);
    }
    Ok(verdicts)
}

/// What changes in each record, as its sender sees it.
async fn told(ctx: &Ctx, def: &'static KindDef, outcomes: &[Outcome]) -> Result<Vec<Json>> {
    let changed = |outcome: &&Outcome| matches!(outcome.kind, OutcomeKind::Created | OutcomeKind::Updated);
    let rows: Vec<Row> = outcomes
        .iter()
        .filter(changed)
        .flat_map(|outcome| [&outcome.before, &outcome.row])
        .flatten()
        .cloned()
        .collect();
    let mut renderer = Renderer::on(ctx, def, &rows, Detail::List).await?;
    renderer.share_with(ctx, outcomes).await?;
    let one = |outcome: &Outcome| match &outcome.row {
        Some(row) if changed(&outcome) => changes(&renderer, outcome.before.as_ref(), row),
        _ => Ok(Json::Object(Map::new())),
    };
    outcomes.iter().map(one).collect()
}

/// The operation of a row, with what is wrong with the row already.
fn faulty(op: Op, entry: &Entry) -> Op {
    let fault = |fault: &RowFault| {
        Violation::new(fault.pointer.clone().unwrap_or_default(), fault.code, fault.text.clone())
    };
    if entry.faults.is_empty() {
        return op;
    }
    Op::Faulty(Box::new(op), entry.faults.iter().map(fault).collect())
}

/// The operation a row asks for; or why it asks for none, besides what is known to be wrong with it.
fn op(
    def: &KindDef,
    entry: &Entry,
    mode: ImportMode,
    (found, own): (&Known, Option<&str>),
) -> Result<Op, Vec<RowFault>> {
    if !entry.is_read() || (mode == ImportMode::Delete && !entry.faults.is_empty()) {
        return Err(Vec::new());
    }
    let fault = |field: &str, code, text: &str| Err(vec![RowFault::at(field, code, text)]);
    let absent = |text: &str| Err(vec![entry.blamed(def, RowFault::new(None, Code::NotFound, text))]);
    let mut fields = entry.fields.clone();
    let known = found.of(entry, own);
    let record = known.map(|row| (row.id(), row.version()));
    if let (Which::Code(_), Some(column), Some(row)) = (&entry.which, def.code, known) {
        // The row may write the code in another case.
        fields.extend(row.text(column).map(|code| (column.to_owned(), code.into())));
    }
    let state =
        def.lifecycle.map(|cycle| cycle.state).filter(|state| fields.get(*state).is_some_and(Json::is_null));
    if let (Some(state), Some(_)) = (state, record) {
        return fault(state, Code::Required, &format!("`{state}` cannot be empty"));
    }
    if record.is_none() && !fields.contains_key("owner") && schema::takes_owner(def.declared) {
        // A new record that says no owner is of the one for whom its sender acts.
        fields.extend(own.map(|own| ("owner".to_owned(), own.into())));
    }
    let expected = Expected::of(entry.version);
    if mode != ImportMode::Create && entry.hides_its_record(def) {
        // Whether it makes a record is not known, so nothing is missing in it.
        return Ok(Op::Amend { id: Uuid::nil(), expected, fields });
    }
    let needs = "such a row says which record it is about: by `id`, by `source_system` and `external_key`, or by its code";
    match (mode, &entry.which) {
        (ImportMode::Create, Which::Id(_)) => fault(
            "id",
            Code::RuleBroken,
            "the service gives new records their ids: leave `id` out, or take another mode",
        ),
        (ImportMode::Create, _) | (ImportMode::Upsert | ImportMode::Sync, Which::New) => {
            Ok(Op::Create(fields))
        }
        (ImportMode::Delete | ImportMode::Update, Which::New) => fault("id", Code::Required, needs),
        (ImportMode::Delete, _) => match record {
            Some((id, version)) => Ok(Op::Delete { id, version: Some(entry.version.unwrap_or(version)) }),
            None => absent("no such record is visible to you"),
        },
        (_, Which::Id(id)) => Ok(Op::Amend { id: *id, expected, fields }),
        (_, which) => match (record, which) {
            (Some((id, _)), _) => Ok(Op::Amend { id, expected, fields }),
            (None, Which::Key(..)) if mode == ImportMode::Update => {
                absent("no record with this key is visible to you")
            }
            (None, _) if mode == ImportMode::Update => absent("no record with this code is visible to you"),
            (None, Which::Key(system, key)) => {
                fields.remove("source_system");
                fields.remove("external_key");
                let (source_system, external_key) = (system.clone(), key.clone());
                Ok(Op::Upsert { source_system, external_key, expected, fields })
            }
            (None, _) => Ok(Op::Create(fields)),
        },
    }
}

/// An operation, where callers may make it of records of the kind: a file writes what single writes may, and no more.
fn taken(ctx: &Ctx, def: &KindDef, op: Op) -> Result<Op, Vec<RowFault>> {
    let (write, does) = match &op {
        Op::Create(_) | Op::Upsert { .. } => (Write::Create, "make"),
        Op::Delete { .. } => (Write::Delete, "delete"),
        _ => (Write::Update, "edit"),
    };
    if ctx.actor.is_system() || def.declared.takes(write) {
        return Ok(op);
    }
    let text = format!("files {does} no {}", def.declared.plural_words());
    Err(vec![RowFault::new(None, Code::Forbidden, text)])
}

/// Deletes the visible records of a source system that a file of one kind does not name; those it names are given by id.
///
/// # Errors
/// What the database says.
pub(super) async fn delete_missing(
    unit: &mut Unit,
    (def, system): (&'static KindDef, &str),
    named: &BTreeSet<Uuid>,
    first: i32,
) -> Result<Vec<Verdict>> {
    let owner = unit.ctx.actor.acting.clone().unwrap_or_default();
    let mut select = store::select(def);
    select.cond_where(visible(&unit.ctx.actor, def));
    select.cond_where(Cond::all().add(def.col("owner").eq(owner)).add(def.col("source_system").eq(system)));
    let rows = store::rows(unit.conn(), def, &select).await?;
    let missing: Vec<(Uuid, i32)> =
        rows.iter().map(|row| (row.id(), row.version())).filter(|(id, _)| !named.contains(id)).collect();
    let mut verdicts = Vec::new();
    for some in missing.chunks(SIZE) {
        let ops = some.iter().map(|(id, version)| Op::Delete { id: *id, version: Some(*version) }).collect();
        let outcomes = unit.apply(def, ops, Atomic::Each).await?;
        for outcome in &outcomes {
            let seq = first.saturating_add(i32::try_from(verdicts.len()).unwrap_or(i32::MAX));
            verdicts.push(Verdict::of_missing(seq, def, outcome));
        }
    }
    Ok(verdicts)
}

/// Everything that is said of a chunk whose unit is rolled back because of one of its rows.
pub(super) fn refuse_group(verdicts: &mut [Verdict]) {
    for verdict in verdicts.iter_mut().filter(|verdict| !verdict.is_rejected()) {
        verdict.refuse_with_group();
    }
}
