//! Countries whose records another installation keeps and sends here as bundles: nobody acts for them here.

use std::collections::BTreeSet;

use entity::{
    Grant, bundle,
    bundle_key::{Column, Entity},
};
use kernel::{Code, Error, Result, Unit, db::Conn, unit::Item};
use sea_orm::{
    ColumnTrait,
    sea_query::{Query, UnionType},
};

use super::Registered;

/// Those of these owners whose records another installation keeps: it may send some, or what it has sent is here.
///
/// # Errors
/// What the database says.
async fn those(conn: Conn<'_>, owners: BTreeSet<&str>) -> Result<Vec<String>> {
    if owners.is_empty() {
        return Ok(Vec::new());
    }
    let mut received = Query::select();
    received.column(bundle::Column::Owner).from(bundle::Entity);
    received.and_where(bundle::Column::Owner.is_in(owners.iter().copied()));
    received.and_where(bundle::Column::State.eq("current"));
    let mut select = Query::select();
    select.column(Column::Owner).from(Entity);
    select.and_where(Column::Owner.is_in(owners)).and_where(Column::IsOwn.eq(false));
    select.and_where(Column::RevokedAt.is_null()).union(UnionType::Distinct, received);
    conn.all(&select).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Lets those go one after the other who make a grant of one of these owners, pin a key of it, or receive or end a bundle of it.
///
/// # Errors
/// What the database says.
pub(super) async fn claim(unit: &Unit, owners: BTreeSet<&str>) -> Result<()> {
    unit.claim(Grant::def(), "owner", owners.into_iter().map(str::to_owned).collect()).await
}

/// Refuses items whose owner another installation keeps the records of.
///
/// # Errors
/// What the database says.
pub(super) async fn refuse(unit: &Unit, items: &mut [Item], why: &str) -> Result<()> {
    let open = items.iter().filter(|item| !item.is_rejected()).map(|item| item.after.owner());
    let elsewhere = those(unit.conn(), open.collect()).await?;
    for item in items.iter_mut().filter(|item| elsewhere.iter().any(|owner| owner == item.after.owner())) {
        item.reject(Error::Conflict(Code::KeptElsewhere, why.into()));
    }
    Ok(())
}
