//! The history of one record, as the caller may see it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, JoinType, Order, Query};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    error::{Error, Result},
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
    /// Field -> old and new value.
    pub changes: Map<String, Json>,
    /// The record as it stood.
    pub row: Row,
}

/// A page of a record's history, oldest first.
#[derive(Clone, Debug)]
pub struct History {
    /// The states.
    pub entries: Vec<Entry>,
    /// Whether there are more.
    pub has_more: bool,
}

/// Reads the history of a record after state number `after`, at most `limit` states.
///
/// A past state is shown if the record is visible now and the image's own facts would be
/// visible under the caller's present grants. Payloads that were destroyed are left out.
///
/// # Errors
/// `NotFound` if the record is not visible now.
pub async fn history(
    ctx: &Ctx,
    def: &'static KindDef,
    id: Uuid,
    after: i32,
    limit: usize,
) -> Result<History> {
    let now = store::get(ctx, def, id).await?;
    let is_inside =
        ctx.actor.is_inside(now.owner()) || def.class == Class::Person || def.class == Class::Grant;
    let holdings = if def.class == Class::Person {
        store::holdings(ctx.db.reading(), &[id].into()).await?.remove(&id).unwrap_or_default()
    } else {
        Vec::new()
    };
    let (change, set, payload) =
        (Alias::new("change"), Alias::new("change_set"), Alias::new("change_payload"));
    let col = |table: &Alias, column: &'static str| Expr::col((table.clone(), Alias::new(column)));
    let select = Query::select()
        .exprs([
            col(&set, "seq"),
            col(&set, "at"),
            col(&set, "cause"),
            col(&change, "op"),
            col(&change, "facts_after"),
            col(&payload, "after"),
        ])
        .from(change.clone())
        .join(JoinType::InnerJoin, set.clone(), col(&set, "id").eq(col(&change, "set_id")))
        .join(
            JoinType::InnerJoin,
            payload.clone(),
            Cond::all()
                .add(col(&payload, "set_id").eq(col(&change, "set_id")))
                .add(col(&payload, "ordinal").eq(col(&change, "ordinal"))),
        )
        .and_where(col(&change, "record_id").eq(id))
        .order_by((set.clone(), Alias::new("seq")), Order::Asc)
        .order_by((change.clone(), Alias::new("ordinal")), Order::Asc)
        .take();
    let mut states = Vec::new();
    let mut previous: Option<Row> = None;
    let mut number = 0;
    for found in ctx.db.reading().all(&select).await? {
        let Some(image) = found.try_get_by_index::<Option<String>>(5)? else { continue };
        let Some(facts) = found.try_get_by_index::<Option<Json>>(4)? else { continue };
        let mut scope: Scope = serde_json::from_value(facts)?;
        scope.holdings.clone_from(&holdings);
        if !readable(&ctx.actor, def.class, &scope) {
            previous = None;
            continue;
        }
        number += 1;
        let row = Row::from_image(def, &serde_json::from_str(&image)?)?;
        let entry = Entry {
            number: if is_inside { row.version() } else { number },
            op: found.try_get_by_index(3)?,
            at: found.try_get_by_index(1)?,
            cause: found.try_get_by_index(2)?,
            by: row.uuid("updated_by").filter(|_| is_inside),
            changes: Row::changes(previous.as_ref(), &row),
            row: row.clone(),
        };
        previous = Some(row);
        states.push(entry);
    }
    if states.is_empty() {
        return Err(Error::NotFound);
    }
    let mut entries: Vec<Entry> = states.into_iter().filter(|entry| entry.number > after).collect();
    let has_more = entries.len() > limit;
    entries.truncate(limit);
    Ok(History { entries, has_more })
}
