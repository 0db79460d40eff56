//! Fields that are shown with another record: what was copied from it is empty for whoever does not see it.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{ExprTrait, Query};
use uuid::Uuid;

use super::IDS;
use crate::{
    actor::Actor,
    db::Conn,
    error::Result,
    policy::visible,
    record::{KindDef, Registry},
    row::Row,
};

/// The rows of which something may have to be hidden; none of a kind that holds no copies.
pub(crate) fn with_copies<'r>(def: &KindDef, rows: impl Iterator<Item = &'r mut Row>) -> Vec<&'r mut Row> {
    let holds_copies = def.any.iter().any(|any| any.shows.is_some());
    if holds_copies { rows.collect() } else { Vec::new() }
}

/// Empties the fields of rows that are shown with records which the caller does not see: at most one statement for each
/// kind of those.
///
/// # Errors
/// What the database says.
pub(crate) async fn hide_copies(
    conn: Conn<'_>,
    (actor, kinds): (&Actor, &Registry),
    def: &'static KindDef,
    mut rows: Vec<&mut Row>,
) -> Result<()> {
    if actor.is_system() || rows.is_empty() {
        return Ok(());
    }
    for (any, field) in def.any.iter().filter_map(|any| Some((any, any.shows?))) {
        let mut wanted: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.holds(field) && !row.is_null(field)) {
            if let (Some(kind), Some(id)) = (row.text(any.kind), row.uuid(any.id)) {
                wanted.entry(kind).or_default().insert(id);
            }
        }
        let mut seen = BTreeSet::new();
        for (kind, ids) in wanted {
            if let Some(target) = kinds.get(kind) {
                seen.extend(seen_of(conn, actor, target, &ids).await?);
            }
        }
        for row in &mut rows {
            if row.uuid(any.id).is_none_or(|id| !seen.contains(&id)) {
                row.withhold(field);
            }
        }
    }
    Ok(())
}

/// Those of these records that the caller sees.
async fn seen_of(
    conn: Conn<'_>,
    actor: &Actor,
    def: &'static KindDef,
    ids: &BTreeSet<Uuid>,
) -> Result<BTreeSet<Uuid>> {
    let mut seen = BTreeSet::new();
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    for chunk in ids.chunks(IDS) {
        let select = Query::select()
            .expr(def.col("id"))
            .from(def.iden())
            .cond_where(visible(actor, def))
            .and_where(def.col("id").is_in(chunk.iter().copied()))
            .take();
        for row in conn.all(&select).await? {
            seen.insert(row.try_get_by_index(0)?);
        }
    }
    Ok(seen)
}
