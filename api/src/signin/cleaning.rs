//! Deleting what signing in leaves behind, a bounded number of rows at a time.

use chrono::TimeDelta;
use entity::{password_token, session, sign_in_attempt, signing_key};
use kernel::{ctx::Ctx, error::Result};
use sea_orm::{
    EntityName, Iden,
    sea_query::{Condition, Expr, ExprTrait, Query},
};

use super::keys::RETIRED_MINUTES;

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

/// Days after which no attempt to sign in counts any more.
const ATTEMPT_KEPT_DAYS: i64 = 7;

/// Deletes up to `most` counters of attempts to sign in, all of which are forgiven.
///
/// # Errors
/// What the database says.
pub async fn attempts(ctx: &Ctx, most: u64) -> Result<u64> {
    use sign_in_attempt::Column;
    let before = ctx.clock.now() - TimeDelta::days(ATTEMPT_KEPT_DAYS);
    let forgiven = Condition::all().add(Expr::col(Column::LastAt).lt(before));
    delete(ctx, sign_in_attempt::Entity, Column::Key, forgiven, most).await
}

/// Deletes up to `most` password tokens that nobody used in time.
///
/// # Errors
/// What the database says.
pub async fn password_tokens(ctx: &Ctx, most: u64) -> Result<u64> {
    use password_token::Column;
    let late = Condition::all().add(Expr::col(Column::ExpiresAt).lte(ctx.clock.now()));
    delete(ctx, password_token::Entity, Column::UserId, late, most).await
}

/// Deletes up to `most` signing keys that verify nothing any more.
///
/// # Errors
/// What the database says.
pub async fn signing_keys(ctx: &Ctx, most: u64) -> Result<u64> {
    use signing_key::Column;
    let before = ctx.clock.now() - TimeDelta::minutes(RETIRED_MINUTES);
    let retired = Condition::all().add(Expr::col(Column::RetiredAt).lt(before));
    delete(ctx, signing_key::Entity, Column::Kid, retired, most).await
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
