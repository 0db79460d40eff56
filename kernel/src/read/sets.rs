//! Which agencies and groups records are shared with.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement, UnionType};
use uuid::Uuid;

use crate::{
    db::Conn, error::Result, policy::visible, record::KindDef, scalar::SharedWith, store, view::View,
};

/// The members of these sets.
///
/// # Errors
/// What the database says.
pub async fn members(conn: Conn<'_>, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, SharedWith>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let select = Query::select()
        .columns(["id", "agencies", "groups"].map(Alias::new))
        .from(Alias::new("shared_set"))
        .and_where(Expr::col(Alias::new("id")).is_in(ids.iter().copied()))
        .take();
    let mut found = HashMap::new();
    for row in conn.all(&select).await? {
        let list = |at| -> Result<Vec<Uuid>> { Ok(serde_json::from_value(row.try_get_by_index(at)?)?) };
        found.insert(row.try_get_by_index(0)?, SharedWith { agencies: list(1)?, groups: list(2)? });
    }
    Ok(found)
}

/// The members of these sets that the caller may see, in one statement.
///
/// # Errors
/// What the database says.
pub async fn seen(view: &View, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, SharedWith>> {
    let mut sets: HashMap<Uuid, SharedWith> = ids.iter().map(|id| (*id, SharedWith::default())).collect();
    let (Some(agency), Some(group)) = (view.kinds.get("agency"), view.kinds.get("working_group")) else {
        return Ok(sets);
    };
    if ids.is_empty() {
        return Ok(sets);
    }
    let mut select = visible_links(view, "shared_set_agency", agency, ids);
    select.union(UnionType::All, visible_links(view, "shared_set_group", group, ids));
    for row in view.db.reading().all(&select).await? {
        let (set, member): (Uuid, Uuid) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let set = sets.entry(set).or_default();
        let is_agency = row.try_get_by_index::<String>(2)? == agency.name;
        if is_agency { set.agencies.push(member) } else { set.groups.push(member) }
    }
    for set in sets.values_mut() {
        set.agencies.sort_unstable();
        set.groups.sort_unstable();
    }
    Ok(sets)
}

/// Of these sets, which need not be stored, the members that the caller may see.
///
/// # Errors
/// What the database says.
pub(crate) async fn seen_of(
    view: &View,
    mut sets: HashMap<Uuid, SharedWith>,
) -> Result<HashMap<Uuid, SharedWith>> {
    let agencies = sets.values().flat_map(|set| set.agencies.iter().copied()).collect();
    let groups = sets.values().flat_map(|set| set.groups.iter().copied()).collect();
    let (agencies, groups) =
        (seen_among(view, "agency", agencies).await?, seen_among(view, "working_group", groups).await?);
    for set in sets.values_mut() {
        set.agencies.retain(|id| agencies.contains(id));
        set.groups.retain(|id| groups.contains(id));
    }
    Ok(sets)
}

/// The records of a kind among these that the caller may see.
async fn seen_among(view: &View, kind: &str, ids: BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>> {
    let Some(def) = view.kinds.get(kind).filter(|_| !ids.is_empty()) else { return Ok(BTreeSet::new()) };
    let which = Cond::all().add(visible(&view.actor, def)).add(def.col("id").is_in(ids));
    store::distinct(view.db.reading(), def, "id", which).await
}

/// Set, member and kind of the members in a link table that the caller may see.
fn visible_links(view: &View, table: &str, def: &KindDef, ids: &BTreeSet<Uuid>) -> SelectStatement {
    let link = |column: &'static str| Expr::col((Alias::new(table), Alias::new(column)));
    Query::select()
        .exprs([link("from_id"), link("to_id"), Expr::val(def.name)])
        .from(Alias::new(table))
        .inner_join(def.iden(), def.col("id").eq(link("to_id")))
        .and_where(link("from_id").is_in(ids.iter().copied()))
        .cond_where(visible(&view.actor, def))
        .take()
}
