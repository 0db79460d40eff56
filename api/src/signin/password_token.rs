//! Password tokens: with one, somebody who is invited or locked out sets a password.
//!
//! Whoever holds a token becomes its account, so it is issued only by who could have given every right the account
//! has. That is asked again when the token is used: rights granted meanwhile are not for the issuer to take.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    Grant, User, grant, password_token, user,
    vocab::{Consent, Role},
};
use kernel::{
    Unit,
    actor::Actor,
    ctx::Ctx,
    db::Conn,
    error::{Error, Result},
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
use crate::domain::{
    Registered,
    access::{consent, focal_points},
};

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

/// Issues a token for whom a grant is for, as [`issue`] does: the account of somebody who has not accepted yet is
/// hidden from those who offer.
///
/// # Errors
/// As [`issue`].
pub async fn issue_for_grant(ctx: &Ctx, grant: Uuid, resets_second_factor: bool) -> Result<PasswordToken> {
    let row = store::get(ctx, Grant::def(), grant).await?;
    let user = row.read(grant::USER).ok_or(Error::NotFound)?;
    let found = store::first(ctx.db.reading(), User::def(), Cond::all().add(User::def().col("id").eq(user)));
    issue_to(ctx, &found.await?.ok_or(Error::NotFound)?, resets_second_factor).await
}

/// Issues a token for a user; earlier ones end. The log of every owner the user acts for keeps who did so and
/// for whom, never the token.
///
/// # Errors
/// `NotFound` if the user is not visible; `Forbidden` if its rights are not the caller's to give, or it is closed;
/// what the database says.
pub async fn issue(ctx: &Ctx, user: Uuid, resets_second_factor: bool) -> Result<PasswordToken> {
    issue_to(ctx, &store::get(ctx, User::def(), user).await?, resets_second_factor).await
}

async fn issue_to(ctx: &Ctx, row: &Row, resets_second_factor: bool) -> Result<PasswordToken> {
    if ctx.actor.key.is_some() {
        return Err(no_key());
    }
    let user = row.id();
    if focal_points::open(row, ctx.clock.now()).is_none() {
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
    let mut issuer = None;
    if let Some(by) = by {
        let asked = load_issuer(ctx, by, of).await?.ok_or_else(spent)?;
        may_issue(ctx.db.reading(), ctx, &asked, user).await.map_err(|_| spent())?;
        issuer = Some(asked);
    }
    account.accepts("/password", password, account.has_factor && !resets)?;

    let hash = password::hash(password).await?;
    let is_first = account.hash.is_none();
    let (token, email) = (token.to_owned(), account.email);
    let number = account.number;
    let keeping = Keeping { user, number, token, hash, email, resets, issuer, is_first, ring: ring.clone() };
    let ctx = ctx.acting(keeping.person());
    ctx.run(async move |unit| keeping.store(unit).await).await
}

/// A password that is set by a token, for a unit.
struct Keeping {
    user: Uuid,
    number: i64,
    token: String,
    hash: String,
    email: String,
    resets: bool,
    issuer: Option<Actor>,
    is_first: bool,
    ring: KeyRing,
}

impl Keeping {
    /// The person, in whose name the log keeps what it accepts.
    fn person(&self) -> Actor {
        let mut person = Actor::anonymous();
        (person.user, person.number) = (Some(self.user), Some(self.number));
        person
    }

    /// Spends the token, stores the hash, ends the sessions, and settles what is offered to the account.
    async fn store(&self, unit: &mut Unit) -> Result<()> {
        let delete = Query::delete()
            .from_table(password_token::Entity)
            .and_where(Expr::col(password_token::Column::TokenHash).eq(hash_of(&self.token)))
            .take();
        if unit.conn().run(&delete).await?.rows_affected() == 0 {
            return Err(spent());
        }
        set_hash(&unit.ctx, unit.conn(), self.user, &self.hash).await?;
        revoke(&unit.ctx, unit.conn(), sessions_of(self.user)).await?;
        if self.resets {
            factor::remove(unit.conn(), self.user).await?;
        }
        throttle::forget(unit.conn(), self.ring.secret(), &self.email).await?;
        let is_first = self.is_first && held_by(unit.conn(), &unit.ctx, self.user).await?.is_empty();
        consent::settle_offers(unit, self.user, is_first, self.issuer.as_ref()).await
    }
}

fn spent() -> Error {
    Error::Unauthenticated("the token is not good any more; ask for a new one".into())
}

/// Ends the token of a user, whose password was set another way.
pub(super) async fn end(conn: Conn<'_>, user: Uuid) -> Result<()> {
    let this = Expr::col(password_token::Column::UserId).eq(user);
    conn.run(&Query::delete().from_table(password_token::Entity).and_where(this).take()).await?;
    Ok(())
}

/// Whoever issues a token could have given the user every grant it has accepted; offers count for nothing. Accounts
/// without grants are the operator's, and as long as nobody has set a password whoever offers them something may
/// invite them too.
async fn may_issue(conn: Conn<'_>, ctx: &Ctx, issuer: &Actor, user: Uuid) -> Result<()> {
    if issuer.is_system() {
        return Ok(());
    }
    let operates = issuer.with_role(&[Role::Operator]).next().is_some();
    if issuer.user == Some(user) {
        return Err(not_yours());
    }
    let held = held_by(conn, ctx, user).await?;
    for one in &held {
        if !consent::gives(issuer, one) {
            return Err(not_yours());
        }
        if operates && one.read(grant::ROLE) == Some(Role::FocalPoint) {
            is_first(conn, ctx, one).await?;
        }
    }
    if !held.is_empty() || operates {
        return Ok(());
    }
    let this = Expr::col((user::Entity, user::Column::Id)).eq(user);
    let has_password = account(ctx, this).await?.is_some_and(|account| account.hash.is_some());
    let of_user = Cond::all().add(Grant::def().col(grant::USER.column).eq(user));
    let offered = of_user.add(consent::open(Consent::Offered, ctx.clock.today()));
    let offers = store::all(conn, Grant::def(), offered).await?;
    if !has_password && offers.iter().any(|offer| consent::gives(issuer, offer)) {
        Ok(())
    } else {
        Err(not_yours())
    }
}

/// The grants a user has accepted that are not over, begun or not.
async fn held_by(conn: Conn<'_>, ctx: &Ctx, user: Uuid) -> Result<Vec<Row>> {
    let of_user = Cond::all().add(Grant::def().col(grant::USER.column).eq(user));
    store::all(conn, Grant::def(), of_user.add(consent::open(Consent::Accepted, ctx.clock.today()))).await
}

/// The operator invites the first focal point of a country, who has no password and nobody beside it.
async fn is_first(conn: Conn<'_>, ctx: &Ctx, held: &Row) -> Result<()> {
    let (def, holder) = (Grant::def(), held.read(grant::USER).unwrap_or_default());
    let others = Cond::all()
        .add(def.col("owner").eq(held.owner()))
        .add(def.col(grant::ROLE.column).eq(Role::FocalPoint.code()))
        .add(def.col(grant::USER.column).ne(holder))
        .add(consent::open(Consent::Accepted, ctx.clock.today()));
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
