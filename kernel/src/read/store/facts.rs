//! Small facts about people and records that rendering and the policy need.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use uuid::Uuid;

use crate::{
    db::Conn,
    error::{Error, Result},
    policy::{ACCEPTED, CONSENT, Holding},
    record::KindDef,
    view::View,
};

/// The grants of these people, as far as reading accounts needs them.
///
/// # Errors
/// What the database says.
pub async fn holdings(conn: Conn<'_>, people: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Vec<Holding>>> {
    let mut found: HashMap<Uuid, Vec<Holding>> = HashMap::new();
    if people.is_empty() {
        return Ok(found);
    }
    let select = Query::select()
        .columns(["user_id", "owner", "agency_id"].map(Alias::new))
        .from(Alias::new("grant"))
        .and_where(Expr::col(Alias::new(CONSENT)).eq(ACCEPTED))
        .and_where(Expr::col(Alias::new("user_id")).is_in(people.iter().copied()))
        .take();
    for row in conn.all(&select).await? {
        let holding = Holding { owner: row.try_get_by_index(1)?, agency: row.try_get_by_index(2)? };
        found.entry(row.try_get_by_index(0)?).or_default().push(holding);
    }
    Ok(found)
}

/// The kinds of records, found through the log in one statement; ids that never were are left out.
///
/// # Errors
/// What the database says.
pub async fn kinds_of(view: &View, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, &'static KindDef>> {
    let select = Query::select()
        .distinct()
        .columns(["record_id", "kind"].map(Alias::new))
        .from(Alias::new("change"))
        .and_where(Expr::col(Alias::new("record_id")).is_in(ids.iter().copied()))
        .take();
    let mut found = HashMap::new();
    for row in view.db.reading().all(&select).await? {
        let kind: String = row.try_get_by_index(1)?;
        found.extend(
            view.kinds.get(&kind).map(|def| Ok::<_, Error>((row.try_get_by_index(0)?, def))).transpose()?,
        );
    }
    Ok(found)
}
