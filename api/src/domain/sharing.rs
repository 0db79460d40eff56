//! Releases beyond the country: one column of the plan and of everything below it.

pub mod term;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use entity::{release, release_set};
use kernel::{
    Code, Error, KindDef, Record, Result, Unit,
    policy::{Class, Verb},
    record::{Op, OutcomeKind},
    row::Row,
    store,
    unit::Atomic,
};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, json};
use uuid::Uuid;

use super::{
    cooperation::task::Task,
    plans::{action::Action, objective::Objective, pillar::Pillar, plan::Plan},
};

/// What a country says when it releases a plan with its content.
#[derive(Clone, Debug)]
pub struct Release {
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

/// Description of releases: logged records without operations of their own.
#[must_use]
pub fn release_def() -> &'static KindDef {
    static DEF: LazyLock<KindDef> = LazyLock::new(|| {
        KindDef::bare::<release::Entity>("release", "releases", Class::Shared)
            .lists("audiences", "release_audience")
    });
    &DEF
}

/// Description of sets of releases: logged records without operations of their own.
#[must_use]
pub fn release_set_def() -> &'static KindDef {
    static DEF: LazyLock<KindDef> = LazyLock::new(|| {
        KindDef::bare::<release_set::Entity>("release_set", "release-sets", Class::Shared).links(
            "releases",
            "release_set_member",
            "release",
        )
    });
    &DEF
}

/// Releases a plan with everything below it; the only writer of releases.
///
/// # Errors
/// `NotFound` if the plan is not visible, `Forbidden` for all but the country's focal point.
pub async fn release(unit: &mut Unit, plan: Uuid, release: &Release) -> Result<Uuid> {
    let def = Plan::def();
    let plan_row = store::first(
        unit.conn(),
        def,
        Cond::all().add(kernel::policy::visible(unit.actor(), def)).add(def.col("id").eq(plan)),
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
    for def in [def, Pillar::def(), Objective::def(), Action::def(), Task::def()] {
        let column = def.plan_column().unwrap_or("plan_id");
        let rows = store::all(unit.conn(), def, Cond::all().add(def.col(column).eq(plan))).await?;
        add_to(unit, def, rows, id).await?;
    }
    Ok(id)
}

/// Stores the release; answers its id, and whether it is a new one.
async fn record_release(unit: &mut Unit, owner: &str, release: &Release) -> Result<(Uuid, bool)> {
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
        Some((source_system, external_key)) => Op::Upsert { source_system, external_key, fields },
        None => Op::Create(fields),
    };
    let made = unit.apply_one(release_def(), op).await?;
    let id = made.id.ok_or_else(|| Error::Internal("a release has no id".into()))?;
    Ok((id, matches!(made.kind, OutcomeKind::Created)))
}

/// Adds a release to the sets of these rows: one write for all rows of a kind.
async fn add_to(unit: &mut Unit, def: &'static KindDef, rows: Vec<Row>, release: Uuid) -> Result<()> {
    let mut sets: BTreeMap<Option<Uuid>, Uuid> = BTreeMap::new();
    let stored: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.uuid("release_set_id")).collect();
    let members: HashMap<Uuid, Vec<Uuid>> = unit
        .rows_of(release_set_def(), &stored)
        .await?
        .into_iter()
        .map(|(id, row)| (id, row.ids("releases")))
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
        });
    }
    let actor = unit.elevate();
    let done = if ops.is_empty() { Ok(Vec::new()) } else { unit.apply(def, ops, Atomic::All).await };
    unit.act_as(actor);
    done.map(drop)
}

/// The stored set with exactly these releases; equal sets are stored once.
async fn set_of(unit: &mut Unit, owner: &str, releases: &BTreeSet<Uuid>) -> Result<Uuid> {
    let key = kernel::sets::set_id(releases.iter(), [].iter()).to_string();
    let fields = json!({ "owner": owner, "releases": releases });
    let fields = fields.as_object().cloned().unwrap_or_default();
    let actor = unit.elevate();
    let op = Op::Upsert { source_system: "release_set".into(), external_key: key, fields };
    let made = unit.apply_one(release_set_def(), op).await;
    unit.act_as(actor);
    made?.id.ok_or_else(|| Error::Internal("a set of releases has no id".into()))
}
