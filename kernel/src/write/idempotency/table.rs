//! The table of keys.

use aws_lc_rs::digest;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    Statement,
    sea_query::{Alias, Expr, ExprTrait, OnConflict, Order, Query},
};
use serde_json::Value as Json;

use super::{Claim, HOURS, Kept, in_flight};
use crate::{
    clock::Clock,
    ctx::Ctx,
    db::Conn,
    error::{Code, Error, Result},
    unit::Unit,
};

const TABLE: &str = "idempotency_key";

/// Instant before which a key counts as never used.
fn horizon(clock: &Clock) -> DateTime<Utc> {
    clock.now() - TimeDelta::hours(HOURS)
}

/// What was kept under a key; the unit holds the key's lock from here on.
///
/// # Errors
/// `Conflict` while another process runs the key's unit, and where something else was sent under it.
pub(crate) async fn find(unit: &Unit, claim: &Claim) -> Result<Option<Vec<Kept>>> {
    let conn = unit.conn();
    lock(conn, claim).await?;
    let found = kept(conn, &unit.ctx.clock, claim).await?;
    Ok(found.map(serde_json::from_value).transpose()?)
}

/// What is kept under a key.
///
/// # Errors
/// `Conflict` where something else was sent under it; what the database says.
pub(super) async fn kept(conn: Conn<'_>, clock: &Clock, claim: &Claim) -> Result<Option<Json>> {
    let select = Query::select()
        .columns(["fingerprint", "outcome"].map(Alias::new))
        .from(Alias::new(TABLE))
        .and_where(Expr::col(Alias::new("user_id")).eq(claim.user))
        .and_where(Expr::col(Alias::new("key")).eq(claim.key.as_str()))
        .and_where(Expr::col(Alias::new("created_at")).gt(horizon(clock)))
        .take();
    let Some(found) = conn.one(&select).await? else { return Ok(None) };
    if found.try_get_by_index::<String>(0)? != claim.fingerprint {
        let detail = "this key was used for another call: other content, address or owner; take a new key";
        return Err(Error::Conflict(Code::IdempotencyKeyReused, detail.into()));
    }
    Ok(Some(found.try_get_by_index(1)?))
}

/// Takes the key's lock for the rest of the transaction; the writer of SQLite is alone anyway.
pub(super) async fn lock(conn: Conn<'_>, claim: &Claim) -> Result<()> {
    if !conn.is_postgres() {
        return Ok(());
    }
    let name = digest::digest(&digest::SHA256, format!("{} {}", claim.user, claim.key).as_bytes());
    let number = name.as_ref().first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
    let ask = "SELECT pg_try_advisory_xact_lock($1)";
    let ask = Statement::from_sql_and_values(conn.backend(), ask, [number.into()]);
    let answer = conn.all_raw(ask).await?;
    let is_free: bool = answer.first().map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    if is_free { Ok(()) } else { Err(in_flight()) }
}

/// Keeps what a unit did under its key, in its own transaction.
///
/// # Errors
/// What the database says.
pub(crate) async fn keep(unit: &Unit, claim: &Claim, outcome: &[Kept]) -> Result<()> {
    put(unit.conn(), &unit.ctx.clock, claim, serde_json::to_value(outcome)?).await
}

/// Keeps something under a key.
///
/// # Errors
/// What the database says.
pub(super) async fn put(conn: Conn<'_>, clock: &Clock, claim: &Claim, outcome: Json) -> Result<()> {
    let columns = ["user_id", "key", "fingerprint", "outcome", "created_at"].map(Alias::new);
    let mut insert = Query::insert();
    insert.into_table(Alias::new(TABLE)).columns(columns.clone()).values_panic([
        Expr::val(claim.user),
        Expr::val(claim.key.as_str()),
        Expr::val(claim.fingerprint.as_str()),
        Expr::val(outcome),
        Expr::val(clock.now()),
    ]);
    // What is there is older than a day.
    let [user, key, rest @ ..] = columns;
    insert.on_conflict(OnConflict::columns([user, key]).update_columns(rest).to_owned());
    conn.run(&insert).await?;
    Ok(())
}

/// Deletes keys older than a day, oldest first, at most `most`; answers how many.
///
/// # Errors
/// What the database says.
pub async fn expire(ctx: &Ctx, most: u64) -> Result<u64> {
    let key = ["user_id", "key"].map(|column| Expr::col(Alias::new(column)));
    let oldest = Query::select()
        .columns(["user_id", "key"].map(Alias::new))
        .from(Alias::new(TABLE))
        .and_where(Expr::col(Alias::new("created_at")).lte(horizon(&ctx.clock)))
        .order_by(Alias::new("created_at"), Order::Asc)
        .limit(most)
        .take();
    let mut delete = Query::delete();
    delete.from_table(Alias::new(TABLE)).and_where(Expr::tuple(key).in_subquery(oldest));
    Ok(ctx.db.writing().run(&delete).await?.rows_affected())
}
