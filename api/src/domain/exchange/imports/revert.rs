//! Imports taken back: what they made is deleted, what they changed or deleted is as it was, unless it has changed since.

mod deleted;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use entity::{change, change_payload};
use kernel::{
    Code, Ctx, Error, KindDef, Result, Unit,
    cause::Cause,
    db::Conn,
    policy::{Scope, visible},
    record::Op,
    row::Row,
    store,
    unit::Atomic,
};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Order, Query};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    Import, MAX_ROWS_AT_ONCE,
    job::{self, Job, ROWS_KEPT_DAYS},
    outcome::{answer, count},
    report::Verdict,
    summarised,
};
use crate::domain::{KINDS, exchange::kept};

/// Records taken back by one statement of the write path.
const SIZE: usize = 1000;

/// What an import did to a record.
#[derive(Clone, Debug)]
struct Done {
    kind: &'static KindDef,
    id: Uuid,
    /// Version that the import left.
    version: i32,
    op: String,
    /// Of an edit the values of what it changed, of a deletion the record.
    before: Option<Json>,
    /// The facts by which the record was seen before.
    seen: Option<Scope>,
}

/// Takes an import back, set by set, the last one first; a dry run only tells what would become of each record.
///
/// # Errors
/// `NotFound` where the caller has no such import; `IllegalMove` where it has written nothing, or was taken back.
pub async fn revert(ctx: &Ctx, id: Uuid, is_dry: bool) -> Result<Import> {
    ctx.actor.must_be_itself()?;
    let of = job::find(ctx, id).await?;
    let sets: Vec<Uuid> = serde_json::from_value(of.sets.clone())?;
    if sets.is_empty() || of.reverts.is_some() {
        let detail = "the import has written nothing that could be taken back";
        return Err(Error::no_move(detail));
    }
    let of_written = of.created.saturating_add(of.updated).saturating_add(of.deleted);
    let mut own = ctx.clone();
    (own.cause, own.idempotency) = (Cause::Import, None);
    let now = ctx.clock.now();
    let mut job = Job {
        id: ctx.clock.id(),
        dry_run: is_dry,
        state: "running".into(),
        reverts: Some(id),
        asked: format!("revert {id} {now}"),
        sets: json!([]),
        warnings: json!([]),
        errors: json!([]),
        import_plan: None,
        row_count: None,
        done: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        deleted: 0,
        rejected: 0,
        created_at: now,
        started_at: Some(now),
        finished_at: None,
        expires_at: now + TimeDelta::days(ROWS_KEPT_DAYS),
        ..of
    };
    let (mut all, mut written) = (Vec::new(), Vec::new());
    // What one set brings back may be what another one needs: a dry run, which keeps nothing, does them together where
    // they are no longer than an import that is written at once.
    let written_rows = usize::try_from(of_written).unwrap_or(usize::MAX);
    let last_first: Vec<Uuid> = sets.iter().rev().copied().collect();
    for some in last_first.chunks(if is_dry && written_rows <= MAX_ROWS_AT_ONCE { sets.len() } else { 1 }) {
        let first = i32::try_from(all.len()).unwrap_or(i32::MAX);
        let back = Back { sets: some.to_vec(), first, job: job.clone() };
        let (verdicts, of_set) = if is_dry {
            own.take_back(async move |unit| back.run(unit).await).await?
        } else {
            own.run(async move |unit| back.run(unit).await).await?
        };
        written.extend(of_set.filter(|_| !is_dry));
        all.extend(verdicts);
    }
    count(&mut job, &all);
    job.sets = json!(written);
    job.row_count = i32::try_from(all.len()).ok();
    job.done = job.row_count.unwrap_or_default();
    job.state = if job.rejected == 0 { "completed" } else { "completed_with_errors" }.into();
    job.finished_at = Some(ctx.clock.now());
    let transaction = ctx.db.begin(true).await?;
    let conn = ctx.db.within(&transaction);
    kept::insert(conn, &job).await?;
    job::keep_rows(conn, job.id, &all).await?;
    transaction.commit().await?;
    answer(ctx, job, all)
}

