//! Change sets taken back by a unit.

use std::collections::{BTreeMap, BTreeSet};

use entity::{change, change_payload};
use kernel::{
    Code, Error, KindDef, Result, Unit,
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
    super::{job::Job, outcome::count, report::Verdict, summarised},
    UNITS, deleted, put, units,
};
use crate::domain::KINDS;

/// Records taken back by one statement of the write path.
pub(super) const SIZE: usize = 1000;

/// What an import did to a record.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) kind: &'static KindDef,
    pub(super) id: Uuid,
    /// Version that the import left.
    pub(super) version: i32,
    pub(super) op: String,
    /// Of an edit the values of what it changed, of a deletion the record.
    pub(super) before: Option<Json>,
    /// The facts by which the record was seen before.
    pub(super) seen: Option<Scope>,
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

/// Sets to be taken back by a unit, the last one first, and the import that does so.
pub(super) struct Back {
    pub(super) sets: Vec<Uuid>,
    pub(super) job: Job,
}

impl Back {
    /// Answers how far the import is then, and what became of the records.
    pub(super) async fn run(&self, unit: &mut Unit) -> Result<(Job, Vec<Verdict>)> {
        let mut verdicts = Vec::new();
        for set in &self.sets {
            self.take_back(unit, *set, &mut verdicts).await?;
        }
        let mut job = self.job.clone();
        count(&mut job, &verdicts);
        job.done = job.done.saturating_add(i32::try_from(verdicts.len()).unwrap_or(i32::MAX));
        job.found = Some(json!({ UNITS: units(&self.job).saturating_add(self.sets.len()) }));
        if job.dry_run {
            return Ok((job, verdicts));
        }
        let is_done = |verdict: &Verdict| ["created", "updated", "deleted"].contains(&&*verdict.row.result);
        if verdicts.iter().any(is_done) {
            if let Some(sets) = job.sets.as_array_mut() {
                sets.push(json!(unit.set()));
            }
            summarised::note(unit, &job).await?;
        }
        put(unit.conn(), &job, self.job.done, &verdicts).await?;
        Ok((job, verdicts))
    }

    async fn take_back(&self, unit: &mut Unit, set: Uuid, verdicts: &mut Vec<Verdict>) -> Result<()> {
        let mut all = done(unit.conn(), set).await?;
        unit.doom(all.iter().filter(|done| done.op == "create").map(|done| done.id));
        let seq = |verdicts: &Vec<Verdict>| {
            self.job.done.saturating_add(i32::try_from(verdicts.len()).unwrap_or(i32::MAX))
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
