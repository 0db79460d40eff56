//! Webhooks as they are kept.

use entity::webhook::{self, Column, Entity};
use kernel::{Ctx, Error, Result, View, change::feed::Position, db::Conn};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, Iterable,
    sea_query::{Cond, Order, Query},
};
use uuid::Uuid;

use crate::domain::exchange::kept;

/// A webhook as it is kept.
pub(super) type Stored = webhook::Model;

/// It sends.
pub(super) const ACTIVE: &str = "active";
/// It waits until it is resumed.
pub(super) const PAUSED: &str = "paused";
/// It is over for good.
pub(super) const ENDED: &str = "ended";

/// What the caller may know of webhooks: its own, by the same key or none, as the owner it acts under.
fn own(view: &View) -> Result<Cond> {
    let (user, owner, key) = kept::maker(view)?;
    Ok(Cond::all()
        .add(Column::UserId.eq(user))
        .add(Column::Owner.eq(owner))
        .add(key.map_or_else(|| Column::ApiKeyId.is_null(), |key| Column::ApiKeyId.eq(key))))
}

async fn select(conn: Conn<'_>, which: Cond, page: (Option<Uuid>, usize)) -> Result<Vec<Stored>> {
    kept::select::<Entity>(conn, Column::Id, which, page).await
}

/// The caller's webhook with this id.
///
/// # Errors
/// `NotFound` where it has none.
pub(super) async fn find(view: &View, id: Uuid) -> Result<Stored> {
    let which = own(view)?.add(Column::Id.eq(id));
    select(view.db.reading(), which, (None, 1)).await?.pop().ok_or(Error::NotFound)
}

/// The caller's webhooks, the last one first.
///
/// # Errors
/// What the database says.
pub(super) async fn list(view: &View, after: Option<Uuid>, limit: usize) -> Result<Vec<Stored>> {
    let Ok(own) = own(view) else { return Ok(Vec::new()) };
    select(view.db.reading(), own, (after, limit)).await
}

/// Stores columns of a webhook that is not over.
///
/// # Errors
/// `NotFound` where it is there no more.
pub(super) async fn store(ctx: &Ctx, hook: &Stored, columns: &[Column]) -> Result<()> {
    let which = Cond::all().add(Column::Id.eq(hook.id)).add(Column::State.ne(ENDED));
    let is_there = kept::store(ctx.db.writing(), hook, columns, which).await?;
    is_there.then_some(()).ok_or(Error::NotFound)
}

/// Stores how far a webhook has come, where nobody has paused it or set it elsewhere since it was read; answers whether.
///
/// # Errors
/// What the database says.
pub(super) async fn advance(ctx: &Ctx, hook: &Stored, before: &str) -> Result<bool> {
    const COLUMNS: [Column; 7] = [
        Column::State,
        Column::Reason,
        Column::Cursor,
        Column::Seen,
        Column::Failures,
        Column::DueAt,
        Column::Attempts,
    ];
    let same =
        Cond::all().add(Column::Id.eq(hook.id)).add(Column::State.eq(ACTIVE)).add(Column::Cursor.eq(before));
    kept::store(ctx.db.writing(), hook, &COLUMNS, same).await
}

/// Stores that a test message was sent.
///
/// # Errors
/// What the database says.
pub(super) async fn tested(ctx: &Ctx, hook: &Stored, ping: Uuid) -> Result<()> {
    let same = Cond::all().add(Column::Id.eq(hook.id)).add(Column::PingId.eq(ping));
    kept::store(ctx.db.writing(), hook, &[Column::PingId, Column::Attempts], same).await.map(drop)
}

/// Webhooks that have something to send, or something to look at, the one that waits longest first.
///
/// # Errors
/// What the database says.
pub(super) async fn due(ctx: &Ctx, end: Position, most: u64) -> Result<Vec<Stored>> {
    let behind = Cond::all()
        .add(Column::State.eq(ACTIVE))
        .add(Column::DueAt.lte(ctx.clock.now()))
        .add(Column::Seen.lt(end.seq));
    let tested = Cond::all().add(Column::State.ne(ENDED)).add(Column::PingId.is_not_null());
    let mut select = Query::select();
    select.columns(Column::iter()).from(Entity).cond_where(Cond::any().add(behind).add(tested));
    select.order_by(Column::DueAt, Order::Asc).order_by(Column::Id, Order::Asc).limit(most);
    let rows = ctx.db.reading().all(&select).await?;
    rows.iter().map(|row| Ok(<Entity as EntityTrait>::Model::from_query_result(row, "")?)).collect()
}

/// Deletes a webhook.
///
/// # Errors
/// What the database says.
pub(super) async fn delete(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut delete = Query::delete();
    delete.from_table(Entity).and_where(Column::Id.eq(id));
    ctx.db.writing().run(&delete).await?;
    Ok(())
}
