//! Releases beyond the country: one column of the plan and of everything below it.

pub mod term;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use entity::{Plan, ReleaseSet, release_set};
use kernel::{
    Code, Error, KindDef, Result, Unit,
    policy::{Verb, visible},
    record::{Expected, Op, OutcomeKind},
    row::Row,
    store,
    unit::Atomic,
};
use model::access::Visibility;
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, json};
use uuid::Uuid;

use super::Registered;

/// What a country says when it releases a plan with its content.
#[derive(Clone, Debug)]
pub struct NewRelease {
    /// Who may read it: `public`, `partners`, `network`, `region:CA`, `country:KAZ`, `org:UNICRI`.
    pub audiences: Vec<String>,
    /// Legal or administrative basis.
    pub basis: Option<String>,
    /// Purpose.
    pub purpose: Option<String>,
    /// When it starts (an embargo, if later than now).
    pub from_at: DateTime<Utc>,
    /// When it ends.
    pub until_at: Option<DateTime<Utc>>,
    /// Key under which the same release is found again; makes a repeated call change nothing.
    pub key: Option<(String, String)>,
}

/// Releases a plan with everything below it; the only writer of releases.
///
/// # Errors
/// `NotFound` if the plan is not visible, `Forbidden` for all but the country's focal point.
pub async fn release(unit: &mut Unit, plan: Uuid, release: &NewRelease) -> Result<Uuid> {
    let def = Plan::def();
    let plan_row = store::first(
        unit.conn(),
        def,
        Cond::all().add(visible(unit.actor(), def)).add(def.col("id").eq(plan)),
    )
    .await?
    .ok_or(Error::NotFound)?;
    if release.audiences.is_empty() {
        return Err(Error::invalid("/audiences", Code::Required, "a release names its audiences"));
    }
    let (id, is_new) = record_release(unit, plan_row.owner(), release).await?;
    if is_new && release.from_at <= unit.ctx.clock.now() {
        term::begin(unit, id).await?;
    }
    for def in unit.ctx.kinds.all().iter().copied().filter(|def| def.is_national()) {
        let Some(column) = def.plan_column() else { continue };
        // What the country shares with some of its bodies only goes out by its own id, never along.
        let which = Cond::all().add(def.col(column).eq(plan)).add(
            Cond::any()
                .add(def.col("id").eq(plan))
                .add(def.col("visibility").eq(Visibility::National.code())),
        );
        let rows = store::all(unit.conn(), def, which).await?;
        add_to(unit, def, rows, id).await?;
    }
    Ok(id)
}

/// Stores the release; answers its id, and whether it is a new one.
async fn record_release(unit: &mut Unit, owner: &str, release: &NewRelease) -> Result<(Uuid, bool)> {
    let fields = json!({
        "owner": owner,
        "audiences": release.audiences,
        "mode": "read",
        "basis": release.basis,
        "purpose": release.purpose,
        "from_at": release.from_at,
        "until_at": release.until_at,
        "may_comment": false,
        "may_draft": false,
    });
    let fields = fields.as_object().cloned().unwrap_or_default();
    let op = match release.key.clone() {
        Some((source_system, external_key)) => {
            Op::Upsert { source_system, external_key, expected: Expected::Anything, fields }
        }
        None => Op::Create(fields),
    };
    let made = unit.apply_one(entity::Release::def(), op).await?;
    let id = made.id.ok_or_else(|| Error::Internal("a release has no id".into()))?;
    Ok((id, matches!(made.kind, OutcomeKind::Created)))
}

/// Adds a release to the sets of these rows: one write for all rows of a kind.
async fn add_to(unit: &mut Unit, def: &'static KindDef, rows: Vec<Row>, release: Uuid) -> Result<()> {
    let mut sets: BTreeMap<Option<Uuid>, Uuid> = BTreeMap::new();
    let stored: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.uuid("release_set_id")).collect();
    let members: HashMap<Uuid, Vec<Uuid>> = unit
        .rows_of(ReleaseSet::def(), &stored)
        .await?
        .into_iter()
        .map(|(id, row)| (id, row.read(release_set::RELEASES).unwrap_or_default()))
        .collect();
    let mut ops = Vec::new();
    for row in rows {
        let old = row.uuid("release_set_id");
        let mut all: BTreeSet<Uuid> =
            old.and_then(|id| members.get(&id)).into_iter().flatten().copied().collect();
        if !all.insert(release) {
            continue;
        }
        let set = match sets.get(&old) {
            Some(set) => *set,
            None => set_of(unit, row.owner(), &all).await?,
        };
        sets.insert(old, set);
        let fields = Map::from_iter([("release_set_id".to_owned(), json!(set))]);
        ops.push(Op::Move {
            id: row.id(),
            version: Some(row.version()),
            verb: Verb::Release,
            authority: Verb::Release,
            set: fields,
            faults: Vec::new(),
        });
    }
    let actor = unit.elevate();
    let done = if ops.is_empty() { Ok(Vec::new()) } else { unit.apply(def, ops, Atomic::All).await };
    unit.act_as(actor);
    done.map(drop)
}

/// The stored set with exactly these releases; equal sets are stored once.
async fn set_of(unit: &mut Unit, owner: &str, releases: &BTreeSet<Uuid>) -> Result<Uuid> {
    let key = kernel::shared_sets::set_id(releases.iter(), [].iter()).to_string();
    let fields = json!({ "owner": owner, "releases": releases });
    let fields = fields.as_object().cloned().unwrap_or_default();
    let actor = unit.elevate();
    let op = Op::Upsert {
        source_system: "release_set".into(),
        external_key: key,
        expected: Expected::Anything,
        fields,
    };
    let made = unit.apply_one(ReleaseSet::def(), op).await;
    unit.act_as(actor);
    made?.id.ok_or_else(|| Error::Internal("a set of releases has no id".into()))
}
