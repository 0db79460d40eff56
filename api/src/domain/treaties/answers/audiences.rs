//! Whom records are released to.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    Release, release,
    vocab::{ReleaseMode, ReleaseStatus},
};
use kernel::{
    Ctx, Result,
    policy::{Scope, readable},
    row::Row,
    store,
};
use sea_orm::sea_query::{Alias, Expr, Query};
use uuid::Uuid;

use crate::domain::Registered;

/// The audiences of records, by the set of releases that each is in.
pub(super) struct Audiences {
    /// None where the caller may not read the releases.
    by_set: Option<BTreeMap<Uuid, BTreeSet<String>>>,
    public: BTreeSet<Uuid>,
}

impl Audiences {
    /// Looks up whom records of an owner are released to, in two statements at most.
    pub(super) async fn read(ctx: &Ctx, owner: &str, rows: &[Row]) -> Result<Self> {
        let public = ctx.actor.standing.public_sets.clone();
        let scope = Scope { owner: owner.to_owned(), ..Scope::default() };
        if !readable(&ctx.actor, Release::def(), &scope) {
            return Ok(Self { by_set: None, public });
        }
        let sets: BTreeSet<Uuid> = rows.iter().filter_map(set_of).collect();
        let members = members(ctx, &sets).await?;
        let ids = members.iter().map(|(_, release)| *release).collect();
        let releases = store::by_ids(ctx, Release::def(), &ids).await?;
        let now = ctx.clock.now();
        let shows = |row: &Row| {
            row.read(release::STATUS) == Some(ReleaseStatus::Live)
                && row.read(release::MODE) == Some(ReleaseMode::Read)
                && row.read(release::UNTIL_AT).is_none_or(|at| at > now)
        };
        let mut by_set: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
        for (set, release) in members {
            let live = releases.get(&release).filter(|row| shows(row));
            let audiences = live.and_then(|row| row.read(release::AUDIENCES)).unwrap_or_default();
            by_set.entry(set).or_default().extend(audiences);
        }
        Ok(Self { by_set: Some(by_set), public })
    }

    /// Whom a record is released to; none where the caller may not know.
    pub(super) fn of(&self, row: &Row) -> Option<Vec<String>> {
        let all = self.by_set.as_ref()?;
        let found = set_of(row).and_then(|set| all.get(&set));
        Some(found.into_iter().flatten().cloned().collect())
    }

    /// Whether a record is released to everybody.
    pub(super) fn are_public(&self, row: &Row) -> bool {
        set_of(row).is_some_and(|set| self.public.contains(&set))
    }
}

fn set_of(row: &Row) -> Option<Uuid> {
    row.uuid("release_set_id")
}

/// The releases of these sets, as pairs.
async fn members(ctx: &Ctx, sets: &BTreeSet<Uuid>) -> Result<Vec<(Uuid, Uuid)>> {
    if sets.is_empty() {
        return Ok(Vec::new());
    }
    let of = |column: &'static str| Expr::col(("release_set_member", column));
    let select = Query::select()
        .expr(of("from_id"))
        .expr(of("to_id"))
        .from(Alias::new("release_set_member"))
        .and_where(ctx.db.reading().among(of("from_id"), sets))
        .take();
    let rows = ctx.db.reading().all(&select).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}
