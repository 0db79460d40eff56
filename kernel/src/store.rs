//! Reads of record tables; `visible()` is inside each of them.

mod edges;
mod facts;

use std::collections::BTreeSet;

use sea_orm::{
    QueryResult,
    sea_query::{Alias, Cond, Expr, ExprTrait, Order, SelectStatement},
};
use uuid::Uuid;

pub use edges::{Via, by_ids, by_parent};
pub use facts::{all_owner_languages, holdings, owner_languages};

use crate::{
    ctx::Ctx,
    db::Conn,
    error::{Error, Result},
    page::{Page, Slice, counting},
    policy::visible,
    record::KindDef,
    render::{Named, along::Along},
    row::Row,
    standings,
};

/// Ids that one statement asks for; longer lists are asked for in parts.
pub(crate) const IDS: usize = 10_000;

/// A select of every column of a kind, in the kind's order.
#[must_use]
pub fn select(def: &KindDef) -> SelectStatement {
    let mut select = SelectStatement::new();
    select.columns(def.columns.iter().map(|column| (def.iden(), Alias::new(column.name)))).from(def.iden());
    select
}

/// Runs a [`select`] and reads its rows.
///
/// # Errors
/// What the database says.
pub async fn rows(conn: Conn<'_>, def: &'static KindDef, select: &SelectStatement) -> Result<Vec<Row>> {
    conn.all(select).await?.iter().map(|found| Row::fetch(def, found)).collect()
}

/// One visible record.
///
/// # Errors
/// `NotFound` if it is absent or hidden.
pub async fn get(ctx: &Ctx, def: &'static KindDef, id: Uuid) -> Result<Row> {
    Ok(one(ctx, def, (by_id(def, id), None)).await?.0)
}

/// One visible record with the visible records it refers to, in one statement.
///
/// # Errors
/// `NotFound` if it is absent or hidden.
pub async fn get_along(ctx: &Ctx, def: &'static KindDef, id: Uuid) -> Result<(Row, Named)> {
    one(ctx, def, (by_id(def, id), Some(Along::of(ctx, def)))).await
}

fn by_id(def: &KindDef, id: Uuid) -> Cond {
    Cond::all().add(def.col("id").eq(id))
}

/// The visible record with this code; only for kinds addressed by code.
///
/// # Errors
/// `NotFound` if it is absent or hidden.
pub async fn by_code(ctx: &Ctx, def: &'static KindDef, code: &str) -> Result<Row> {
    let column = def.code.filter(|_| !code.contains('\0')).ok_or(Error::NotFound)?;
    Ok(one(ctx, def, (Cond::all().add(def.col(column).eq(code)), None)).await?.0)
}

/// The visible record with this external key, within the owner the caller acts under or `owner`.
///
/// # Errors
/// `NotFound` if it is absent or hidden.
pub async fn by_key(
    ctx: &Ctx,
    def: &'static KindDef,
    owner: Option<&str>,
    system: &str,
    key: &str,
) -> Result<Row> {
    if system.contains('\0') || key.contains('\0') {
        return Err(Error::NotFound);
    }
    let mut cond = Cond::all().add(def.col("source_system").eq(system)).add(def.col("external_key").eq(key));
    let owner = owner.or(def.fixed_owner).or(ctx.actor.acting.as_deref());
    if let Some(owner) = owner {
        cond = cond.add(def.col("owner").eq(owner));
    }
    Ok(one(ctx, def, (cond, None)).await?.0)
}

async fn one(ctx: &Ctx, def: &'static KindDef, (cond, along): (Cond, Option<Along>)) -> Result<(Row, Named)> {
    let mut select = select(def);
    select.cond_where(Cond::all().add(visible(&ctx.actor, def)).add(cond)).limit(1);
    select.order_by((def.iden(), Alias::new("id")), Order::Asc);
    let (mut rows, named) = watched(ctx, def, (&mut select, along)).await?;
    Ok((rows.pop().ok_or(Error::NotFound)?, named))
}

/// Runs a statement of so many columns under the epoch of standings: where it is watched, it is selected along.
async fn under_epoch(ctx: &Ctx, select: &mut SelectStatement, columns: usize) -> Result<Vec<QueryResult>> {
    let Some(watch) = &ctx.watch else { return Ok(ctx.db.reading().all(select).await?) };
    let found = ctx.db.reading().all(select.expr(standings::column())).await?;
    watch.see_in(found.first(), columns)?;
    Ok(found)
}

