//! Credentials: whose password is whose, and setting new ones.

use entity::{credential, second_factor, session, user};
use kernel::{
    ctx::Ctx,
    db::Conn,
    error::{Code, Error, Result},
};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use uuid::Uuid;

use super::{
    keys::KeyRing,
    password::{self, Holder},
    password_token,
    session::{revoke, sessions_of},
    throttle::{Attempt, Tried},
};

/// A change of a password by the person itself.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    /// The person.
    pub user: Uuid,
    /// The session that stays open.
    pub session: Uuid,
    /// The present password.
    pub old: &'a str,
    /// The password from now on.
    pub new: &'a str,
}

/// Changes a password by the person itself and ends all other sessions of that person.
///
/// # Errors
/// `Invalid` at `/old_password` or `/new_password`; `TooManyAttempts`; what the database says.
pub async fn change_password(ctx: &Ctx, ring: &KeyRing, change: Change<'_>) -> Result<()> {
    let Change { user, session: kept, old, new } = change;
    let wrong = || Error::invalid("/old_password", Code::RuleBroken, "this is not your present password");
    let account = account_of(ctx, user).await?;
    if !account.prove(ctx, ring, old).await? {
        return Err(wrong());
    }
    account.accepts("/new_password", new, account.has_factor)?;

    let hash = password::hash(new).await?;
    let replace = Query::update()
        .table(credential::Entity)
        .value(credential::Column::PasswordHash, hash)
        .value(credential::Column::ChangedAt, ctx.clock.now())
        .and_where(Expr::col(credential::Column::UserId).eq(user))
        // Somebody else may have changed it while the hashes were made.
        .and_where(Expr::col(credential::Column::PasswordHash).eq(account.hash))
        .take();
    let transaction = ctx.db.begin(true).await?;
    let conn = ctx.db.within(&transaction);
    if conn.run(&replace).await?.rows_affected() == 0 {
        return Err(wrong());
    }
    password_token::end(conn, user).await?;
    revoke(ctx, conn, sessions_of(user).add(Expr::col(session::Column::Id).ne(kept))).await?;
    Ok(transaction.commit().await?)
}

/// Sets a password without asking for the old one, and ends all sessions of the user.
///
/// The user must be committed already: this opens a transaction of its own.
///
/// # Errors
/// `NotFound`; `Invalid` at `/password`; what the database says.
pub async fn set_password(ctx: &Ctx, user: Uuid, password: &str) -> Result<()> {
    let account = account_of(ctx, user).await?;
    account.accepts("/password", password, account.has_factor)?;

    let hash = password::hash(password).await?;
    let transaction = ctx.db.begin(true).await?;
    let conn = ctx.db.within(&transaction);
    set_hash(ctx, conn, user, &hash).await?;
    password_token::end(conn, user).await?;
    revoke(ctx, conn, sessions_of(user)).await?;
    Ok(transaction.commit().await?)
}

/// Stores a hash made by [`password::hash`], unchecked; demonstration accounts share one.
///
/// # Errors
/// What the database says.
pub async fn set_hash(ctx: &Ctx, conn: Conn<'_>, user: Uuid, hash: &str) -> Result<()> {
    use credential::Column;
    let upsert = Query::insert()
        .into_table(credential::Entity)
        .columns([Column::UserId, Column::PasswordHash, Column::ChangedAt])
        .values_panic([Expr::val(user), Expr::val(hash), Expr::val(ctx.clock.now())])
        .on_conflict(
            OnConflict::column(Column::UserId)
                .update_columns([Column::PasswordHash, Column::ChangedAt])
                .to_owned(),
        )
        .take();
    conn.run(&upsert).await?;
    Ok(())
}

/// An account with its password's hash, if it has one.
pub(super) struct Account {
    pub(super) id: Uuid,
    /// What stands for it in the change log.
    pub(super) number: i64,
    pub(super) email: String,
    name: String,
    pub(super) hash: Option<String>,
    /// Whether signing in asks for a code.
    pub(super) has_factor: bool,
}

impl Account {
    /// Lets the person show that it knows its password, counted like an attempt to sign in; false if it does not.
    pub(super) async fn prove(&self, ctx: &Ctx, ring: &KeyRing, password: &str) -> Result<bool> {
        let mut attempt = Attempt::begin(ctx, ring, Tried { email: &self.email, from: None }).await?;
        if !attempt.shows(ctx, password, (Some(self.id), self.hash.as_deref())).await? {
            return Ok(false);
        }
        attempt.succeed(ctx).await?;
        Ok(true)
    }

    /// Judges a new password, which may be shorter beside a second factor.
    pub(super) fn accepts(&self, pointer: &str, password: &str, has_factor: bool) -> Result<()> {
        let holder = Holder { email: &self.email, name: &self.name, has_factor };
        let found = password::check(pointer, password, holder);
        if found.is_empty() { Ok(()) } else { Err(Error::Invalid(found)) }
    }
}

/// Finds the account of a user.
pub(super) async fn account_of(ctx: &Ctx, user: Uuid) -> Result<Account> {
    let by_id = Expr::col((user::Entity, user::Column::Id)).eq(user);
    account(ctx, by_id).await?.ok_or(Error::NotFound)
}

/// Finds an account by a condition on its row of `user`.
pub(super) async fn account(ctx: &Ctx, which: Expr) -> Result<Option<Account>> {
    let of = |column| (user::Entity, column);
    let its = (credential::Entity, credential::Column::UserId);
    let factor = |column| Expr::col((second_factor::Entity, column));
    let select = Query::select()
        .columns([user::Column::Id, user::Column::Email, user::Column::Name, user::Column::Number].map(of))
        .column((credential::Entity, credential::Column::PasswordHash))
        .expr(factor(second_factor::Column::ConfirmedAt).is_not_null())
        .from(user::Entity)
        .left_join(credential::Entity, Expr::col(its).equals(of(user::Column::Id)))
        .left_join(second_factor::Entity, factor(second_factor::Column::UserId).equals(of(user::Column::Id)))
        .and_where(which)
        .take();
    let Some(row) = ctx.db.reading().one(&select).await? else { return Ok(None) };
    Ok(Some(Account {
        id: row.try_get_by_index(0)?,
        email: row.try_get_by_index(1)?,
        name: row.try_get_by_index(2)?,
        number: row.try_get_by_index(3)?,
        hash: row.try_get_by_index(4)?,
        has_factor: row.try_get_by_index(5)?,
    }))
}
