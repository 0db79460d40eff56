//! Deadlines: what they have from their commitment, and days that are moved by hand, with a reason.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use entity::{
    Commitment, Country, Deadline, Submission, commitment, country, deadline, submission,
    vocab::DeadlineStatus,
};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Ctx, Result, Unit,
    actor::Actor,
    db::Conn,
    lifecycle::{Lack, Lacking},
    policy::visible,
    row::Row,
    store,
    unit::Item,
};
use sea_orm::sea_query::{Cond, ExprTrait, Order};
use uuid::Uuid;

use super::rules::end_of;
use crate::domain::Registered;

/// Codes of the states in which something is still to be sent.
pub const OPEN: [&str; 3] =
    [DeadlineStatus::Upcoming.code(), DeadlineStatus::InPreparation.code(), DeadlineStatus::Cleared.code()];

/// The visible deadlines of an owner in which something is still to be sent, and that meet a condition: the nearest first.
///
/// # Errors
/// What the database says.
pub(super) async fn open(ctx: &Ctx, owner: &str, which: Cond, most: u64) -> Result<Vec<Row>> {
    let def = Deadline::def();
    let mut select = store::select(def);
    select
        .cond_where(visible(&ctx.actor, def))
        .cond_where(which.add(def.col("owner").eq(owner)).add(def.col(deadline::STATUS.column).is_in(OPEN)))
        .order_by_expr(def.col(deadline::DUE_AT.column), Order::Asc)
        .order_by_expr(def.col("id"), Order::Asc)
        .limit(most);
    store::rows(ctx.db.reading(), def, &select).await
}

/// Those of these deadlines for which a submission is on record that the caller sees.
///
/// # Errors
/// What the database says.
pub async fn submitted(conn: Conn<'_>, actor: &Actor, ids: &BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (def, column) = (Submission::def(), submission::DEADLINE.column);
    let of_these = Cond::all().add(visible(actor, def)).add(conn.among(def.col(column), ids));
    store::distinct(conn, def, column, of_these).await
}

/// Tells of which deadlines no submission is on record; a hidden one is absent.
#[must_use]
pub fn lacking<'a>(conn: Conn<'a>, actor: &'a Actor, rows: &'a [&'a Row]) -> BoxFuture<'a, Result<Lacking>> {
    Box::pin(async move {
        let sent = submitted(conn, actor, &rows.iter().map(|row| row.id()).collect()).await?;
        let fact = Lack::of("submission_recorded", "a submission on record").warning(true);
        let unsent = rows.iter().filter(|row| !sent.contains(&row.id()));
        Ok(unsent.map(|row| (row.id(), vec![fact])).collect())
    })
}

/// A new deadline has its obligation from its commitment; a day that is moved by hand says why. The instant follows.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let is_live = |item: &Item| !item.is_rejected() && !item.is_deletion();
        let made = items.iter().filter(|item| is_live(item) && item.is_new());
        let ids: BTreeSet<Uuid> = made
            .filter(|item| item.after.read(deadline::OBLIGATION).is_none())
            .filter_map(|item| item.after.read(deadline::COMMITMENT))
            .collect();
        let above = unit.rows_of(Commitment::def(), &ids).await?;
        let is_system = unit.actor().is_system();
        let is_moved = |item: &Item| {
            let by_hand = item.before.is_some() && !is_system && item.changes(deadline::DUE_ON.column);
            is_live(item) && (by_hand || item.after.read(deadline::DUE_AT).is_none())
        };
        let owners = items.iter().filter(|item| is_moved(item)).map(|item| item.after.owner().to_owned());
        let zones = zones(unit, owners.collect()).await?;
        for item in items.iter_mut().filter(|item| is_live(item)) {
            if let Some(above) = item.after.read(deadline::COMMITMENT).and_then(|id| above.get(&id)) {
                inherit(&mut item.after, above);
            }
            if item.after.read(deadline::ORIGIN).is_none() {
                item.after.write(deadline::ORIGIN, item.after.id().to_string());
            }
            if !is_moved(item) {
                continue;
            }
            if let Some(before) = &item.before {
                // The day of the rule is told as soon as the deadline leaves it.
                let by_rule = before.read(deadline::RULE_DUE_ON).or_else(|| before.read(deadline::DUE_ON));
                match by_rule.filter(|day| item.after.read(deadline::DUE_ON) != Some(*day)) {
                    Some(day) => item.after.write(deadline::RULE_DUE_ON, day),
                    None => item.after.clear(deadline::RULE_DUE_ON.column),
                }
            }
            let is_told = item.fields.get("due_reason").is_some_and(|reason| !reason.is_null());
            if item.before.is_some() && !is_told {
                item.fault("/due_reason", Code::Required, "say why the day is moved");
            }
            let zone = zones.get(item.after.owner()).copied().unwrap_or(Tz::UTC);
            if let Some(day) = item.after.read(deadline::DUE_ON) {
                item.after.write(deadline::DUE_AT, end_of(day, zone));
            }
        }
        Ok(())
    })
}

fn inherit(row: &mut Row, above: &Row) {
    for (own, theirs) in [
        (deadline::OBLIGATION.column, commitment::OBLIGATION.column),
        (deadline::FRAMEWORK.column, commitment::FRAMEWORK.column),
    ] {
        row.set(own, above.get(theirs).clone());
    }
}

/// The time zones of these countries.
async fn zones(unit: &Unit, owners: BTreeSet<String>) -> Result<BTreeMap<String, Tz>> {
    if owners.is_empty() {
        return Ok(BTreeMap::new());
    }
    let def = Country::def();
    let named = Cond::all().add(def.col(country::CODE.column).is_in(owners));
    let rows = store::all(unit.conn(), def, named).await?;
    let zone = |row: &Row| Some((row.read(country::CODE)?, row.read(country::TIME_ZONE)?.parse().ok()?));
    Ok(rows.iter().filter_map(zone).collect())
}
