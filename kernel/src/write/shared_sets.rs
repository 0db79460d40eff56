//! Normalised sets as they are stored.
//!
//! Equal sets are stored once, under an id that follows from their members, so there are few
//! of them and a condition on rows is a plain `IN`.

use std::collections::{BTreeSet, HashMap};

use aws_lc_rs::digest;
use sea_orm::sea_query::{Alias, Expr, OnConflict, Query};
use serde_json::json;
use uuid::Uuid;

use crate::{db::Conn, error::Result, scalar::SharedWith};

/// Members written by one statement; each takes three binds.
const LINKS: usize = 4_000;

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

impl From<Members> for SharedWith {
    fn from(set: Members) -> Self {
        Self { agencies: set.agencies.into_iter().collect(), groups: set.groups.into_iter().collect() }
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
