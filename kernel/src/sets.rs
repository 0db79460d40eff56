//! Normalised sets: which agencies and groups a record is shared with.
//!
//! Equal sets are stored once, under an id that follows from their members, so there are few
//! of them and a condition on rows is a plain `IN`.

use std::collections::{BTreeSet, HashMap};

use async_graphql::{InputObject, SimpleObject};
use aws_lc_rs::digest;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, Query, SelectStatement, UnionType};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{ctx::Ctx, db::Conn, error::Result, policy::visible, record::KindDef, scalar::Reference};

/// Members written by one statement; each takes three binds.
const LINKS: usize = 4_000;

/// The agencies and working groups a record at level `group` is shared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct SharedWith {
    /// Ids of agencies.
    pub agencies: Vec<Uuid>,
    /// Ids of working groups; every agency that is a member counts.
    pub groups: Vec<Uuid>,
}

/// The agencies and working groups to share a record at level `group` with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct SharedWithInput {
    /// Agencies, by id or code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[graphql(default)]
    #[schema(max_items = 200)]
    pub agencies: Vec<Reference>,
    /// Working groups, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[graphql(default)]
    #[schema(max_items = 200)]
    pub groups: Vec<Reference>,
}

/// The members of one set, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Agencies.
    pub agencies: BTreeSet<Uuid>,
    /// Working groups.
    pub groups: BTreeSet<Uuid>,
}

impl From<&SharedWith> for Members {
    fn from(set: &SharedWith) -> Self {
        Self {
            agencies: set.agencies.iter().copied().collect(),
            groups: set.groups.iter().copied().collect(),
        }
    }
}

impl Members {
    /// The id that follows from the members; none for the empty set.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        if self.agencies.is_empty() && self.groups.is_empty() {
            return None;
        }
        Some(set_id(self.agencies.iter(), self.groups.iter()))
    }
}

/// The id that follows from sorted members.
pub fn set_id<'a>(first: impl Iterator<Item = &'a Uuid>, second: impl Iterator<Item = &'a Uuid>) -> Uuid {
    let mut context = digest::Context::new(&digest::SHA256);
    first.for_each(|id| context.update(id.as_bytes()));
    context.update(b"/");
    second.for_each(|id| context.update(id.as_bytes()));
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(context.finish().as_ref()) {
        *byte = *from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Stores the sets that are not stored yet.
pub(crate) async fn store(conn: Conn<'_>, sets: &[Members]) -> Result<()> {
    let named: HashMap<Uuid, &Members> = sets.iter().filter_map(|set| Some((set.id()?, set))).collect();
    if named.is_empty() {
        return Ok(());
    }
    let mut rows = Query::insert();
    rows.into_table(Alias::new("shared_set")).columns(["id", "agencies", "groups"].map(Alias::new));
    for (id, set) in &named {
        rows.values_panic([Expr::val(*id), Expr::val(json!(set.agencies)), Expr::val(json!(set.groups))]);
    }
    rows.on_conflict(OnConflict::column(Alias::new("id")).do_nothing().to_owned());
    conn.run(&rows).await?;
    let agencies = named.iter().map(|(id, set)| (*id, &set.agencies)).collect();
    link(conn, "shared_set_agency", agencies).await?;
    let groups = named.iter().map(|(id, set)| (*id, &set.groups)).collect();
    link(conn, "shared_set_group", groups).await
}

async fn link(conn: Conn<'_>, table: &str, sets: Vec<(Uuid, &BTreeSet<Uuid>)>) -> Result<()> {
    let links: Vec<[Expr; 3]> = sets
        .into_iter()
        .flat_map(|(id, members)| (0_i32..).zip(members).map(move |(at, member)| (id, *member, at)))
        .map(|(id, member, position)| [Expr::val(id), Expr::val(member), Expr::val(position)])
        .collect();
    for some in links.chunks(LINKS) {
        let mut insert = Query::insert();
        insert.into_table(Alias::new(table)).columns(["from_id", "to_id", "position"].map(Alias::new));
        for link in some {
            insert.values_panic(link.clone());
        }
        insert.on_conflict(OnConflict::columns(["from_id", "to_id"].map(Alias::new)).do_nothing().to_owned());
        conn.run(&insert).await?;
    }
    Ok(())
}

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
pub async fn seen(ctx: &Ctx, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, SharedWith>> {
    let mut sets: HashMap<Uuid, SharedWith> = ids.iter().map(|id| (*id, SharedWith::default())).collect();
    let (Some(agency), Some(group)) = (ctx.kinds.get("agency"), ctx.kinds.get("working_group")) else {
        return Ok(sets);
    };
    if ids.is_empty() {
        return Ok(sets);
    }
    let mut select = visible_links(ctx, "shared_set_agency", agency, ids);
    select.union(UnionType::All, visible_links(ctx, "shared_set_group", group, ids));
    for row in ctx.db.reading().all(&select).await? {
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

/// Set, member and kind of the members in a link table that the caller may see.
fn visible_links(ctx: &Ctx, table: &str, def: &KindDef, ids: &BTreeSet<Uuid>) -> SelectStatement {
    let link = |column: &'static str| Expr::col((Alias::new(table), Alias::new(column)));
    Query::select()
        .exprs([link("from_id"), link("to_id"), Expr::val(def.name)])
        .from(Alias::new(table))
        .inner_join(def.iden(), def.col("id").eq(link("to_id")))
        .and_where(link("from_id").is_in(ids.iter().copied()))
        .cond_where(visible(&ctx.actor, def))
        .take()
}
