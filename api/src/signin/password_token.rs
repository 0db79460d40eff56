//! Password tokens: with one, somebody who is invited or locked out sets a password.
//!
//! Whoever holds a token becomes its account, so it is issued only by who could have given every right the account
//! has. That is asked again when the token is used: rights granted meanwhile are not for the issuer to take.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{Grant, User, grant, password_token, user, vocab::Role};
use kernel::{
    actor::Actor,
    ctx::Ctx,
    db::Conn,
    error::{Error, Result},
    policy::{Verb, authorize},
    row::Row,
    store,
};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, OnConflict, Query};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    credential::{account, set_hash},
    factor,
    keys::KeyRing,
    no_key, notice, password,
    session::{Secret, hash_of, revoke, sessions_of},
    standing::{is_open, load_issuer},
    throttle,
};
use crate::domain::{Registered, access::focal_points};

/// Hours a token is good for.
pub const LIFETIME_HOURS: i64 = 24;

/// A token to hand to its person, outside this service; it is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PasswordToken {
    /// Sets a password at `/auth/accept`, once.
    pub token: String,
    /// Instant it ends to be good.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for PasswordToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordToken(***)")
    }
}

/// Issues a token for a user; earlier ones end. The log of every owner the user acts for keeps who did so and
/// for whom, never the token.
///
/// # Errors
/// `NotFound` if the user is not visible; `Forbidden` if its rights are not the caller's to give, or it is closed;
/// what the database says.
pub async fn issue(ctx: &Ctx, user: Uuid, resets_second_factor: bool) -> Result<PasswordToken> {
    if ctx.actor.key.is_some() {
        return Err(no_key());
    }
    let row = store::get(ctx, User::def(), user).await?;
    if focal_points::open(&row, ctx.clock.now()).is_none() {
        return Err(Error::Forbidden("the account is closed; the operator opens it again".into()));
    }
    may_issue(ctx.db.reading(), ctx, &ctx.actor, user).await?;
    let secret = Secret::new()?;
    let expires_at = ctx.clock.now() + TimeDelta::hours(LIFETIME_HOURS);
    let write = upsert(ctx, user, &secret, (resets_second_factor, expires_at));
    notice::give(ctx, user, Some(&write)).await?;
    Ok(PasswordToken { token: secret.expose().to_owned(), expires_at })
}

fn upsert(
    ctx: &Ctx,
    user: Uuid,
    secret: &Secret,
    (resets, expires_at): (bool, DateTime<Utc>),
) -> sea_orm::sea_query::InsertStatement {
    use password_token::Column;
    let columns = [
        Column::UserId,
        Column::TokenHash,
        Column::IssuedBy,
        Column::IssuedFor,
        Column::ResetsSecondFactor,
        Column::CreatedAt,
        Column::ExpiresAt,
    ];
    let mut upsert = Query::insert();
    upsert.into_table(password_token::Entity).columns(columns);
    upsert.values_panic([
        Expr::val(user),
        Expr::val(secret.hash()),
        Expr::val(ctx.actor.user),
        Expr::val(ctx.actor.acting.clone()),
        Expr::val(resets),
        Expr::val(ctx.clock.now()),
        Expr::val(expires_at),
    ]);
    upsert.on_conflict(OnConflict::column(Column::UserId).update_columns(columns).to_owned());
    upsert
}