/// What the change sets of an import did, the last of it first, each record once.
async fn done(conn: Conn<'_>, set: Uuid) -> Result<Vec<Done>> {
    use change::Column as Change;
    use change_payload::Column as Payload;
    let mut select = Query::select();
    select
        .columns(
            [Change::Kind, Change::RecordId, Change::Version, Change::Op]
                .map(|column| (change::Entity, column)),
        )
        .column((change::Entity, Change::FactsBefore))
        .column((change_payload::Entity, Payload::Before))
        .from(change::Entity)
        .inner_join(
            change_payload::Entity,
            Cond::all()
                .add(
                    Expr::col((change_payload::Entity, Payload::SetId))
                        .equals((change::Entity, Change::SetId)),
                )
                .add(
                    Expr::col((change_payload::Entity, Payload::Ordinal))
                        .equals((change::Entity, Change::Ordinal)),
                ),
        )
        .and_where(Expr::col((change::Entity, Change::SetId)).eq(set))
        .order_by((change::Entity, Change::Ordinal), Order::Asc);
    let mut all: BTreeMap<(String, Uuid), (usize, Done)> = BTreeMap::new();
    for (place, row) in conn.all(&select).await?.iter().enumerate() {
        let (kind, id): (String, Uuid) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let (version, op): (i32, String) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
        let Some(def) = KINDS.get(&kind) else { continue };
        let seen: Option<Json> = row.try_get_by_index(4)?;
        let seen = seen.map(serde_json::from_value).transpose()?;
        let before: Option<String> = row.try_get_by_index(5)?;
        let before: Option<Json> = before.map(|text| serde_json::from_str(&text)).transpose()?;
        let key = (kind, id);
        if let Some((_, first)) = all.get_mut(&key) {
            // What it was before the first change, and as the last one left it.
            first.version = version;
            if let (Some(Json::Object(own)), Some(Json::Object(more))) = (&mut first.before, before) {
                more.into_iter().for_each(|(column, value)| {
                    own.entry(column).or_insert(value);
                });
            }
            match (first.op.as_str(), op.as_str()) {
                // It was not there before, and is not there now.
                ("create", "delete") => drop(all.remove(&key)),
                (_, "delete") => first.op = op,
                _ => {}
            }
            continue;
        }
        all.insert(key, (place, Done { kind: def, id, version, op, before, seen }));
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    Ok(all.into_iter().map(|(_, done)| done).collect())
}

/// Sets to be taken back by a unit, the last one first.
struct Back {
    sets: Vec<Uuid>,
    first: i32,
    job: Job,
}

impl Back {
    async fn run(&self, unit: &mut Unit) -> Result<(Vec<Verdict>, Option<Uuid>)> {
        let mut verdicts = Vec::new();
        for set in &self.sets {
            self.take_back(unit, *set, &mut verdicts).await?;
        }
        let is_done = |verdict: &Verdict| ["created", "updated", "deleted"].contains(&&*verdict.row.result);
        if !verdicts.iter().any(is_done) {
            return Ok((verdicts, None));
        }
        summarised::note(unit, &self.job).await?;
        Ok((verdicts, Some(unit.set())))
    }

    async fn take_back(&self, unit: &mut Unit, set: Uuid, verdicts: &mut Vec<Verdict>) -> Result<()> {
        let mut all = done(unit.conn(), set).await?;
        unit.doom(all.iter().filter(|done| done.op == "create").map(|done| done.id));
        let seq = |verdicts: &Vec<Verdict>| {
            self.first.saturating_add(i32::try_from(verdicts.len()).unwrap_or(i32::MAX))
        };
        // What was deleted comes first: what was changed may have led to it.
        for (def, outcome) in deleted::bring_back(unit, &all).await? {
            verdicts.push(Verdict::of_missing(seq(verdicts), def, &outcome));
        }
        all.retain(|done| done.op != "delete");
        // Those that others refer to come last when they are deleted, and all of it the other way round than it was done.
        let mut kinds: Vec<&'static KindDef> = all.iter().map(|done| done.kind).collect();
        kinds.sort_by_key(|def| std::cmp::Reverse(KINDS.place(def)));
        kinds.dedup_by_key(|def| def.name);
        for def in kinds {
            let own: Vec<&Done> = all.iter().filter(|done| done.kind.name == def.name).collect();
            for some in own.chunks(SIZE) {
                verdicts.extend(back(unit, def, some, seq(verdicts)).await?);
            }
        }
        Ok(())
    }
}

/// A record with what was there before an edit.
fn as_it_was(row: &Row, before: &Json) -> Result<Row> {
    let mut image = row.image();
    if let (Some(all), Some(old)) = (image.as_object_mut(), before.as_object()) {
        all.extend(old.clone());
    }
    let mut was = Row::from_image(row.def(), &image)?;
    was.set("version", row.version());
    Ok(was)
}

/// Takes back what was done to records of one kind.
async fn back(unit: &mut Unit, def: &'static KindDef, some: &[&Done], first: i32) -> Result<Vec<Verdict>> {
    let ids: BTreeSet<Uuid> = some.iter().map(|done| done.id).collect();
    let mut select = store::select(def);
    select.cond_where(visible(&unit.ctx.actor, def)).cond_where(Cond::all().add(def.col("id").is_in(ids)));
    let rows = store::rows(unit.conn(), def, &select).await?;
    let now: BTreeMap<Uuid, &Row> = rows.iter().map(|row| (row.id(), row)).collect();
    let (mut ops, mut refused) = (Vec::new(), Vec::new());
    let mut puts: Vec<Row> = Vec::new();
    for done in some {
        match (done.op.as_str(), now.get(&done.id), &done.before) {
            ("create", Some(row), _) if row.version() == done.version => {
                ops.push(Op::Delete { id: done.id, version: Some(done.version) });
            }
            ("update", Some(row), Some(before)) if row.version() == done.version => {
                puts.push(as_it_was(row, before)?);
            }
            (_, None, _) => {
                refused.push((done.id, "the record is not there any more, or not visible to you"));
            }
            _ => refused.push((done.id, "the record has changed since, and stays as it is")),
        }
    }
    let lost = unit.lost_ends(&puts.iter().collect::<Vec<_>>()).await?;
    for row in puts {
        if lost.contains_key(&row.id()) {
            refused.push((row.id(), "what the record led to is not there any more, so it stays as it is"));
        } else {
            ops.push(Op::Put(Box::new(row)));
        }
    }
    let mut outcomes = if ops.is_empty() { Vec::new() } else { unit.apply(def, ops, Atomic::Each).await? };
    outcomes.extend(
        refused
            .into_iter()
            .map(|(id, why)| deleted::refused(id, Error::Conflict(Code::PlanMoved, why.into()))),
    );
    let seqs = first..;
    Ok(seqs.zip(&outcomes).map(|(seq, outcome)| Verdict::of_missing(seq, def, outcome)).collect())
}
