//! Records that were deleted: who may still read their history, and how they ended.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    error::Result,
    policy::{Scope, readable},
    record::KindDef,
    view::View,
};

/// How a record ended.
#[derive(Clone, Debug)]
pub(super) struct End {
    /// Whom it belonged to.
    pub(super) owner: String,
    /// Version after its last one.
    pub(super) version: i32,
    /// When it was deleted.
    pub(super) at: DateTime<Utc>,
    /// Why it was deleted.
    pub(super) cause: String,
    /// Who deleted it.
    pub(super) by: Option<Uuid>,
}

/// The ends of those of these records that were deleted and that the caller could see then, under its present grants.
///
/// # Errors
/// What the database says.
pub(super) async fn ends(
    view: &View,
    def: &'static KindDef,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, End>> {
    let mut found = HashMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let [change, set, user] = ["change", "change_set", "user"].map(Alias::new);
    let col = |table: &Alias, column: &'static str| Expr::col((table.clone(), Alias::new(column)));
    let select = Query::select()
        .exprs(["record_id", "facts_before", "version"].map(|column| col(&change, column)))
        .exprs(["at", "cause"].map(|column| col(&set, column)))
        .expr(col(&user, "id"))
        .from(change.clone())
        .join(JoinType::InnerJoin, set.clone(), col(&set, "id").eq(col(&change, "set_id")))
        .join(JoinType::LeftJoin, user.clone(), col(&user, "number").eq(col(&set, "actor")))
        .and_where(col(&change, "record_id").is_in(ids.iter().copied()))
        .and_where(col(&change, "kind").eq(def.name))
        .and_where(col(&change, "op").eq("delete"))
        // Of one that was brought back and deleted again the last end counts.
        .order_by((set.clone(), Alias::new("seq")), Order::Asc)
        .take();
    for row in view.db.reading().all(&select).await? {
        let Some(facts) = row.try_get_by_index::<Option<Json>>(1)? else { continue };
        let scope: Scope = serde_json::from_value(facts)?;
        if readable(&view.actor, def, &scope) {
            let end = End {
                owner: scope.owner,
                version: row.try_get_by_index(2)?,
                at: row.try_get_by_index(3)?,
                cause: row.try_get_by_index(4)?,
                by: row.try_get_by_index(5)?,
            };
            found.insert(row.try_get_by_index(0)?, end);
        }
    }
    Ok(found)
}
