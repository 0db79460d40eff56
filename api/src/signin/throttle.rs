//! Throttling: whoever fails to sign in waits, longer each time.
//!
//! Attempts are counted by account and by network address, in the database, so that the count holds over restarts
//! and processes. An attempt is counted as failed before its password is looked at, and taken back when it succeeds:
//! many at once gain nothing. Accounts nobody has are counted alike, and only keyed hashes are stored.

mod rule;

use std::net::IpAddr;

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use entity::sign_in_attempt::{Column, Entity};
use kernel::{
    ctx::Ctx,
    db::Conn,
    error::{Error, Result},
};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict, Query};

use super::secret::InstallationSecret;
use crate::origin::network;
use rule::{ACCOUNT, ADDRESS, Count, Rule};

/// One counter of an attempt: what it said before, and what it says now.
#[derive(Debug)]
struct Charge {
    key: String,
    before: Count,
    after: Count,
}

/// An attempt that counts as failed until it is said to be none.
#[derive(Debug)]
pub(super) struct Attempt {
    account: Charge,
    address: Option<Charge>,
}

impl Attempt {
    /// Counts an attempt to sign in to the account with this address, stored or not.
    ///
    /// # Errors
    /// `TooManyAttempts` while the account or the network address has to wait; what the database says.
    pub(super) async fn begin(
        ctx: &Ctx,
        secret: &InstallationSecret,
        email: &str,
        from: Option<IpAddr>,
    ) -> Result<Self> {
        let transaction = ctx.db.begin(true).await?;
        let conn = ctx.db.within(&transaction);
        let now = ctx.clock.now();
        // Always in this order, so that two attempts cannot wait for each other.
        let account = count(conn, key(secret, ACCOUNT, email.as_bytes()), now).await?;
        let mut wait = ACCOUNT.wait(account.1, now);
        let mut address = None;
        if let Some(from) = from {
            let found = count(conn, key(secret, ADDRESS, network(from).to_string().as_bytes()), now).await?;
            wait = std::cmp::max(wait, ADDRESS.wait(found.1, now));
            address = Some(found);
        }
        if wait > 0 {
            transaction.rollback().await?;
            return Err(Error::TooManyAttempts { seconds: u64::try_from(wait).unwrap_or_default() });
        }
        let account = charge(conn, ACCOUNT, account, now).await?;
        let address = match address {
            Some(found) => Some(charge(conn, ADDRESS, found, now).await?),
            None => None,
        };
        transaction.commit().await?;
        Ok(Self { account, address })
    }

    /// The attempt succeeded: the account's failures are forgotten, the address keeps its earlier ones.
    pub(super) async fn succeed(&self, ctx: &Ctx) -> Result<()> {
        let forget = Query::delete()
            .from_table(Entity)
            .and_where(Expr::col(Column::Key).eq(&*self.account.key))
            .take();
        ctx.db.writing().run(&forget).await?;
        take_back(ctx, self.address.as_ref()).await
    }

    /// The attempt was none: nothing was guessed.
    pub(super) async fn set_aside(&self, ctx: &Ctx) -> Result<()> {
        take_back(ctx, Some(&self.account)).await?;
        take_back(ctx, self.address.as_ref()).await
    }
}

/// Forgets the failures of an account, whose holder has shown another way who it is.
pub(super) async fn forget(conn: Conn<'_>, secret: &InstallationSecret, email: &str) -> Result<()> {
    let this = Expr::col(Column::Key).eq(key(secret, ACCOUNT, email.as_bytes()));
    conn.run(&Query::delete().from_table(Entity).and_where(this).take()).await?;
    Ok(())
}

fn key(secret: &InstallationSecret, rule: Rule, what: &[u8]) -> String {
    let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret.attempts_key()));
    signing.update(rule.name.as_bytes());
    signing.update(&[0]);
    signing.update(what);
    hex::encode(signing.sign())
}

/// Reads a counter and locks it until the transaction ends.
async fn count(conn: Conn<'_>, key: String, now: DateTime<Utc>) -> Result<(String, Count)> {
    let mut row = Query::insert();
    row.into_table(Entity).columns([Column::Key, Column::Failures, Column::LastAt]);
    row.values_panic([Expr::val(&*key), Expr::val(0), Expr::val(now)]);
    row.on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned());
    conn.run(&row).await?;
    let mut select = Query::select();
    select.columns([Column::Failures, Column::LastAt]).from(Entity);
    select.and_where(Expr::col(Column::Key).eq(&*key));
    if conn.is_postgres() {
        select.lock(LockType::Update);
    }
    let row =
        conn.one(&select).await?.ok_or_else(|| Error::Unavailable("an attempt was not counted".into()))?;
    Ok((key, Count { failures: row.try_get_by_index(0)?, last_at: row.try_get_by_index(1)? }))
}

async fn charge(
    conn: Conn<'_>,
    rule: Rule,
    (key, before): (String, Count),
    now: DateTime<Utc>,
) -> Result<Charge> {
    let after = rule.charge(before, now);
    let write = Query::update()
        .table(Entity)
        .value(Column::Failures, after.failures)
        .value(Column::LastAt, after.last_at)
        .and_where(Expr::col(Column::Key).eq(&*key))
        .take();
    conn.run(&write).await?;
    Ok(Charge { key, before, after })
}

/// Takes one failure back; the instant too, unless somebody else has failed since.
async fn take_back(ctx: &Ctx, charge: Option<&Charge>) -> Result<()> {
    let Some(Charge { key, before, after }) = charge else { return Ok(()) };
    let this = Expr::col(Column::Key).eq(&**key);
    let restore = Query::update()
        .table(Entity)
        .value(Column::Failures, before.failures)
        .value(Column::LastAt, before.last_at)
        .and_where(this.clone())
        .and_where(Expr::col(Column::Failures).eq(after.failures))
        .and_where(Expr::col(Column::LastAt).eq(after.last_at))
        .take();
    if ctx.db.writing().run(&restore).await?.rows_affected() == 0 {
        let fewer = Query::update()
            .table(Entity)
            .value(Column::Failures, Expr::col(Column::Failures).sub(1))
            .and_where(this)
            .and_where(Expr::col(Column::Failures).gt(0))
            .take();
        ctx.db.writing().run(&fewer).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_of_ipv6_is_one_address() {
        let of = |text: &str| network(text.parse().unwrap());

        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }

    #[test]
    fn keys_tell_neither_who_nor_where() {
        let secret = InstallationSecret::from_text(&"s".repeat(32)).unwrap();

        let account = key(&secret, ACCOUNT, b"a@b");

        assert_eq!(account.len(), 64);
        assert_ne!(account, key(&secret, ADDRESS, b"a@b"));
    }
}
