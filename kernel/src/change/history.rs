//! The history of records, as the caller may see it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    error::Result,
    policy::{Class, Scope, readable},
    record::KindDef,
    row::Row,
    store,
};

/// One state of a record.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Number of the state: the version inside, counted from the release outside.
    pub number: i32,
    /// `create`, `update`.
    pub op: String,
    /// When it was committed.
    pub at: DateTime<Utc>,
    /// Why it was written.
    pub cause: String,
    /// Who wrote it; none outside the owner and for the service itself.
    pub by: Option<Uuid>,
    /// The record as it stood.
    pub row: Row,
}

/// The past states of these records, oldest first; records that are not visible now are left out.
///
/// A past state is shown if the record is visible now and the image's own facts would be
/// visible under the caller's present grants. Payloads that were destroyed are left out.
///
/// # Errors
/// What the database says.
pub async fn histories(
    ctx: &Ctx,
    def: &'static KindDef,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, Vec<Entry>>> {
    let conn = ctx.db.reading();
    let now = store::by_ids(ctx, def, ids).await?;
    let visible: BTreeSet<Uuid> = now.keys().copied().collect();
    let holdings =
        if def.class == Class::Person { store::holdings(conn, &visible).await? } else { HashMap::new() };
    let mut states: HashMap<Uuid, Vec<Entry>> = HashMap::new();
    for found in conn.all(&select(&visible)).await? {
        let id: Uuid = found.try_get_by_index(0)?;
        let (Some(current), Some(image)) = (now.get(&id), found.try_get_by_index::<Option<String>>(5)?)
        else {
            continue;
        };
        let Some(facts) = found.try_get_by_index::<Option<Json>>(4)? else { continue };
        let mut scope: Scope = serde_json::from_value(facts)?;
        scope.holdings = holdings.get(&id).cloned().unwrap_or_default();
        if !readable(&ctx.actor, def.class, &scope) {
            continue;
        }
        let accounts = matches!(def.class, Class::Person | Class::Grant);
        let is_inside = accounts || def.class == Class::Reference || ctx.actor.is_inside(current.owner());
        let row = Row::from_image(def, &serde_json::from_str(&image)?)?;
        let shown = states.entry(id).or_default();
        shown.push(Entry {
            number: if is_inside {
                row.version()
            } else {
                i32::try_from(shown.len()).unwrap_or(i32::MAX - 1) + 1
            },
            op: found.try_get_by_index(3)?,
            at: found.try_get_by_index(1)?,
            cause: found.try_get_by_index(2)?,
            by: row.uuid("updated_by").filter(|_| is_inside),
            row,
        });
    }
    Ok(states)
}

fn select(ids: &BTreeSet<Uuid>) -> SelectStatement {
    let (change, set, payload) =
        (Alias::new("change"), Alias::new("change_set"), Alias::new("change_payload"));
    let col = |table: &Alias, column: &'static str| Expr::col((table.clone(), Alias::new(column)));
    let of_change = Cond::all()
        .add(col(&payload, "set_id").eq(col(&change, "set_id")))
        .add(col(&payload, "ordinal").eq(col(&change, "ordinal")));
    Query::select()
        .exprs([
            col(&change, "record_id"),
            col(&set, "at"),
            col(&set, "cause"),
            col(&change, "op"),
            col(&change, "facts_after"),
            col(&payload, "after"),
        ])
        .from(change.clone())
        .join(JoinType::InnerJoin, set.clone(), col(&set, "id").eq(col(&change, "set_id")))
        .join(JoinType::InnerJoin, payload.clone(), of_change)
        .and_where(col(&change, "record_id").is_in(ids.iter().copied()))
        .order_by((set, Alias::new("seq")), Order::Asc)
        .order_by((change.clone(), Alias::new("ordinal")), Order::Asc)
        .take()
}
