//! Deleting what signing in leaves behind, a bounded number of rows at a time.

use chrono::TimeDelta;
use entity::session;
use kernel::{ctx::Ctx, error::Result};
use sea_orm::{
    EntityName, Iden,
    sea_query::{Condition, Expr, ExprTrait, Query},
};

/// Days a session is kept after its end, for whoever asks what happened.
const SESSION_KEPT_DAYS: i64 = 30;

/// Deletes up to `most` sessions that ended long ago, and answers how many there were.
///
/// # Errors
/// What the database says.
pub async fn sessions(ctx: &Ctx, most: u64) -> Result<u64> {
    use session::Column;
    let before = ctx.clock.now() - TimeDelta::days(SESSION_KEPT_DAYS);
    let over = Condition::any()
        .add(Expr::col(Column::ExpiresAt).lt(before))
        .add(Expr::col(Column::RevokedAt).lt(before));
    delete(ctx, session::Entity, Column::Id, over, most).await
}

/// Deletes up to `most` rows that meet a condition, as one statement.
async fn delete<T: EntityName + Copy, K: Iden + Copy + 'static>(
    ctx: &Ctx,
    table: T,
    key: K,
    which: Condition,
    most: u64,
) -> Result<u64> {
    let some = Query::select().column(key).from(table.table_ref()).cond_where(which).limit(most).take();
    let statement =
        Query::delete().from_table(table.table_ref()).and_where(Expr::col(key).in_subquery(some)).take();
    Ok(ctx.db.writing().run(&statement).await?.rows_affected())
}
