//! Sessions: opening, refreshing and ending them.

mod refresh;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{session, user};
use kernel::{
    crypto::{random, sha256},
    ctx::Ctx,
    db::Conn,
    error::{Error, Result},
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{keys::KeyRing, secret::InstallationSecret, standing::is_open, token};

pub use super::{
    credential::{Change, change_password, set_hash, set_password},
    login::{Login, login},
};
pub use refresh::{ANSWERED_AGAIN_SECONDS, refresh};

/// Days a session lasts; refreshing does not make it longer.
pub const SESSION_DAYS: i64 = 30;

/// Sessions a person has open at most: opening one more ends the oldest.
///
/// Far more than anybody has devices, and few enough to be listed at once and looked through.
pub const MOST_OPEN: u64 = 200;

/// What signing in and refreshing give.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Tokens {
    /// Goes into `Authorization: Bearer`.
    pub access_token: String,
    /// Gets the next tokens. A spent one is answered alike for 30 seconds more; later it ends the session.
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

/// Ends a session; one that is over already stays so.
///
/// # Errors
/// What the database says.
pub async fn logout(ctx: &Ctx, session: Uuid) -> Result<()> {
    let this = Condition::all().add(Expr::col(session::Column::Id).eq(session));
    revoke(ctx, ctx.db.writing(), this).await?;
    Ok(())
}

/// Opens a session without a refresh token, good for one access token; for the command line.
///
/// # Errors
/// `NotFound` when there is no such user or the account is closed; what the database says.
pub async fn open_session(ctx: &Ctx, user: Uuid) -> Result<Uuid> {
    let lifetime = TimeDelta::minutes(token::LIFETIME_MINUTES);
    let new = New { user, secret: &Secret::new()?, lifetime, agent: Some("the host of the service") };
    insert(ctx, &new).await?.ok_or(Error::NotFound)
}

/// Makes the tokens of a session; `who` is user and session.
pub(super) fn tokens(ctx: &Ctx, ring: &KeyRing, who: (Uuid, Uuid), secret: &Secret) -> Result<Tokens> {
    let (user, session) = who;
    Ok(Tokens {
        access_token: token::issue(ring, &ctx.clock, user, session)?,
        refresh_token: format!("{session}.{}", secret.0),
        expires_in: i32::try_from(token::LIFETIME_MINUTES * 60).unwrap_or(i32::MAX),
        token_type: "Bearer".into(),
    })
}

/// The secret half of a refresh token; only its hash is stored.
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn new() -> Result<Self> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::<32>()?)))
    }

    /// The secret that follows this one in a session, the same each time.
    ///
    /// Whoever has an old secret, and the database too, cannot make it without the installation secret.
    fn successor(&self, keys: &InstallationSecret, session: Uuid) -> Self {
        let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, keys.refresh_key()));
        signing.update(session.as_bytes());
        signing.update(self.0.as_bytes());
        Self(URL_SAFE_NO_PAD.encode(signing.sign()))
    }

    /// The secret itself, to be shown once.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> String {
        hash_of(&self.0)
    }
}

/// A plain SHA-256 is enough: the secret has 256 random bits and cannot be guessed from it.
pub(super) fn hash_of(secret: &str) -> String {
    sha256(&[secret.as_bytes()])
}

/// A session to be opened.
pub(super) struct New<'a> {
    pub(super) user: Uuid,
    pub(super) secret: &'a Secret,
    pub(super) lifetime: TimeDelta,
    pub(super) agent: Option<&'a str>,
}

/// Opens a session if the user is there and the account open, and ends the oldest of too many.
pub(super) async fn insert(ctx: &Ctx, new: &New<'_>) -> Result<Option<Uuid>> {
    use session::Column;
    let (id, now) = (ctx.clock.id(), ctx.clock.now());
    let expires = now.checked_add_signed(new.lifetime).unwrap_or(now);
    // Whoever is let in till then only does not come back when the account is opened again.
    let closes = Expr::col(user::Column::ValidUntil);
    let expires = Expr::case(closes.clone().lt(expires), closes).finally(Expr::val(expires));
    let from_user = Query::select()
        .expr(Expr::val(id))
        .column(user::Column::Id)
        .exprs([Expr::val(now), Expr::val(now)])
        .expr(expires)
        .exprs([Expr::val(new.secret.hash()), Expr::val(new.agent)])
        .from(user::Entity)
        .and_where(Expr::col(user::Column::Id).eq(new.user))
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
        Column::UserAgent,
    ]);
    row.select_from(from_user).map_err(|error| Error::Internal(format!("session: {error}")))?;
    if ctx.db.writing().run(&row).await?.rows_affected() == 0 {
        return Ok(None);
    }
    end_oldest(ctx, new.user).await?;
    Ok(Some(id))
}

/// Ends the oldest open sessions of a user that has more than it may have.
///
/// A statement of its own after the insert is committed: of people who sign in at once, the last one counts all.
async fn end_oldest(ctx: &Ctx, user: Uuid) -> Result<()> {
    use session::Column;
    let open = sessions_of(user)
        .add(Expr::col(Column::RevokedAt).is_null())
        .add(Expr::col(Column::ExpiresAt).gt(ctx.clock.now()));
    // Ids are in the order of signing in.
    let oldest_kept = Query::select()
        .column(Column::Id)
        .from(session::Entity)
        .cond_where(open.clone())
        .order_by(Column::Id, Order::Desc)
        .limit(1)
        .offset(MOST_OPEN - 1)
        .take();
    revoke(ctx, ctx.db.writing(), open.add(Expr::col(Column::Id).lt(oldest_kept))).await?;
    Ok(())
}

/// Ends all sessions of a user, and answers how many were open.
///
/// # Errors
/// What the database says.
pub async fn end_all(ctx: &Ctx, user: Uuid) -> Result<u64> {
    let open = sessions_of(user).add(Expr::col(session::Column::ExpiresAt).gt(ctx.clock.now()));
    revoke(ctx, ctx.db.writing(), open).await
}

/// Lets the sessions of a user end at this instant, if they would last longer.
///
/// # Errors
/// What the database says.
pub async fn end_by(conn: Conn<'_>, user: Uuid, until: DateTime<Utc>) -> Result<()> {
    let shorten = Query::update()
        .table(session::Entity)
        .value(session::Column::ExpiresAt, until)
        .cond_where(sessions_of(user))
        .and_where(Expr::col(session::Column::ExpiresAt).gt(until))
        .take();
    conn.run(&shorten).await?;
    Ok(())
}

/// All sessions of a user, as a condition.
pub(super) fn sessions_of(user: Uuid) -> Condition {
    Condition::all().add(Expr::col(session::Column::UserId).eq(user))
}

/// Ends the open ones among these sessions, and answers how many there were.
pub(super) async fn revoke(ctx: &Ctx, conn: Conn<'_>, which: Condition) -> Result<u64> {
    let end = Query::update()
        .table(session::Entity)
        .value(session::Column::RevokedAt, ctx.clock.now())
        .and_where(Expr::col(session::Column::RevokedAt).is_null())
        .cond_where(which)
        .take();
    Ok(conn.run(&end).await?.rows_affected())
}
