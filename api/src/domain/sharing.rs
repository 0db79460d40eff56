//! Releases beyond the owner: what each shows, how it begins and ends, and what an audience would see.

pub mod audience;
mod check;
pub mod cover;
pub mod disclosure;
pub mod preview;
pub mod regions;
pub mod stored;
pub mod term;

use chrono::{DateTime, Utc};
use entity::{Plan, Release, release, vocab::ReleaseStatus};
use futures_util::future::BoxFuture;
use kernel::{
    Error, KindDef, Result, Unit,
    policy::Verb,
    record::{Expected, Op},
    store,
    unit::Item,
};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::json;
use uuid::Uuid;

use super::Registered;
pub use check::check;

/// Source system of the releases that come with bundles: their sender decides about them.
pub const SENT: &str = "bundle";

/// The kind of releases.
#[must_use]
pub fn kind() -> &'static KindDef {
    Release::def()
}

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

/// Releases a plan with everything below it, for seeds and tests.
///
/// # Errors
/// Why the release was refused.
pub async fn release(unit: &mut Unit, plan: Uuid, release: &NewRelease) -> Result<Uuid> {
    let fields = json!({
        "subject": { "plan": plan },
        "audiences": release.audiences,
        "basis": release.basis,
        "purpose": release.purpose,
        "from_at": release.from_at,
        "until_at": release.until_at,
    });
    let fields = fields.as_object().cloned().unwrap_or_default();
    let op = match release.key.clone() {
        Some((source_system, external_key)) => {
            Op::Upsert { source_system, external_key, expected: Expected::Anything, fields }
        }
        None => Op::Create(fields),
    };
    let made = unit.apply_one(Release::def(), op).await?;
    made.id.ok_or_else(|| Error::Internal("a release has no id".into()))
}

/// Gives the releases of the service itself the owner of their plan; callers release for the owner they act for.
pub fn prepare<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        if !unit.actor().is_system() || unit.actor().acting.is_some() {
            return Ok(());
        }
        for item in items.iter_mut() {
            let plan =
                item.fields.get("subject").and_then(|subject| subject.get("plan")?.as_str()?.parse().ok());
            let Some(plan): Option<Uuid> = plan else { continue };
            let which = Cond::all().add(Plan::def().col("id").eq(plan));
            if let Some(plan) = store::first(unit.conn(), Plan::def(), which).await? {
                item.fields.insert("owner".into(), plan.owner().into());
            }
        }
        Ok(())
    })
}

/// Lets releases show what they are made for, and ends those that are revoked.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter().filter(|item| !item.is_rejected()) {
            let (id, status) = (item.after.id(), item.after.read(release::STATUS));
            let is_live = status == Some(ReleaseStatus::Live);
            match item.verb {
                Verb::Create if item.is_new() => {
                    let covered = cover::of(unit, &item.after).await?;
                    cover::put_in(unit, covered.records, id).await?;
                    if is_live {
                        term::begin(unit, id).await?;
                    }
                }
                Verb::Move(step) if step.name == "confirm" && is_live => term::begin(unit, id).await?,
                Verb::Move(step) if step.name == "revoke" => term::end(unit, id).await?,
                _ => {}
            }
        }
        Ok(())
    })
}
