//! Releases to regions: what becomes of them when their owner leaves a region or joins one.
//!
//! A country that shared with its region did so as a member. What it released to a region it has left ends; what it
//! had released to a region it joins, as an outsider, waits until its focal point confirms it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use entity::{Release, release, vocab::ReleaseStatus};
use futures_util::future::BoxFuture;
use kernel::{
    Actor, Ctx, Result, Unit,
    cause::Cause,
    record::{Expected, Op},
    row::Row,
    store,
    unit::Item,
};
use sea_orm::{
    ActiveEnum,
    sea_query::{Cond, ExprTrait},
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{cover, term};
use crate::{domain::Registered, signin::circles::regions_of};

/// Regions an owner is a member of today; none for owners that are no countries.
///
/// # Errors
/// What the database says.
pub async fn joined(unit: &Unit, owner: &str) -> Result<BTreeSet<String>> {
    let all = regions_of(unit.conn(), [owner].into(), unit.ctx.clock.today()).await?;
    Ok(all.into_iter().map(|(_, region)| region).collect())
}

/// What becomes of releases when memberships are written.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        if items.iter().all(Item::is_rejected) {
            return Ok(());
        }
        let concerned = concerned(unit).await?;
        let actor = unit.elevate();
        let mut done = Ok(());
        for row in concerned {
            done = done.and(settle_one(unit, row.id()).await);
        }
        unit.act_as(actor);
        done
    })
}

/// Settles the releases whose owner is in other regions than when they were decided, each in a unit of its own, for
/// memberships begin and end with a day; answers how many.
///
/// # Errors
/// What the database says.
pub async fn settle(ctx: &Ctx) -> Result<usize> {
    let ctx = Ctx { cause: Cause::Release, ..ctx.acting(Actor::system()) };
    let waiting = ctx.rehearse(async move |unit| concerned(unit).await).await?;
    let count = waiting.len();
    let mut outcome = Ok(count);
    for id in waiting.iter().map(Row::id) {
        if let Err(error) = ctx.run(async move |unit| settle_one(unit, id).await).await {
            tracing::warn!(release.id = %id, "release {id} could not follow the regions of its owner: {error}");
            outcome = Err(error);
        }
    }
    outcome
}

/// The open releases to regions whose owner is in other regions now.
async fn concerned(unit: &Unit) -> Result<Vec<Row>> {
    let def = Release::def();
    let open = [ReleaseStatus::Scheduled, ReleaseStatus::Live, ReleaseStatus::Suspended];
    let which = Cond::all().add(def.col("status").is_in(open.map(|one| one.to_value())));
    let mut rows = store::all(unit.conn(), def, which).await?;
    rows.retain(|row| row.text("source_system") != Some(super::SENT) && named(row).next().is_some());
    let owners = rows.iter().map(Row::owner).collect();
    let now = regions_of(unit.conn(), owners, unit.ctx.clock.today()).await?;
    rows.retain(|row| {
        let is_in = |region: &String| now.contains(&(row.owner().to_owned(), region.clone()));
        let was = row.read(release::MEMBER_REGIONS).unwrap_or_default();
        named(row).any(|region| is_in(&region) != was.contains(&region))
    });
    Ok(rows)
}

/// The regions among the audiences of a release.
fn named(row: &Row) -> impl Iterator<Item = String> {
    let all = row.read(release::AUDIENCES).unwrap_or_default();
    all.into_iter().filter(|audience| audience.starts_with("region:"))
}

/// What becomes of an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Fate {
    Stays,
    Ends,
    Waits,
}

/// Ends or suspends a release; one to several audiences goes on for the others as a release of its own.
async fn settle_one(unit: &mut Unit, id: Uuid) -> Result<()> {
    let row = term::stored(unit, id).await?;
    if !term::is_open(&row) {
        return Ok(());
    }
    let (now, was) =
        (joined(unit, row.owner()).await?, row.read(release::MEMBER_REGIONS).unwrap_or_default());
    let fate = |audience: &String| match (was.contains(audience), now.contains(audience)) {
        (true, false) => Fate::Ends,
        (false, true) => Fate::Waits,
        _ => Fate::Stays,
    };
    let mut parts: HashMap<Fate, Vec<String>> = HashMap::new();
    for audience in row.read(release::AUDIENCES).unwrap_or_default() {
        parts.entry(fate(&audience)).or_default().push(audience);
    }
    let regions = ("member_regions".to_owned(), json!(now));
    if parts.len() > 1 {
        for fate in [Fate::Stays, Fate::Waits] {
            let Some(audiences) = parts.remove(&fate) else { continue };
            go_on(unit, &row, audiences, fate).await?;
        }
        return term::turn(unit, id, ReleaseStatus::Ended).await;
    }
    term::set(unit, &row, Map::from_iter([regions])).await?;
    match parts.into_keys().next() {
        Some(Fate::Ends) => term::turn(unit, id, ReleaseStatus::Ended).await,
        Some(Fate::Waits) => term::turn(unit, id, ReleaseStatus::Suspended).await,
        _ => Ok(()),
    }
}

/// Fields that a release hands on to the one that goes on in its place.
const HANDED_ON: [&str; 9] = [
    "subject",
    "mode",
    "basis",
    "purpose",
    "from_at",
    "until_at",
    "may_comment",
    "may_draft",
    "include_future",
];

/// Makes a release to some of the audiences of another one, of the same records.
async fn go_on(unit: &mut Unit, row: &Row, audiences: Vec<String>, fate: Fate) -> Result<()> {
    let image = row.image();
    let handed_on = HANDED_ON.iter().filter_map(|name| Some((*name, image.get(*name)?)));
    let mut fields: Map<String, Json> = handed_on
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    fields.insert("audiences".into(), json!(audiences));
    let op = Op::Upsert {
        source_system: cover::GOES_ON.into(),
        external_key: format!("{}/{}", row.id(), if fate == Fate::Waits { "waits" } else { "stays" }),
        expected: Expected::New,
        fields,
    };
    let mut owner = unit.actor().elevated();
    owner.acting = Some(row.owner().to_owned());
    let actor = unit.actor().clone();
    unit.act_as(Arc::new(owner));
    let made = unit.apply_one(Release::def(), op).await;
    unit.act_as(actor);
    let made = made?;
    let waits = fate == Fate::Waits || row.read(release::STATUS) == Some(ReleaseStatus::Suspended);
    match made.id.filter(|_| waits) {
        Some(id) => term::turn(unit, id, ReleaseStatus::Suspended).await,
        None => Ok(()),
    }
}
