//! A person's own sessions: seen and ended by their owner.

use chrono::{DateTime, Utc};
use entity::session::{Column, Entity};
use kernel::{
    ctx::Ctx,
    error::{Error, Result},
};
use sea_orm::{
    Order, QueryResult,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    session::{MOST_OPEN, revoke, sessions_of},
    standing::live_sessions,
};

/// One session of the caller that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnSession {
    /// Identifier of the session.
    pub id: Uuid,
    /// Instant of signing in.
    pub created_at: DateTime<Utc>,
    /// Instant of the latest refresh.
    pub refreshed_at: DateTime<Utc>,
    /// Instant the session ends by itself.
    pub expires_at: DateTime<Utc>,
    /// What signed in, as it named itself.
    pub user_agent: Option<String>,
    /// Whether this request comes from it.
    pub is_current: bool,
}

/// The caller's sessions that are not over, newest first; 200 at most, since nobody has more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnSessions {
    /// The sessions.
    pub items: Vec<OwnSession>,
}

/// Lists the sessions of a user; `current` is the one that asks.
///
/// # Errors
/// What the database says.
pub async fn list(ctx: &Ctx, user: Uuid, current: Uuid) -> Result<OwnSessions> {
    let of = |column| (Entity, column);
    let columns = [Column::Id, Column::CreatedAt, Column::RefreshedAt, Column::ExpiresAt, Column::UserAgent];
    let select = live_sessions(ctx.clock.now())
        .columns(columns.map(of))
        .and_where(Expr::col(of(Column::UserId)).eq(user))
        .order_by(of(Column::Id), Order::Desc)
        .limit(MOST_OPEN)
        .take();
    let rows = ctx.db.reading().all(&select).await?;
    Ok(OwnSessions { items: rows.iter().map(|row| read(row, current)).collect::<Result<_>>()? })
}

fn read(row: &QueryResult, current: Uuid) -> Result<OwnSession> {
    let id = row.try_get_by_index(0)?;
    Ok(OwnSession {
        id,
        created_at: row.try_get_by_index(1)?,
        refreshed_at: row.try_get_by_index(2)?,
        expires_at: row.try_get_by_index(3)?,
        user_agent: row.try_get_by_index(4)?,
        is_current: id == current,
    })
}

/// Ends one session of a user.
///
/// # Errors
/// `NotFound` if the user has no such session, or it is over; what the database says.
pub async fn end(ctx: &Ctx, user: Uuid, session: Uuid) -> Result<()> {
    let this = sessions_of(user)
        .add(Expr::col(Column::Id).eq(session))
        .add(Expr::col(Column::ExpiresAt).gt(ctx.clock.now()));
    match revoke(ctx, ctx.db.writing(), this).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Ends all sessions of a user but the one that asks.
///
/// # Errors
/// What the database says.
pub async fn end_others(ctx: &Ctx, user: Uuid, current: Uuid) -> Result<()> {
    let others = sessions_of(user).add(Expr::col(Column::Id).ne(current));
    revoke(ctx, ctx.db.writing(), others).await?;
    Ok(())
}
