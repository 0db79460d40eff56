//! Small facts about owners and people that rendering and the policy need.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    QueryResult,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    db::Conn,
    error::{Error, Result},
    policy::Holding,
    record::KindDef,
    render::Owners,
    view::View,
};

/// Official languages of every owner: some hundreds, in one statement.
///
/// # Errors
/// What the database says.
pub async fn all_owner_languages(conn: Conn<'_>) -> Result<Owners> {
    let select =
        Query::select().columns(["code", "languages"].map(Alias::new)).from(Alias::new("owner")).take();
    read_languages(conn.all(&select).await?)
}

fn read_languages(rows: Vec<QueryResult>) -> Result<Owners> {
    let mut found = Owners::default();
    for row in rows {
        let languages: Json = row.try_get_by_index(1)?;
        found.insert(row.try_get_by_index(0)?, serde_json::from_value(languages).unwrap_or_default());
    }
    Ok(found)
}

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
