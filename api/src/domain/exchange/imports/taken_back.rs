//! Which imports were taken back, and by which.

use std::collections::BTreeMap;

use entity::import_job::{Column, Entity};
use kernel::{Result, db::Conn};
use sea_orm::{
    ColumnTrait,
    sea_query::{Cond, Expr, Order, Query},
};
use uuid::Uuid;

use super::{Import, job::Job};

/// Tells with each import which one took it back: the last one, where several did.
///
/// # Errors
/// What the database says.
pub(super) async fn tell(conn: Conn<'_>, imports: &mut [Import]) -> Result<()> {
    if imports.is_empty() {
        return Ok(());
    }
    let mut select = Query::select();
    select
        .columns([Column::Reverts, Column::Id])
        .from(Entity)
        .and_where(conn.among(Expr::col(Column::Reverts), imports.iter().map(|import| &import.id)))
        .and_where(Column::DryRun.eq(false))
        .order_by(Column::Id, Order::Asc);
    let mut by: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    for row in conn.all(&select).await? {
        by.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    }
    for import in imports {
        import.reverted_by = by.get(&import.id).copied();
    }
    Ok(())
}

/// Whether the import, or an earlier one of its owner of the same file with the same settings, was taken back since the import
/// was sent: what it says of its rows is then not true any more.
///
/// # Errors
/// What the database says.
pub(super) async fn since(conn: Conn<'_>, job: &Job) -> Result<bool> {
    let same = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::Asked.eq(job.asked.as_str()))
        .and_where(Column::Owner.eq(job.owner.as_str()))
        .take();
    let mut select = Query::select();
    select
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Column::Reverts.in_subquery(same))
        .cond_where(Cond::any().add(Column::Id.gt(job.id)).add(Column::Reverts.eq(job.id)))
        .and_where(Column::DryRun.eq(false))
        .limit(1);
    Ok(conn.one(&select).await?.is_some())
}