/// Sets the password of whoever holds the token, which is spent, and ends all sessions of the account.
///
/// # Errors
/// `Unauthenticated` for a token that is not good (any more); `Invalid` at `/password`; what the database says.
pub async fn accept(ctx: &Ctx, ring: &KeyRing, token: &str, password: &str) -> Result<()> {
    use password_token::Column;
    let spent = || Error::Unauthenticated("the token is not good any more; ask for a new one".into());
    let now = ctx.clock.now();
    let select = Query::select()
        .columns([Column::UserId, Column::IssuedBy, Column::IssuedFor, Column::ResetsSecondFactor])
        .from(password_token::Entity)
        .and_where(Expr::col(Column::TokenHash).eq(hash_of(token)))
        .and_where(Expr::col(Column::ExpiresAt).gt(now))
        .take();
    let row = ctx.db.reading().one(&select).await?.ok_or_else(spent)?;
    let (user, by, of): (Uuid, Option<Uuid>, Option<String>) =
        (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
    let resets: bool = row.try_get_by_index(3)?;
    let this = Expr::col((user::Entity, user::Column::Id)).eq(user).and(is_open(now));
    let account = account(ctx, this).await?.ok_or_else(spent)?;
    if let Some(by) = by {
        let issuer = load_issuer(ctx, by, of).await?.ok_or_else(spent)?;
        may_issue(ctx.db.reading(), ctx, &issuer, user).await.map_err(|_| spent())?;
    }
    account.accepts("/password", password, account.has_factor && !resets)?;

    let hash = password::hash(password).await?;
    let transaction = ctx.db.begin(true).await?;
    let conn = ctx.db.within(&transaction);
    let delete = Query::delete()
        .from_table(password_token::Entity)
        .and_where(Expr::col(Column::TokenHash).eq(hash_of(token)))
        .take();
    if conn.run(&delete).await?.rows_affected() == 0 {
        return Err(spent());
    }
    set_hash(ctx, conn, user, &hash).await?;
    revoke(ctx, conn, sessions_of(user)).await?;
    if resets {
        factor::remove(conn, user).await?;
    }
    throttle::forget(conn, ring.secret(), &account.email).await?;
    Ok(transaction.commit().await?)
}

/// Ends the token of a user, whose password was set another way.
pub(super) async fn end(conn: Conn<'_>, user: Uuid) -> Result<()> {
    let this = Expr::col(password_token::Column::UserId).eq(user);
    conn.run(&Query::delete().from_table(password_token::Entity).and_where(this).take()).await?;
    Ok(())
}

/// Whoever issues a token could have given the user every grant it has; accounts without grants are the operator's.
async fn may_issue(conn: Conn<'_>, ctx: &Ctx, issuer: &Actor, user: Uuid) -> Result<()> {
    if issuer.is_system() {
        return Ok(());
    }
    let def = Grant::def();
    let not_over = Cond::any()
        .add(def.col(grant::VALID_UNTIL.column).is_null())
        .add(def.col(grant::VALID_UNTIL.column).gte(ctx.clock.today()));
    let of_user = Cond::all().add(def.col(grant::USER.column).eq(user)).add(not_over.clone());
    let held = store::all(conn, def, of_user).await?;
    let operates = issuer.with_role(&[Role::Operator]).next().is_some();
    if issuer.user == Some(user) || (held.is_empty() && !operates) {
        return Err(not_yours());
    }
    for one in &held {
        authorize(issuer, Verb::Create, def, &one.scope()).map_err(|_| not_yours())?;
        if operates && one.read(grant::ROLE) == Some(Role::FocalPoint) {
            is_first(conn, ctx, one, not_over.clone()).await?;
        }
    }
    Ok(())
}

/// The operator invites the first focal point of a country, who has no password and nobody beside it.
async fn is_first(conn: Conn<'_>, ctx: &Ctx, held: &Row, not_over: Cond) -> Result<()> {
    let (def, holder) = (Grant::def(), held.read(grant::USER).unwrap_or_default());
    let others = Cond::all()
        .add(def.col("owner").eq(held.owner()))
        .add(def.col(grant::ROLE.column).eq(Role::FocalPoint.code()))
        .add(def.col(grant::USER.column).ne(holder))
        .add(not_over);
    let this = Expr::col((user::Entity, user::Column::Id)).eq(holder);
    let has_password = account(ctx, this).await?.is_some_and(|account| account.hash.is_some());
    if has_password || store::exists(conn, def, others).await? {
        return Err(not_yours());
    }
    Ok(())
}

fn not_yours() -> Error {
    let text = "you may issue tokens only for others, all of whose rights you could give; \
                for anybody else the host of the service can (concord user invite)";
    Error::Forbidden(text.into())
}
