//! What bundles leave in the database: their releases, their records, and which bundle is current.

use std::{
    cmp::min,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use entity::{
    Release,
    bundle::{self, Column},
    bundle_record, release,
    vocab::{ReleaseMode, ReleaseStatus},
};
use kernel::{
    Ctx, Error, Result, Unit,
    row::Row,
    shared_sets::set_id,
    store,
    unit::{Rows, released::WantedSets},
};
use sea_orm::{
    ColumnTrait,
    sea_query::{Cond, Expr, ExprTrait, Query},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Bundle,
    incoming::{is_held, rows},
    keys::hidden_id,
    receive::{Content, must_operate},
    stored,
};
use crate::domain::{
    KINDS, Registered, elsewhere,
    exchange::kept,
    sharing::{SENT, regions, term},
};

/// What a bundle is in the place of: what came of the same plan, or of everything.
pub(super) fn stream(bundle: &bundle::Model) -> Uuid {
    bundle.plan_id.unwrap_or_default()
}

/// Stores the state of a bundle that is current.
pub(super) async fn mark(unit: &Unit, id: Uuid, state: &str) -> Result<()> {
    let mut update = Query::update();
    update.table(bundle::Entity).value(Column::State, state);
    update.and_where(Column::Id.eq(id)).and_where(Column::State.eq("current"));
    unit.conn().run(&update).await?;
    Ok(())
}

/// Takes back a bundle that was received: its records are destroyed here.
///
/// # Errors
/// `Forbidden` for all but operators; `NotFound`; `IllegalMove` for one that is not current.
pub async fn withdraw(ctx: &Ctx, id: Uuid) -> Result<Bundle> {
    let owner = stored::find(ctx, id).await?.owner;
    must_operate(ctx)?;
    if !ctx.run(async move |unit: &mut Unit| end(unit, (id, &owner), "withdrawn").await).await? {
        return Err(Error::no_move("only a bundle that was received and is current is withdrawn"));
    }
    stored::find(ctx, id).await
}

/// Ends the bundles whose time is over: what they have brought is destroyed.
///
/// # Errors
/// What the database says.
pub async fn end_over(ctx: &Ctx) -> Result<()> {
    let over = Cond::all().add(Column::State.eq("current")).add(Column::ValidUntil.lte(ctx.clock.now()));
    for one in kept::select::<bundle::Entity>(ctx.db.reading(), Column::Id, over, (None, 100)).await? {
        ctx.run(async move |unit: &mut Unit| end(unit, (one.id, &one.owner), "ended").await).await?;
    }
    Ok(())
}

/// Ends a bundle that is current; answers whether it was.
async fn end(unit: &mut Unit, (id, owner): (Uuid, &str), state: &str) -> Result<bool> {
    elsewhere::claim(unit, [owner].into()).await?;
    let which = Cond::all().add(Column::Id.eq(id)).add(Column::State.eq("current"));
    let found = kept::select::<bundle::Entity>(unit.conn(), Column::Id, which, (None, 1)).await?.pop();
    let Some(bundle) = found else { return Ok(false) };
    let actor = unit.elevate();
    let done = put(unit, owner, &[stream(&bundle)].into(), None).await;
    unit.act_as(actor);
    done?;
    mark(unit, id, state).await?;
    unit.remember();
    Ok(true)
}

/// Puts what a bundle holds, or nothing, in the place of what came by these streams of an owner.
pub(super) async fn put(
    unit: &mut Unit,
    owner: &str,
    streams: &BTreeSet<Uuid>,
    content: Option<&Content>,
) -> Result<()> {
    let earlier = releases_of(unit, owner, streams).await?;
    let shows = match content {
        Some(content) => releases(unit, owner, content, &earlier).await?,
        None => HashMap::new(),
    };
    let stored = rows_of(unit, owner).await?;
    let brought = brought(unit, owner).await?;
    let sent = match content {
        Some(content) => rows(unit, owner, content).await?,
        None => Vec::new(),
    };
    let inside: HashSet<Uuid> = sent.iter().map(|(row, _)| row.id()).collect();
    let came = |row: &&Row| {
        let by = brought.get(&row.id()).filter(|by| !by.is_disjoint(streams));
        !inside.contains(&row.id()) && by.is_some()
    };
    let stays = |row: &&Row| brought.get(&row.id()).is_some_and(|by| !by.is_subset(streams));
    let (staying, gone): (Vec<&Row>, Vec<&Row>) = stored.values().filter(came).partition(stays);
    // What other bundles show goes on.
    let sets = stored.values().filter_map(|row| row.uuid("release_set_id")).collect();
    let known = unit.released(&sets).await?;
    let others = |row: &Row| -> BTreeSet<Uuid> {
        known.of(row).filter(|one| one.is_open && !earlier.contains_key(&one.id)).map(|one| one.id).collect()
    };
    let sets_of = |(row, releases): &(Row, Vec<Uuid>)| -> BTreeSet<Uuid> {
        let new = releases.iter().filter_map(|id| shows.get(id)).copied();
        new.chain(stored.get(&row.id()).into_iter().flat_map(&others)).collect()
    };
    let wanted: HashMap<Uuid, BTreeSet<Uuid>> = sent
        .iter()
        .map(|one| (one.0.id(), sets_of(one)))
        .chain(staying.iter().map(|row| (row.id(), others(row))))
        .collect();
    let all: WantedSets = wanted.values().map(|set| (owner.to_owned(), set.clone())).collect();
    let made = unit.release_sets(all).await?;
    let set_of = |id: Uuid| wanted.get(&id).and_then(|set| made.get(set)).copied();
    let kept = staying.iter().map(|row| (row.id(), set_of(row.id()))).collect();
    let gone = by_kind(gone.into_iter().cloned());
    let sent = sent.into_iter().map(|(mut row, _)| {
        row.set("release_set_id", set_of(row.id()));
        row
    });
    let sent = by_kind(sent);
    unit.receive(stored, (sent, kept), gone).await?;
    let stream = content.map(|content| content.checked.header.plan.unwrap_or_default());
    bring(unit, owner, (streams, stream), inside).await?;
    for id in shows.values() {
        term::begin(unit, *id).await?;
    }
    let kept: BTreeSet<&Uuid> = shows.values().collect();
    for id in earlier.keys().filter(|id| !kept.contains(id)) {
        term::turn(unit, *id, ReleaseStatus::Ended).await?;
    }
    Ok(())
}

/// Rows by their kinds, those first that others refer to.
fn by_kind(rows: impl Iterator<Item = Row>) -> Rows {
    let mut found: HashMap<&str, Vec<Row>> = HashMap::new();
    for row in rows {
        found.entry(row.def().name).or_default().push(row);
    }
    KINDS.all().iter().filter_map(|def| Some((*def, found.remove(def.name)?))).collect()
}

/// The records that bundles of an owner have brought, with the streams by which they came.
async fn brought(unit: &Unit, owner: &str) -> Result<HashMap<Uuid, BTreeSet<Uuid>>> {
    use bundle_record::{Column, Entity};
    let mut select = Query::select();
    select.columns([Column::RecordId, Column::Stream]).from(Entity).and_where(Column::Owner.eq(owner));
    let mut all: HashMap<Uuid, BTreeSet<Uuid>> = HashMap::new();
    for row in unit.conn().all(&select).await? {
        all.entry(row.try_get_by_index(0)?).or_default().insert(row.try_get_by_index(1)?);
    }
    Ok(all)
}

/// Notes that these records came by a stream, and nothing else by those that were there before.
async fn bring(
    unit: &Unit,
    owner: &str,
    (streams, stream): (&BTreeSet<Uuid>, Option<Uuid>),
    records: HashSet<Uuid>,
) -> Result<()> {
    use bundle_record::{Column, Entity};
    let mut delete = Query::delete();
    delete.from_table(Entity).and_where(Column::Owner.eq(owner));
    delete.and_where(Column::Stream.is_in(streams.iter().copied()));
    unit.conn().run(&delete).await?;
    let Some(stream) = stream else { return Ok(()) };
    let records: Vec<Uuid> = records.into_iter().collect();
    for some in records.chunks(4_000) {
        let mut insert = Query::insert();
        insert.into_table(Entity).columns([Column::Owner, Column::Stream, Column::RecordId]);
        for id in some {
            insert.values_panic([Expr::val(owner), Expr::val(stream), Expr::val(*id)]);
        }
        unit.conn().run(&insert).await?;
    }
    Ok(())
}

/// The releases that came by these streams.
async fn releases_of(unit: &Unit, owner: &str, streams: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, Row>> {
    let def = Release::def();
    let which = Cond::all().add(def.col("owner").eq(owner)).add(def.col("source_system").eq(SENT));
    let rows = store::all(unit.conn(), def, which).await?;
    let is_of = |row: &Row| {
        let of = row.text("external_key").and_then(|key| key.split_once('/')?.0.parse().ok());
        of.is_some_and(|of: Uuid| streams.contains(&of))
    };
    Ok(rows.into_iter().filter(is_of).map(|row| (row.id(), row)).collect())
}

/// Writes the releases of a bundle; answers those that are here by those that were sent.
async fn releases(
    unit: &mut Unit,
    owner: &str,
    content: &Content,
    earlier: &BTreeMap<Uuid, Row>,
) -> Result<HashMap<Uuid, Uuid>> {
    let (header, def) = (&content.checked.header, Release::def());
    let of = header.plan.unwrap_or_default();
    let regions = regions::joined(unit, owner).await?;
    let (mut rows, mut shows) = (Vec::new(), HashMap::new());
    for sent in &content.releases {
        let id = set_id([sent.id, of].iter(), [hidden_id(&unit.ctx, owner)].iter());
        let until = min(sent.until_at.unwrap_or(header.valid_until), header.valid_until);
        let mut row = Row::empty(def);
        row.set("id", id);
        row.set("owner", owner);
        row.set("source_system", SENT);
        row.set("external_key", format!("{of}/{}", sent.id));
        row.write(release::SUBJECT, serde_json::to_value(&sent.subject)?);
        row.set("audiences", json!(sent.audiences));
        row.set("member_regions", json!(regions));
        row.write(release::MODE, ReleaseMode::Read);
        row.write(release::STATUS, ReleaseStatus::Live);
        row.write(release::FROM_AT, min(sent.from_at, unit.ctx.clock.now()));
        row.write(release::UNTIL_AT, until);
        for flag in ["may_comment", "may_draft", "include_future", "include_references"] {
            row.set(flag, false);
        }
        rows.push(row);
        shows.insert(sent.id, id);
    }
    let known = rows.iter().filter_map(|row| Some((row.id(), earlier.get(&row.id())?.clone()))).collect();
    unit.receive(known, (vec![(def, rows)], Vec::new()), Vec::new()).await?;
    Ok(shows)
}

/// Every record of an owner of a kind that bundles hold.
async fn rows_of(unit: &Unit, owner: &str) -> Result<BTreeMap<Uuid, Row>> {
    let mut all = BTreeMap::new();
    for def in KINDS.served().filter(|def| is_held(def)) {
        let rows = store::all(unit.conn(), def, Cond::all().add(def.col("owner").eq(owner))).await?;
        all.extend(rows.into_iter().map(|row| (row.id(), row)));
    }
    Ok(all)
}
