//! Sessions: signing in and out, and refreshing.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use entity::{session, user};
use kernel::{
    ctx::Ctx,
    db::Conn,
    error::{Error, Result},
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{credential::account, keys::KeyRing, password, secret::random, standing::is_open, token};

pub use super::credential::{change_password, set_hash, set_password};

/// Days a session lasts; refreshing does not make it longer.
pub const SESSION_DAYS: i64 = 30;

/// What signing in and refreshing give.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Tokens {
    /// Goes into `Authorization: Bearer`.
    pub access_token: String,
    /// Gets the next tokens, once.
    pub refresh_token: String,
    /// Seconds the access token is good for.
    pub expires_in: i32,
    /// Always `Bearer`.
    pub token_type: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(***)")
    }
}

/// Signs somebody in.
///
/// # Errors
/// `Unauthenticated`, with one text for unknown, closed and wrong; what the database says.
pub async fn login(ctx: &Ctx, ring: &KeyRing, email: &str, password: &str) -> Result<Tokens> {
    let wrong = || Error::Unauthenticated("the e-mail address or the password is wrong".into());
    // Addresses are stored in lower case.
    let address = Expr::col((user::Entity, user::Column::Email)).eq(email.trim().to_lowercase());
    let account = account(ctx, address.and(is_open(ctx.clock.now()))).await?;
    let hash = account.as_ref().and_then(|account| account.hash.as_deref());
    let right = password::verify(password, hash).await?;
    let account = account.filter(|_| right).ok_or_else(wrong)?;

    let secret = Secret::new()?;
    let session = insert(ctx, account.id, &secret, TimeDelta::days(SESSION_DAYS)).await?.ok_or_else(wrong)?;
    tokens(ctx, ring, (account.id, session), &secret)
}

/// Exchanges a refresh token for new tokens; one that is used a second time ends its session.
///
/// # Errors
/// `Unauthenticated` when the token was used before or its session is over; what the database says.
pub async fn refresh(ctx: &Ctx, ring: &KeyRing, refresh_token: &str) -> Result<Tokens> {
    let over = || Error::Unauthenticated("the refresh token is not good any more; sign in again".into());
    let (session, used) = refresh_token.split_once('.').ok_or_else(over)?;
    let session = Uuid::try_parse(session).map_err(|_| over())?;
    let (now, secret) = (ctx.clock.now(), Secret::new()?);
    let open = Query::select().column(user::Column::Id).from(user::Entity).and_where(is_open(now)).take();
    let rotate = Query::update()
        .table(session::Entity)
        .value(session::Column::RefreshHash, secret.hash())
        .value(session::Column::RefreshedAt, now)
        .and_where(Expr::col(session::Column::Id).eq(session))
        .and_where(Expr::col(session::Column::RefreshHash).eq(hash_of(used)))
        .and_where(Expr::col(session::Column::RevokedAt).is_null())
        .and_where(Expr::col(session::Column::ExpiresAt).gt(now))
        .and_where(Expr::col(session::Column::UserId).in_subquery(open))
        .returning_col(session::Column::UserId)
        .take();
    let Some(row) = ctx.db.writing().one(&rotate).await? else {
        // A live session with another hash means that a token was used twice: whoever holds the other copy
        // loses the session too. Only holders of its tokens know a session's id, and they could end it anyway.
        logout(ctx, session).await?;
        return Err(over());
    };
    tokens(ctx, ring, (row.try_get_by_index(0)?, session), &secret)
}

/// Ends a session; one that is over already stays so.
///
/// # Errors
/// What the database says.
pub async fn logout(ctx: &Ctx, session: Uuid) -> Result<()> {
    let this = Condition::all().add(Expr::col(session::Column::Id).eq(session));
    revoke(ctx, ctx.db.writing(), this).await
}

/// Opens a session without a refresh token, good for one access token; for the command line.
///
/// # Errors
/// `NotFound` when there is no such user or the account is closed; what the database says.
pub async fn open_session(ctx: &Ctx, user: Uuid) -> Result<Uuid> {
    let lifetime = TimeDelta::minutes(token::LIFETIME_MINUTES);
    insert(ctx, user, &Secret::new()?, lifetime).await?.ok_or(Error::NotFound)
}

fn tokens(ctx: &Ctx, ring: &KeyRing, who: (Uuid, Uuid), secret: &Secret) -> Result<Tokens> {
    let (user, session) = who;
    Ok(Tokens {
        access_token: token::issue(ring, &ctx.clock, user, session)?,
        refresh_token: format!("{session}.{}", secret.0),
        expires_in: i32::try_from(token::LIFETIME_MINUTES * 60).unwrap_or(i32::MAX),
        token_type: "Bearer".into(),
    })
}

/// The secret half of a refresh token; only its hash is stored.
struct Secret(String);

impl Secret {
    fn new() -> Result<Self> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::<32>()?)))
    }

    fn hash(&self) -> String {
        hash_of(&self.0)
    }
}

/// A plain SHA-256 is enough: the secret has 256 random bits and cannot be guessed from it.
fn hash_of(secret: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}

/// Opens a session if the user is there and the account open.
async fn insert(ctx: &Ctx, user: Uuid, secret: &Secret, lifetime: TimeDelta) -> Result<Option<Uuid>> {
    use session::Column;
    let (id, now) = (ctx.clock.id(), ctx.clock.now());
    let expires = now.checked_add_signed(lifetime).unwrap_or(now);
    let from_user = Query::select()
        .expr(Expr::val(id))
        .column(user::Column::Id)
        .exprs([Expr::val(now), Expr::val(now), Expr::val(expires), Expr::val(secret.hash())])
        .from(user::Entity)
        .and_where(Expr::col(user::Column::Id).eq(user))
        .and_where(is_open(now))
        .take();
    let mut row = Query::insert();
    row.into_table(session::Entity).columns([
        Column::Id,
        Column::UserId,
        Column::CreatedAt,
        Column::RefreshedAt,
        Column::ExpiresAt,
        Column::RefreshHash,
    ]);
    row.select_from(from_user).map_err(|error| Error::Internal(format!("session: {error}")))?;
    Ok((ctx.db.writing().run(&row).await?.rows_affected() == 1).then_some(id))
}

/// All sessions of a user, as a condition.
pub(super) fn sessions_of(user: Uuid) -> Condition {
    Condition::all().add(Expr::col(session::Column::UserId).eq(user))
}

/// Ends the open ones among these sessions.
pub(super) async fn revoke(ctx: &Ctx, conn: Conn<'_>, which: Condition) -> Result<()> {
    let end = Query::update()
        .table(session::Entity)
        .value(session::Column::RevokedAt, ctx.clock.now())
        .and_where(Expr::col(session::Column::RevokedAt).is_null())
        .cond_where(which)
        .take();
    conn.run(&end).await?;
    Ok(())
}
