//! Throttling: whoever fails to sign in waits, longer each time.
//!
//! Attempts that fail are counted by account and by network address, in the database, so that the count holds over
//! restarts and processes. In a process the attempts at one account take turns, and each looks at the count when its turn
//! has come: many wrong ones at once gain nothing, and right ones never lock anybody out. Accounts nobody has are counted
//! alike, and only keyed hashes are stored.

mod refusal;
mod rule;
mod turns;

use std::{cmp::max, net::IpAddr};

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use entity::sign_in_attempt::{Column, Entity};
use kernel::{
    ctx::Ctx,
    db::Conn,
    error::{Error, Result},
};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict, Query};
use uuid::Uuid;

use super::{api_key::refused, keys::KeyRing, password::Place, secret::InstallationSecret};
use crate::origin::network;
use rule::{ACCOUNT, ADDRESS, Count, KEYS, Rule};
use turns::Turn;

pub(super) use refusal::Ending;
pub(super) use turns::Turns;

/// Who attempts what: the address of the account as it was given, and the network address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tried<'a> {
    pub(super) email: &'a str,
    pub(super) from: Option<IpAddr>,
}

/// An attempt that has its turn.
#[derive(Debug)]
pub(super) struct Attempt {
    account: String,
    address: Option<String>,
    from: Option<IpAddr>,
    place: Option<Place>,
    has_failures: bool,
    _turn: Turn,
}

impl Attempt {
    /// Waits for the turn at an account, stored or not, and for a place to hash.
    ///
    /// # Errors
    /// `TooManyAttempts` while the account or the network address has to wait; what the database says.
    pub(super) async fn begin(ctx: &Ctx, ring: &KeyRing, tried: Tried<'_>) -> Result<Self> {
        let Tried { email, from } = tried;
        let account = key(ring.secret(), ACCOUNT, email.as_bytes());
        let of_network = |from| key(ring.secret(), ADDRESS, network(from).to_string().as_bytes());
        let address = from.map(of_network);
        let turn = ring.turns().take(&account).await;
        let mut attempt = Self { account, address, from, place: None, has_failures: false, _turn: turn };
        attempt.look(ctx).await?;
        attempt.place = Place::free();
        if attempt.place.is_none() {
            attempt.place = Some(Place::wait().await?);
            // Others from the same network may have failed meanwhile.
            attempt.look(ctx).await?;
        }
        Ok(attempt)
    }

    /// Refuses the attempt while account or network have to wait.
    async fn look(&mut self, ctx: &Ctx) -> Result<()> {
        let now = ctx.clock.now();
        let keys = std::iter::once(&self.account).chain(&self.address).map(String::as_str);
        let select = Query::select()
            .columns([Column::Key, Column::Failures, Column::LastAt])
            .from(Entity)
            .and_where(Expr::col(Column::Key).is_in(keys))
            .take();
        let (mut wait, mut has_failures) = (0, false);
        for row in ctx.db.reading().all(&select).await? {
            let key: String = row.try_get_by_index(0)?;
            let count = Count { failures: row.try_get_by_index(1)?, last_at: row.try_get_by_index(2)? };
            let is_account = key == self.account;
            has_failures |= is_account;
            wait = max(wait, if is_account { ACCOUNT } else { ADDRESS }.wait(count, now));
        }
        self.has_failures = has_failures;
        if wait == 0 {
            return Ok(());
        }
        self.tell(Ending::Waiting, None);
        Err(Error::TooManyAttempts { seconds: u64::try_from(wait).unwrap_or_default() })
    }

    /// Whether the password is right; one that is not is counted.
    pub(super) async fn shows(
        &mut self,
        ctx: &Ctx,
        password: &str,
        of: (Option<Uuid>, Option<&str>),
    ) -> Result<bool> {
        let (user, hash) = of;
        let place = match self.place.take() {
            Some(place) => place,
            None => Place::wait().await?,
        };
        let is_right = place.verify(password, hash).await?;
        if !is_right {
            self.fail(ctx, Ending::WrongPassword, user).await?;
        }
        Ok(is_right)
    }

