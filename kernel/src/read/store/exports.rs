//! What a whole list is read by: its ids in order, and the languages of its texts.

use std::collections::BTreeSet;

use sea_orm::{
    QueryResult,
    sea_query::{Alias, Expr, Func, Order, Query, WindowStatement},
};
use uuid::Uuid;

use super::{Ids, Making, Prepared, Wanted};
use crate::{
    condition::condition,
    error::{Error, Result},
    filter::Narrowing,
    page::Page,
    record::{Columns, KindDef},
    render::along::Along,
    view::View,
};

/// Ids that one row of [`ids`] holds.
const TOGETHER: u32 = 1_000;

/// The ids of all visible records that pass the filters, in the order of the list: sorted once, however many batches
/// they are read in afterwards. They come some together, and take some forty bytes each meanwhile.
///
/// # Errors
/// As [`condition`].
pub async fn ids(view: &View, def: &'static KindDef, filters: &Narrowing, page: &Page) -> Result<Vec<Uuid>> {
    let filters = &*filters.settled(view, def).await?;
    let is_postgres = view.db.reading().is_postgres();
    let mut window = WindowStatement::new();
    for (expr, order) in page.orders(def) {
        window.order_by_expr(expr, order);
    }
    let mut inner = Query::select().expr_as(def.col("id"), Alias::new("id")).from(def.iden()).take();
    inner.expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, Alias::new("place"));
    inner.cond_where(condition(view, def, filters)?);
    let together = Expr::cust(format!("(place - 1) / {TOGETHER}"));
    let gathered =
        if is_postgres { "array_agg(id ORDER BY place)" } else { "group_concat(hex(id), '' ORDER BY place)" };
    let mut select = Query::select().expr(Expr::cust(gathered)).take();
    select.from_subquery(inner, Alias::new("listed"));
    select.add_group_by([together.clone()]).order_by_expr(together, Order::Asc);
    let read = |row: &QueryResult| -> Result<Vec<Uuid>> {
        if is_postgres {
            return Ok(row.try_get_by_index(0)?);
        }
        let listed: String = row.try_get_by_index(0)?;
        let all = listed.as_bytes().chunks(32).map(Uuid::try_parse_ascii);
        all.collect::<Result<_, _>>().map_err(|_| Error::Internal("a list of ids cannot be read".into()))
    };
    let mut all = Vec::new();
    for row in view.db.reading().all(&select).await? {
        all.extend(read(&row)?);
    }
    Ok(all)
}

/// The owners of all visible records that pass the filters, and the languages that texts of these are translated to.
///
/// # Errors
/// As [`condition`].
pub async fn tongues(
    view: &View,
    def: &'static KindDef,
    filters: &Narrowing,
) -> Result<(BTreeSet<String>, BTreeSet<String>)> {
    let filters = &*filters.settled(view, def).await?;
    let wanted = Wanted { def, columns: Columns::NONE };
    let prepared = Prepared::of(view, wanted, (None, Ids::None), || {
        let mut select = Query::select().distinct().expr(def.col("owner")).from(def.iden()).take();
        select.expr(Expr::cust(keys(def, view.db.reading().is_postgres())));
        select.cond_where(condition(view, def, filters)?);
        Ok(Making { select, along: Along::default(), columns: 2 })
    })?;
    let (mut owners, mut tags) = (BTreeSet::new(), BTreeSet::new());
    for row in prepared.run(view, &[]).await? {
        owners.insert(row.try_get_by_index(0)?);
        let listed: Option<String> = row.try_get_by_index(1)?;
        tags.extend(listed.iter().flat_map(|listed| listed.split(',')).map(str::to_owned));
    }
    Ok((owners, tags))
}

/// The languages of a row's translations, as a list with commas; all names are ours.
fn keys(def: &KindDef, is_postgres: bool) -> String {
    let column = format!("\"{}\".\"translations\"", def.table);
    let listed = if is_postgres {
        format!("(SELECT string_agg(tag, ',') FROM jsonb_object_keys({column}) AS tags(tag))")
    } else {
        format!("(SELECT group_concat(key, ',') FROM json_each({column}))")
    };
    let empty = if is_postgres { "'{}'::jsonb" } else { "'{}'" };
    format!("CASE WHEN {column} <> {empty} THEN {listed} END")
}
