//! What stood below a plan at a point of the log, and how records stood then, as the caller may see it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, WindowStatement,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    ended::ends,
    history::{Place, images},
};
use crate::{
    error::Result,
    policy::{Scope, readable, visible},
    record::KindDef,
    row::Row,
    store,
    view::View,
};

/// Number of the last change set up to an instant; 0 before the first.
///
/// # Errors
/// What the database says.
pub async fn position_at(view: &View, at: DateTime<Utc>) -> Result<i64> {
    position(view, |of| of("at").lte(at)).await
}

/// Number of a change set; 0 where there is none.
///
/// # Errors
/// What the database says.
pub async fn position_of(view: &View, set: Uuid) -> Result<i64> {
    position(view, |of| of("id").eq(set)).await
}

async fn position(view: &View, which: impl Fn(fn(&'static str) -> Expr) -> Expr) -> Result<i64> {
    let of = |column: &'static str| Expr::col(Alias::new(column));
    let select = Query::select()
        .column(Alias::new("seq"))
        .from(Alias::new("change_set"))
        .and_where(which(of))
        .order_by(Alias::new("at"), Order::Desc)
        .limit(1)
        .take();
    let found = view.db.reading().one(&select).await?;
    Ok(found.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
}

/// The records of a kind that belonged to a plan after a change set, in the form they had then.
///
/// A record is shown if it is visible now, or was when it was deleted, and the facts of that time would be visible
/// under the caller's present grants. Contents that were destroyed are left out. The statements do not grow with the
/// log, and an index leads to the plan's part of it.
///
/// # Errors
/// What the database says.
pub async fn of_plan(view: &View, def: &'static KindDef, plan: Uuid, until: i64) -> Result<Vec<Row>> {
    let mut places: HashMap<Place, Uuid> = HashMap::new();
    for found in view.db.reading().all(&newest(def, plan, until)).await? {
        let Some(facts) = found.try_get_by_index::<Option<Json>>(4)? else { continue };
        let scope: Scope = serde_json::from_value(facts)?;
        if found.try_get_by_index::<String>(3)? != "delete" && readable(&view.actor, def, &scope) {
            let place = (found.try_get_by_index(1)?, found.try_get_by_index(2)?);
            places.insert(place, found.try_get_by_index(0)?);
        }
    }
    let shown = still_seen(view, def, plan, places.values().copied().collect()).await?;
    places.retain(|_, id| shown.contains(id));
    let wanted: Vec<Place> = places.into_keys().collect();
    let mut rows: Vec<Row> = images(view, def, &wanted).await?.into_values().collect();
    rows.sort_by_key(|row| (row.int("position"), row.id()));
    for row in &rows {
        view.note(row);
    }
    Ok(rows)
}

/// These records as they stood after a change set, as far as the facts of that time would be visible under the caller's present
/// grants. Whether they are visible now is for the caller to have asked.
///
/// # Errors
/// What the database says.
pub async fn of_records(
    view: &View,
    def: &'static KindDef,
    ids: &BTreeSet<Uuid>,
    until: i64,
) -> Result<HashMap<Uuid, Row>> {
    let conn = view.db.reading();
    let of_these = conn.among(Expr::col((Alias::new("change"), Alias::new("record_id"))), ids);
    let mut places: Vec<Place> = Vec::new();
    for found in conn.all(&ranked(def, of_these, until)).await? {
        let Some(facts) = found.try_get_by_index::<Option<Json>>(4)? else { continue };
        let scope: Scope = serde_json::from_value(facts)?;
        if found.try_get_by_index::<String>(3)? != "delete" && readable(&view.actor, def, &scope) {
            places.push((found.try_get_by_index(1)?, found.try_get_by_index(2)?));
        }
    }
    let rows = images(view, def, &places).await?.into_values();
    Ok(rows.map(|row| (row.id(), row)).collect())
}

/// Those of these records that are visible now, or were when they were deleted.
async fn still_seen(
    view: &View,
    def: &'static KindDef,
    plan: Uuid,
    ids: BTreeSet<Uuid>,
) -> Result<BTreeSet<Uuid>> {
    let conn = view.db.reading();
    let Some(column) = def.plan_column() else { return Ok(BTreeSet::new()) };
    let of_plan = || def.col(column).eq(plan);
    let select = Query::select()
        .expr(def.col("id"))
        .from(def.iden())
        .cond_where(visible(&view.actor, def))
        .and_where(of_plan())
        .take();
    let rows = conn.all(&select).await?;
    let mut seen = rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect::<Result<BTreeSet<Uuid>>>()?;
    let stored = store::distinct(conn, def, "id", of_plan().into()).await?;
    let gone = ids.into_iter().filter(|id| !stored.contains(id)).collect();
    seen.extend(ends(view, def, &gone).await?.into_keys());
    Ok(seen)
}

/// The plan that a record belongs to, or belonged to last; whether the caller may see it is asked by what follows.
///
/// # Errors
/// What the database says.
pub async fn plan_of(view: &View, record: Uuid) -> Result<Option<Uuid>> {
    let select = Query::select()
        .column(Alias::new("plan_id"))
        .from(Alias::new("change"))
        .and_where(Expr::col(Alias::new("record_id")).eq(record))
        .order_by(Alias::new("version"), Order::Desc)
        .limit(1)
        .take();
    let found = view.db.reading().one(&select).await?;
    Ok(found.map(|row| row.try_get_by_index(0)).transpose()?.flatten())
}

/// The last states of those of these records that are deleted and that the caller could see then.
///
/// # Errors
/// What the database says.
pub async fn gone(view: &View, def: &'static KindDef, ids: &BTreeSet<Uuid>) -> Result<Vec<Row>> {
    let stored =
        store::distinct(view.db.reading(), def, "id", def.col("id").is_in(ids.iter().copied()).into())
            .await?;
    let ids = ids.difference(&stored).copied().collect();
    let ends = ends(view, def, &ids).await?;
    if ends.is_empty() {
        return Ok(Vec::new());
    }
    Ok(super::histories(view, def, &ends.into_keys().collect(), super::Span { after: 0, limit: usize::MAX })
        .await?
        .into_values()
        .filter_map(|past| past.entries.into_iter().next_back())
        .map(|entry| entry.row)
        .collect())
}

/// The newest state of each record of a kind below a plan, up to a change set: record, place, what was done, facts.
#[must_use]
pub fn newest(def: &KindDef, plan: Uuid, until: i64) -> SelectStatement {
    ranked(def, Expr::col((Alias::new("change"), Alias::new("plan_id"))).eq(plan), until)
}

/// The newest state of each record of a kind that meets a condition on its changes, up to a change set.
fn ranked(def: &KindDef, which: Expr, until: i64) -> SelectStatement {
    let (change, set) = (Alias::new("change"), Alias::new("change_set"));
    let of = |column: &'static str| Expr::col((change.clone(), Alias::new(column)));
    let seq = || Expr::col((set.clone(), Alias::new("seq")));
    // What only says who may see a record has the version before it, and no image.
    let window = WindowStatement::partition_by((change.clone(), Alias::new("record_id")))
        .order_by((change.clone(), Alias::new("version")), Order::Desc)
        .order_by((set.clone(), Alias::new("seq")), Order::Asc)
        .order_by((change.clone(), Alias::new("ordinal")), Order::Asc)
        .take();
    let ranked = Query::select()
        .exprs(["record_id", "set_id", "ordinal", "op", "facts_after"].map(of))
        .expr_window_as(Func::cust("ROW_NUMBER"), window, Alias::new("place"))
        .from(change.clone())
        .join(JoinType::InnerJoin, set.clone(), of("set_id").eq(Expr::col((set.clone(), Alias::new("id")))))
        .and_where(which)
        .and_where(of("kind").eq(def.name))
        .and_where(seq().lte(until))
        .take();
    let outer = |column: &'static str| Expr::col((Alias::new("ranked"), Alias::new(column)));
    Query::select()
        .exprs(["record_id", "set_id", "ordinal", "op", "facts_after"].map(outer))
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(outer("place").eq(1))
        .take()
}