    /// Counts a failure of the account and of the network.
    pub(super) async fn fail(&self, ctx: &Ctx, how: Ending, user: Option<Uuid>) -> Result<()> {
        let transaction = ctx.db.begin(true).await?;
        let conn = ctx.db.within(&transaction);
        // Always in this order, so that two attempts cannot wait for each other.
        charge(conn, ACCOUNT, &self.account, ctx.clock.now()).await?;
        if let Some(address) = &self.address {
            charge(conn, ADDRESS, address, ctx.clock.now()).await?;
        }
        transaction.commit().await?;
        self.tell(how, user);
        Ok(())
    }

    /// The attempt succeeded: the account's failures are forgotten, the network keeps its own.
    pub(super) async fn succeed(&self, ctx: &Ctx) -> Result<()> {
        if self.has_failures {
            forget_key(ctx.db.writing(), &self.account).await?;
        }
        Ok(())
    }

    /// Tells the operator how the attempt ended.
    pub(super) fn tell(&self, how: Ending, user: Option<Uuid>) {
        refusal::tell(how, user, self.from);
    }
}

/// What whoever shows a key that is none is answered: the refusal, or how long to wait after many.
///
/// Only who is refused comes here: a key that is good costs no statement for it, and is taken meanwhile.
///
/// # Errors
/// What the database says.
pub async fn refuse_key(ctx: &Ctx, ring: &KeyRing, from: Option<IpAddr>) -> Result<Error> {
    refuse(ctx, ring, from, (Ending::WrongKey, refused())).await
}

/// What whoever shows a secret that is none is answered: the refusal, or how long to wait after many.
pub(super) async fn refuse(
    ctx: &Ctx,
    ring: &KeyRing,
    from: Option<IpAddr>,
    (ending, answer): (Ending, Error),
) -> Result<Error> {
    let Some(address) = from else { return Ok(answer) };
    let key = key(ring.secret(), KEYS, network(address).to_string().as_bytes());
    let now = ctx.clock.now();
    let select = Query::select()
        .columns([Column::Failures, Column::LastAt])
        .from(Entity)
        .and_where(Expr::col(Column::Key).eq(key.as_str()))
        .take();
    if let Some(row) = ctx.db.reading().one(&select).await? {
        let count = Count { failures: row.try_get_by_index(0)?, last_at: row.try_get_by_index(1)? };
        let wait = KEYS.wait(count, now);
        if wait > 0 {
            refusal::tell(Ending::Waiting, None, from);
            return Ok(Error::TooManyAttempts { seconds: u64::try_from(wait).unwrap_or_default() });
        }
    }
    let transaction = ctx.db.begin(true).await?;
    charge(ctx.db.within(&transaction), KEYS, &key, now).await?;
    transaction.commit().await?;
    refusal::tell(ending, None, from);
    Ok(answer)
}

/// Forgets the failures of an account, whose holder has shown another way who it is.
pub(super) async fn forget(conn: Conn<'_>, secret: &InstallationSecret, email: &str) -> Result<()> {
    forget_key(conn, &key(secret, ACCOUNT, email.as_bytes())).await
}

async fn forget_key(conn: Conn<'_>, key: &str) -> Result<()> {
    let this = Expr::col(Column::Key).eq(key);
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

/// Counts one failure more, of a counter that is locked until the transaction ends.
async fn charge(conn: Conn<'_>, rule: Rule, key: &str, now: DateTime<Utc>) -> Result<()> {
    let this = Expr::col(Column::Key).eq(key);
    let mut row = Query::insert();
    row.into_table(Entity).columns([Column::Key, Column::Failures, Column::LastAt]);
    row.values_panic([Expr::val(key), Expr::val(0), Expr::val(now)]);
    row.on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned());
    conn.run(&row).await?;
    let mut select = Query::select();
    select.columns([Column::Failures, Column::LastAt]).from(Entity).and_where(this.clone());
    if conn.is_postgres() {
        select.lock(LockType::Update);
    }
    let uncounted = || Error::Unavailable("an attempt was not counted".into());
    let row = conn.one(&select).await?.ok_or_else(uncounted)?;
    let before = Count { failures: row.try_get_by_index(0)?, last_at: row.try_get_by_index(1)? };
    let after = rule.charge(before, now);
    let write = Query::update()
        .table(Entity)
        .value(Column::Failures, after.failures)
        .value(Column::LastAt, after.last_at)
        .and_where(this)
        .take();
    conn.run(&write).await?;
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
