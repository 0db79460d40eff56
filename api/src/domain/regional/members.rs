//! The member countries of a region now, by the memberships on record.

use std::collections::BTreeSet;

use entity::{Country, Region, RegionMembership, country, region, region_membership};
use kernel::{Ctx, Result, Unit, db::Conn, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use crate::domain::{Registered, small};

/// Ids of the countries that are members of a region (`region:CA`) on a day.
async fn of(conn: Conn<'_>, owner: &str, today: chrono::NaiveDate) -> Result<BTreeSet<Uuid>> {
    let code = owner.strip_prefix("region:").unwrap_or_default();
    let def = Region::def();
    let named = Cond::all().add(def.col(region::CODE.column).eq(code));
    let Some(found) = store::first(conn, def, named).await? else { return Ok(BTreeSet::new()) };
    let def = RegionMembership::def();
    let of = Cond::all().add(def.col(region_membership::REGION.column).eq(found.id()));
    let is_now = |row: &&Row| {
        let begun = row.read(region_membership::FROM_ON).is_none_or(|day| day <= today);
        let is_over = |day: Option<chrono::NaiveDate>| day.is_some_and(|day| day < today);
        begun && !is_over(row.read(region_membership::UNTIL_ON)) && !is_over(row.date("valid_until"))
    };
    let rows = store::all(conn, def, of).await?;
    Ok(rows.iter().filter(is_now).filter_map(|row| row.read(region_membership::COUNTRY)).collect())
}

/// The member countries of a region now.
///
/// # Errors
/// What the database says.
pub(super) async fn countries(unit: &Unit, owner: &str) -> Result<BTreeSet<Uuid>> {
    of(unit.conn(), owner, unit.ctx.clock.today()).await
}

/// How many countries are members of a region now.
///
/// # Errors
/// What the database says.
pub(super) async fn count(ctx: &Ctx, owner: &str) -> Result<i32> {
    let members = of(ctx.db.reading(), owner, ctx.clock.today()).await?;
    Ok(small(members.len()))
}

/// The codes of the countries that are members of a region now.
///
/// # Errors
/// What the database says.
pub(super) async fn codes(ctx: &Ctx, owner: &str) -> Result<BTreeSet<String>> {
    let members = of(ctx.db.reading(), owner, ctx.clock.today()).await?;
    let rows = store::by_ids(ctx, Country::def(), &members).await?;
    Ok(rows.values().filter_map(|row| row.read(country::CODE)).collect())
}
