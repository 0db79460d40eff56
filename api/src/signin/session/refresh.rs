//! Refreshing: a token is exchanged for its successor.
//!
//! The successor follows from the token by HMAC. So a token that comes twice, from two tabs or because an answer was
//! lost, is answered with the same successor, although only the hash of the newest token is stored.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{session, user};
use kernel::{
    ctx::Ctx,
    error::{Code, Error, Result},
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use uuid::Uuid;

use super::{super::standing::live_sessions, KeyRing, Secret, Tokens, is_open, logout, tokens};

/// Seconds after a refresh in which the spent token is answered with the same successor.
pub const ANSWERED_AGAIN_SECONDS: i64 = 30;

/// Exchanges a refresh token for new tokens, for 30 seconds the same refresh token each time.
///
/// # Errors
/// `Unauthenticated` when the session is over; `Conflict(RefreshTokenReused)` when the token was spent longer ago or its
/// successor is spent too, which ends the session; what the database says.
pub async fn refresh(ctx: &Ctx, ring: &KeyRing, refresh_token: &str) -> Result<Tokens> {
    let over = || Error::Unauthenticated("the refresh token is not good any more; sign in again".into());
    let (session, spent) = refresh_token.split_once('.').ok_or_else(over)?;
    let (session, spent) = (Uuid::try_parse(session).map_err(|_| over())?, Secret(spent.to_owned()));
    let next = spent.successor(ring.secret(), session);
    if let Some(user) = rotate(ctx, session, &spent, &next).await? {
        return tokens(ctx, ring, (user, session), &next);
    }
    let newest = newest(ctx, session).await?.ok_or_else(over)?;
    let age = ctx.clock.now() - newest.refreshed_at;
    if newest.hash == next.hash() && age <= TimeDelta::seconds(ANSWERED_AGAIN_SECONDS) {
        return tokens(ctx, ring, (newest.user, session), &next);
    }
    // Whoever holds the other copy loses the session too. Only holders of its tokens know a session's id, and they
    // could end it anyway.
    logout(ctx, session).await?;
    let user = newest.user;
    metrics::counter!("refresh_tokens_reused_total").increment(1);
    tracing::warn!(user.id = %user, session.id = %session, "a spent refresh token came back: session {session} is ended");
    let text = "the refresh token was used before, so its session is ended; sign in again";
    Err(Error::Conflict(Code::RefreshTokenReused, text.into()))
}

/// Puts the next secret in the place of the one that is spent, if that is the newest; answers whose session it is.
async fn rotate(ctx: &Ctx, session: Uuid, spent: &Secret, next: &Secret) -> Result<Option<Uuid>> {
    use session::Column;
    let now = ctx.clock.now();
    let open = Query::select().column(user::Column::Id).from(user::Entity).and_where(is_open(now)).take();
    let rotate = Query::update()
        .table(session::Entity)
        .value(Column::RefreshHash, next.hash())
        .value(Column::RefreshedAt, now)
        .and_where(Expr::col(Column::Id).eq(session))
        .and_where(Expr::col(Column::RefreshHash).eq(spent.hash()))
        .and_where(Expr::col(Column::RevokedAt).is_null())
        .and_where(Expr::col(Column::ExpiresAt).gt(now))
        .and_where(Expr::col(Column::UserId).in_subquery(open))
        .returning_col(Column::UserId)
        .take();
    let row = ctx.db.writing().one(&rotate).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// The newest token of a live session.
struct Newest {
    user: Uuid,
    hash: String,
    refreshed_at: DateTime<Utc>,
}

async fn newest(ctx: &Ctx, session: Uuid) -> Result<Option<Newest>> {
    use session::Column;
    let of = |column| (session::Entity, column);
    let select = live_sessions(ctx.clock.now())
        .columns([Column::UserId, Column::RefreshHash, Column::RefreshedAt].map(of))
        .and_where(Expr::col(of(Column::Id)).eq(session))
        .take();
    let Some(row) = ctx.db.reading().one(&select).await? else { return Ok(None) };
    let (user, hash) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok(Some(Newest { user, hash, refreshed_at: row.try_get_by_index(2)? }))
}
