//! Releases of older versions of the service: they get a subject and a state, and leave what they should never have
//! taken along.

use std::collections::BTreeSet;

use entity::{Plan, Release, release, vocab::ReleaseStatus};
use kernel::{Actor, Ctx, Result, Unit, cause::Cause, row::Row, store, unit::released::sets_with};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, json};

use super::{regions, term};
use crate::domain::Registered;

/// Completes the releases that older versions have stored; answers how many.
///
/// # Errors
/// What the database says.
pub async fn complete(ctx: &Ctx) -> Result<usize> {
    let ctx = Ctx { cause: Cause::Release, ..ctx.acting(Actor::system()) };
    if !store::exists(ctx.db.reading(), Release::def(), incomplete()).await? {
        return Ok(0);
    }
    ctx.run(complete_all).await
}

async fn complete_all(unit: &mut Unit) -> Result<usize> {
    let rows = store::all(unit.conn(), Release::def(), incomplete()).await?;
    for row in &rows {
        complete_one(unit, row).await?;
    }
    Ok(rows.len())
}

fn incomplete() -> Cond {
    Cond::all().add(Release::def().col("status").is_null())
}

async fn complete_one(unit: &mut Unit, row: &Row) -> Result<()> {
    let now = unit.ctx.clock.now();
    let plan = Cond::all().add(Plan::def().col("release_set_id").in_subquery(sets_with(row.id())));
    let plan = store::first(unit.conn(), Plan::def(), plan).await?;
    let status =
        match (row.read(release::REVOKED_AT), row.read(release::FROM_AT), row.read(release::UNTIL_AT)) {
            (Some(_), ..) => ReleaseStatus::Revoked,
            (_, _, Some(until)) if until <= now => ReleaseStatus::Ended,
            (_, Some(from), _) if from > now => ReleaseStatus::Scheduled,
            _ => ReleaseStatus::Live,
        };
    let joined: BTreeSet<String> = regions::joined(unit, row.owner()).await?;
    // A release whose plan is gone shows nothing; it had no other subject.
    let subject =
        plan.map_or_else(|| json!({ "kind": Plan::def().name }), |plan| json!({ "plan": plan.id() }));
    let set = [
        ("subject", subject),
        ("status", json!(status.code())),
        ("include_future", json!(false)),
        ("include_references", json!(false)),
        ("member_regions", json!(joined)),
    ];
    term::set(
        unit,
        row,
        set.map(|(name, value)| (name.to_owned(), value)).into_iter().collect::<Map<_, _>>(),
    )
    .await?;
    unit.narrow_levels(row.id()).await
}