/// Runs a [`select`] under the epoch of standings, with what else is to be selected along.
async fn watched(
    ctx: &Ctx,
    def: &'static KindDef,
    (select, along): (&mut SelectStatement, Option<Along>),
) -> Result<(Vec<Row>, Named)> {
    let (own, more) = (def.columns.len(), along.as_ref().map_or(0, Along::len));
    if let Some(along) = &along {
        along.select(select);
    }
    let found = under_epoch(ctx, select, own.saturating_add(more)).await?;
    let rows = found.iter().map(|row| Row::fetch(def, row)).collect::<Result<Vec<_>>>()?;
    let mut named = Named::default();
    if let Some(along) = &along {
        found.iter().zip(&rows).try_for_each(|(from, row)| along.read(row, from, own, &mut named))?;
    }
    Ok((rows, named))
}

/// A page of the records that meet `cond`, which holds `visible()` already (see [`crate::filter::condition`]).
///
/// # Errors
/// `BadRequest` for a cursor that does not fit.
pub async fn list(ctx: &Ctx, def: &'static KindDef, cond: Cond, page: &Page) -> Result<Slice> {
    Ok(page_of(ctx, def, (cond, None), page).await?.0)
}

/// As [`list`], with the visible records that those of the page refer to, in the same statement.
///
/// # Errors
/// `BadRequest` for a cursor that does not fit.
pub async fn list_along(ctx: &Ctx, def: &'static KindDef, cond: Cond, page: &Page) -> Result<(Slice, Named)> {
    page_of(ctx, def, (cond, Some(Along::of(ctx, def))), page).await
}

async fn page_of(
    ctx: &Ctx,
    def: &'static KindDef,
    (cond, along): (Cond, Option<Along>),
    page: &Page,
) -> Result<(Slice, Named)> {
    let mut select = select(def);
    select.cond_where(Cond::all().add(cond.clone()).add(page.seek(ctx, def)?));
    page.order(def, &mut select);
    select.limit(u64::try_from(page.limit).unwrap_or(u64::MAX).saturating_add(1));
    let (mut rows, named) = watched(ctx, def, (&mut select, along)).await?;
    let has_more = rows.len() > page.limit;
    rows.truncate(page.limit);
    if page.backwards {
        rows.reverse();
    }
    let total = if page.total { Some(count(ctx, def, cond).await?) } else { None };
    Ok((Slice { rows, has_more, total }, named))
}

/// Every record that meets `cond`, hidden ones too; for rules and verbs that look further than the caller.
///
/// # Errors
/// What the database says.
pub async fn all(conn: Conn<'_>, def: &'static KindDef, which: Cond) -> Result<Vec<Row>> {
    let mut select = select(def);
    select.cond_where(which).order_by((def.iden(), Alias::new("id")), Order::Asc);
    rows(conn, def, &select).await
}

/// The first record that meets `cond`, hidden ones too; for rules that look further than the caller.
///
/// # Errors
/// What the database says.
pub async fn first(conn: Conn<'_>, def: &'static KindDef, which: Cond) -> Result<Option<Row>> {
    let mut select = select(def);
    select.cond_where(which).limit(1);
    Ok(rows(conn, def, &select).await?.pop())
}

/// Tells whether a record meets `cond`, hidden ones too; for rules that look further than the caller.
///
/// # Errors
/// What the database says.
pub async fn exists(conn: Conn<'_>, def: &'static KindDef, which: Cond) -> Result<bool> {
    let mut select = SelectStatement::new();
    select.expr(Expr::val(1)).from(def.iden()).cond_where(which).limit(1);
    Ok(conn.one(&select).await?.is_some())
}

/// The ids in a column of the records that meet `which`, hidden ones too, each once.
///
/// # Errors
/// What the database says.
pub async fn distinct(conn: Conn<'_>, def: &KindDef, column: &str, which: Cond) -> Result<BTreeSet<Uuid>> {
    let mut select = SelectStatement::new();
    select.distinct().expr(def.col(column)).from(def.iden()).cond_where(which);
    conn.all(&select).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// The greatest number in a column.
///
/// # Errors
/// What the database says.
pub async fn greatest(conn: Conn<'_>, def: &'static KindDef, column: &str) -> Result<Option<i64>> {
    let mut select = SelectStatement::new();
    select.expr(def.col(column).max()).from(def.iden());
    Ok(conn.one(&select).await?.map(|row| row.try_get_by_index(0)).transpose()?.flatten())
}

/// How many records meet `cond`, which holds `visible()` already.
///
/// # Errors
/// What the database says.
pub async fn count(ctx: &Ctx, def: &'static KindDef, cond: Cond) -> Result<u64> {
    let found = under_epoch(ctx, &mut counting(def, cond), 1).await?;
    let counted: i64 = found.first().map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(u64::try_from(counted).unwrap_or_default())
}
