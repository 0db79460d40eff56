//! What callers have at work and look at again: kept by one rule, listed by one, and known to who made it.

use std::str::FromStr;

use kernel::{Code, Error, Result, View, db::Conn};
use sea_orm::{
    EntityTrait, FromQueryResult, Iterable, ModelTrait,
    sea_query::{Cond, Expr, ExprTrait, IntoColumnRef, Order, Query},
};
use uuid::Uuid;

type ColumnOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::Column;

/// User, owner and key by which the caller knows what it has made: a key knows what came by it.
///
/// # Errors
/// `NotFound` for who makes nothing.
pub(super) fn maker(view: &View) -> Result<(Uuid, &str, Option<Uuid>)> {
    match (view.actor.user, view.actor.acting.as_deref()) {
        (Some(user), Some(owner)) => Ok((user, owner, view.actor.key.as_ref().map(|key| key.key))),
        _ => Err(Error::NotFound),
    }
}

/// Stores what is new.
///
/// # Errors
/// What the database says.
pub(super) async fn insert<M: ModelTrait>(conn: Conn<'_>, model: &M) -> Result<()> {
    let values = ColumnOf::<M>::iter().map(|column| Expr::val(model.get(column)));
    let mut insert = Query::insert();
    insert.into_table(M::Entity::default()).columns(ColumnOf::<M>::iter()).values_panic(values);
    conn.run(&insert).await?;
    Ok(())
}

/// Stores columns of what meets a condition; answers whether it did.
///
/// # Errors
/// What the database says.
pub(super) async fn store<M: ModelTrait>(
    conn: Conn<'_>,
    model: &M,
    columns: &[ColumnOf<M>],
    which: Cond,
) -> Result<bool> {
    let mut update = Query::update();
    update.table(M::Entity::default()).cond_where(which);
    for column in columns {
        update.value(*column, Expr::val(model.get(*column)));
    }
    Ok(conn.run(&update).await?.rows_affected() > 0)
}

/// What meets a condition, the last one first: those behind an id, so many at most.
///
/// # Errors
/// What the database says.
pub(super) async fn select<E: EntityTrait>(
    conn: Conn<'_>,
    id: E::Column,
    which: Cond,
    (after, limit): (Option<Uuid>, usize),
) -> Result<Vec<E::Model>> {
    let mut select = Query::select();
    select.columns(E::Column::iter()).from(E::default()).cond_where(which);
    if let Some(after) = after {
        select.and_where(Expr::col(id.into_column_ref()).lt(after));
    }
    select.order_by(id, Order::Desc).limit(u64::try_from(limit).unwrap_or(u64::MAX));
    let rows = conn.all(&select).await?;
    rows.iter().map(|row| Ok(E::Model::from_query_result(row, "")?)).collect()
}

/// Reads the cursor of a page.
///
/// # Errors
/// `BadRequest` where it is none.
pub(super) fn cursor<C: FromStr>(after: Option<&str>) -> Result<Option<C>> {
    let text = "take the cursor from `next` of the page before";
    let none = |_| Error::bad_request("?after", Code::CursorInvalid, text);
    after.map(|after| after.parse().map_err(none)).transpose()
}

/// A page of what was found, one more than it has if there are more, and the cursor to go on from.
pub(super) fn page<T>(
    mut found: Vec<T>,
    limit: usize,
    place: impl Fn(&T) -> String,
) -> (Vec<T>, Option<String>) {
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| has_more).map(place);
    (found, next)
}
