//! Keys of bundles: the one that this installation signs an owner's with, and those that it takes an owner's by.
//!
//! A private key is nowhere stored: it follows from the installation secret and the id of its row.

use aws_lc_rs::{hmac, signature::Ed25519KeyPair};
use chrono::{DateTime, Utc};
use entity::bundle_key::{self, Column, Entity};
use kernel::{Code, Ctx, Error, Result, Unit, db::Conn, policy::for_rule};
use sea_orm::{
    ColumnTrait,
    sea_query::{Alias, Cond, Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::file;
use crate::domain::{elsewhere, exchange::kept};

/// A key that bundles of an owner are taken by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// The owner.
    pub owner: String,
    /// Public half of the key.
    pub key: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

fn live(owner: &str, is_own: bool) -> Cond {
    Cond::all().add(Column::Owner.eq(owner)).add(Column::IsOwn.eq(is_own)).add(Column::RevokedAt.is_null())
}

async fn first(conn: Conn<'_>, which: Cond) -> Result<Option<bundle_key::Model>> {
    Ok(kept::select::<Entity>(conn, Column::Id, which, (None, 1)).await?.pop())
}

fn pair(ctx: &Ctx, id: Uuid) -> Result<Ed25519KeyPair> {
    if ctx.cursor_key.is_empty() {
        return Err(Error::Internal("bundles are signed by the service".into()));
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, &ctx.cursor_key);
    file::pair(hmac::sign(&key, format!("bundles {id}").as_bytes()).as_ref())
}

/// The pair that this installation signs an owner's bundles with; made where there is none.
///
/// # Errors
/// What the database says.
pub async fn own(ctx: &Ctx, owner: &str) -> Result<Ed25519KeyPair> {
    if let Some(row) = first(ctx.db.reading(), live(owner, true)).await? {
        return pair(ctx, row.id);
    }
    let named = owner.to_owned();
    ctx.run(async move |unit: &mut Unit| match first(unit.conn(), live(&named, true)).await? {
        Some(row) => pair(&unit.ctx, row.id),
        None => make(unit, &named).await,
    })
    .await
}

/// Makes another key that bundles of an owner are signed with from now on; answers its public half.
///
/// # Errors
/// What the database says.
pub async fn rotate(unit: &mut Unit, owner: &str) -> Result<String> {
    end(unit, live(owner, true)).await?;
    Ok(file::public(&make(unit, owner).await?))
}

async fn make(unit: &mut Unit, owner: &str) -> Result<Ed25519KeyPair> {
    let id = unit.ctx.clock.id();
    let pair = pair(&unit.ctx, id)?;
    add(unit, (id, owner), file::public(&pair), true).await?;
    Ok(pair)
}

async fn add(unit: &mut Unit, (id, owner): (Uuid, &str), public_key: String, is_own: bool) -> Result<()> {
    unit.remember();
    let row = bundle_key::Model {
        id,
        owner: owner.to_owned(),
        public_key,
        is_own,
        created_at: unit.ctx.clock.now(),
        revoked_at: None,
    };
    kept::insert(unit.conn(), &row).await
}

async fn end(unit: &mut Unit, which: Cond) -> Result<bool> {
    let mut update = Query::update();
    update.table(Entity).value(Column::RevokedAt, unit.ctx.clock.now()).cond_where(which);
    let is_any = unit.conn().run(&update).await?.rows_affected() > 0;
    if is_any {
        unit.remember();
    }
    Ok(is_any)
}

/// Takes an owner's bundles that are signed with a key; nothing changes where they are already.
///
/// # Errors
/// `NotFound` for an owner there is none of; `Invalid` where it is no key; `Conflict` where somebody acts for the owner here.
pub async fn pin(unit: &mut Unit, owner: &str, key: &str) -> Result<()> {
    let key = file::read_key(key).ok_or_else(|| {
        Error::invalid("/key", Code::BadFormat, "a public key of Ed25519: 43 characters of base64url")
    })?;
    let is_country = !owner.contains(':') && !["reference", "installation"].contains(&owner);
    if !is_country || !is_there(unit.conn(), "owner", "code", owner).await? {
        return Err(Error::NotFound);
    }
    // A grant that is made meanwhile waits, and finds the pin.
    elsewhere::claim(unit, [owner].into()).await?;
    if is_there(unit.conn(), "grant", "owner", owner).await? {
        let text = "somebody has grants of this owner here, so this installation keeps its records itself";
        return Err(Error::Conflict(Code::KeptElsewhere, text.into()));
    }
    let same = Cond::all().add(Column::Owner.eq(owner)).add(Column::PublicKey.eq(key.as_str()));
    match first(unit.conn(), same).await? {
        Some(row) if row.revoked_at.is_none() && !row.is_own => Ok(()),
        Some(_) => {
            let text = "the key is one that was revoked, or this installation's own: ask for another one";
            Err(Error::invalid("/key", Code::RuleBroken, text))
        }
        None => {
            let id = unit.ctx.clock.id();
            add(unit, (id, owner), key, false).await
        }
    }
}

/// Takes no more bundles that are signed with a key; with all keys of the owner where none is named. What was received stays.
///
/// # Errors
/// `NotFound` where there is no such key.
pub async fn unpin(unit: &mut Unit, owner: &str, key: Option<&str>) -> Result<()> {
    let key = key.map(|key| file::read_key(key).unwrap_or_default());
    let which = live(owner, false).add_option(key.map(|key| Column::PublicKey.eq(key)));
    if end(unit, which).await? { Ok(()) } else { Err(Error::NotFound) }
}

/// Every key that bundles are taken by.
///
/// # Errors
/// What the database says.
pub async fn pins(conn: Conn<'_>) -> Result<Vec<Pinned>> {
    let which = Cond::all().add(Column::IsOwn.eq(false)).add(Column::RevokedAt.is_null());
    let found = kept::select::<Entity>(conn, Column::Id, which, (None, 1_000)).await?;
    let pinned =
        |row: bundle_key::Model| Pinned { owner: row.owner, key: row.public_key, since: row.created_at };
    Ok(found.into_iter().map(pinned).collect())
}

/// An id that belongs to an owner and that nobody outside can tell.
pub(super) fn hidden_id(ctx: &Ctx, owner: &str) -> Uuid {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &ctx.cursor_key);
    let sign = hmac::sign(&key, format!("what bundles of {owner} do not tell").as_bytes());
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(sign.as_ref()) {
        *to = *from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Whether bundles of an owner are taken that are signed with this key.
pub(super) async fn is_pinned(unit: &Unit, owner: &str, key: &str) -> Result<bool> {
    let same = live(owner, false).add(Column::PublicKey.eq(key));
    Ok(first(unit.conn(), same).await?.is_some())
}

/// Whether a table has a row with this value.
pub(super) async fn is_there(
    conn: Conn<'_>,
    table: &'static str,
    column: &'static str,
    value: &str,
) -> Result<bool> {
    let mut select = Query::select();
    select.expr(Expr::val(1)).from(Alias::new(table)).cond_where(for_rule(table));
    select.and_where(Expr::col(Alias::new(column)).eq(value)).limit(1);
    Ok(conn.one(&select).await?.is_some())
}
