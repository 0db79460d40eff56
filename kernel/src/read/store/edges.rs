//! Edges: many parents, one statement.

use std::collections::BTreeSet;

use foldhash::HashMap;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Func, Query, SelectStatement, WindowStatement};
use uuid::Uuid;

use super::{Ids, Making, Prepared, Wanted, hide_copies, making, select, shape, with_copies};
use crate::{
    condition::condition,
    error::Result,
    filter::Narrowing,
    page::{Page, Slice},
    policy::visible,
    record::{Columns, KindDef, Via},
    render::along::Along,
    row::Row,
    view::View,
};

/// The visible ones of these records, by id.
///
/// # Errors
/// What the database says.
pub async fn by_ids(
    view: &View,
    wanted: impl Into<Wanted>,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, Row>> {
    if ids.is_empty() {
        return Ok(HashMap::default());
    }
    let wanted = wanted.into().judged(view);
    let prepared = Prepared::of(view, wanted, (Some("by ids".to_owned()), Ids::Many), || {
        let among = view.db.reading().among(wanted.def.col("id"), &[Prepared::mark()]);
        Ok(making(view, wanted, (Cond::all().add(visible(&view.actor, wanted.def)).add(among), false)))
    })?;
    let (rows, _) = prepared.rows(view, wanted, ids).await?;
    for row in &rows {
        view.note(row);
    }
    Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
}

/// For each parent a page of its visible children that pass the filters.
///
/// # Errors
/// `BadRequest` for a cursor that does not fit, and as [`condition`] says.
pub async fn by_parent(
    view: &View,
    wanted: Wanted,
    (via, parents): (Via, &BTreeSet<Uuid>),
    filters: &Narrowing,
    page: &Page,
) -> Result<HashMap<Uuid, Slice>> {
    let wanted = wanted.of_page(page).judged(view);
    let own = wanted.len();
    let filters = &*filters.settled(view, wanted.def).await?;
    let shape = shape(view, (via, view.db.most_rows()), (filters, page));
    let prepared =
        Prepared::of(view, wanted, (shape, Ids::Many), || ranked(view, wanted, via, (filters, page)))?;
    let read = prepared.run(view, parents).await?;
    let mut placed: HashMap<Uuid, Vec<(i64, Row)>> = HashMap::default();
    for row in read {
        let key: Uuid = row.try_get_by_index(own)?;
        let place: i64 = row.try_get_by_index(own.saturating_add(1))?;
        placed.entry(key).or_default().push((place, wanted.seen(view, &row)?));
    }
    let rows = with_copies(wanted.def, placed.values_mut().flatten().map(|(_, row)| row));
    hide_copies(view.db.reading(), (&view.actor, view.kinds), wanted.def, rows).await?;
    let mut found: HashMap<Uuid, Slice> =
        placed.into_iter().map(|(parent, children)| (parent, slice(children, page))).collect();
    found.values().flat_map(|slice| &slice.rows).for_each(|row| view.note(row));
    if page.total {
        for (key, total) in totals(view, wanted.def, (via, parents), filters).await? {
            found.entry(key).or_default().total = Some(total);
        }
        for parent in parents {
            found.entry(*parent).or_default().total.get_or_insert(0);
        }
    }
    Ok(found)
}

/// The page that the children of one parent make, which come in any order.
fn slice(mut children: Vec<(i64, Row)>, page: &Page) -> Slice {
    children.sort_unstable_by_key(|(place, _)| *place);
    let has_more = children.len() > page.limit;
    let mut rows: Vec<Row> = children.into_iter().take(page.limit).map(|(_, row)| row).collect();
    if page.backwards {
        rows.reverse();
    }
    Slice { rows, has_more, total: None }
}

/// The children of each parent, as many as a page takes and one more, with the parent's id and their places.
fn ranked(view: &View, wanted: Wanted, via: Via, (filters, page): (&Narrowing, &Page)) -> Result<Making> {
    let def = wanted.def;
    let mut window = WindowStatement::partition_by_custom(parent_sql(def, via));
    for (expr, order) in page.orders(def) {
        window.order_by_expr(expr, order);
    }
    let mut inner = select(wanted);
    inner.expr_as(parent(def, via), Alias::new("parent_key"));
    inner.expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, Alias::new("place"));
    narrow(view, &mut inner, def, via);
    inner.cond_where(Cond::all().add(condition(view, def, filters)?).add(page.seek(view, def)?));
    let outer_name = Alias::new("ranked");
    let mut outer = Query::select();
    outer.columns(wanted.names().map(|name| (outer_name.clone(), Alias::new(name))));
    outer.columns(["parent_key", "place"].map(|name| (outer_name.clone(), Alias::new(name))));
    outer.from_subquery(inner, outer_name.clone());
    let most = i64::try_from(page.limit).unwrap_or(i64::MAX).saturating_add(1);
    outer.and_where(Expr::col((outer_name, Alias::new("place"))).lte(most));
    if let Some(most) = view.db.most_rows() {
        // One more than may be read says that there are too many.
        outer.limit(most.saturating_add(1));
    }
    Ok(Making { select: outer, along: Along::default(), columns: wanted.len().saturating_add(2) })
}

/// How many visible children pass the filters, for each parent that has any.
async fn totals(
    view: &View,
    def: &'static KindDef,
    (via, parents): (Via, &BTreeSet<Uuid>),
    filters: &Narrowing,
) -> Result<Vec<(Uuid, u64)>> {
    let wanted = Wanted { def, columns: Columns::NONE };
    let shape = shape(view, ("totals", via), (filters, &Page::default()));
    let prepared = Prepared::of(view, wanted, (shape, Ids::Many), || {
        let mut select = Query::select();
        select.expr(parent(def, via)).expr(Func::count(def.col("id"))).from(def.iden());
        narrow(view, &mut select, def, via);
        select.cond_where(condition(view, def, filters)?).add_group_by([parent(def, via)]);
        Ok(Making { select, along: Along::default(), columns: 2 })
    })?;
    let counted = prepared.run(view, parents).await?;
    let read = |row: &sea_orm::QueryResult| -> Result<(Uuid, u64)> {
        let total: i64 = row.try_get_by_index(1)?;
        Ok((row.try_get_by_index(0)?, u64::try_from(total).unwrap_or_default()))
    };
    counted.iter().map(read).collect()
}

const fn ends(via: Via) -> Option<(&'static str, &'static str, &'static str)> {
    match via {
        Via::Column(_) => None,
        Via::Link(table) => Some((table, "from_id", "to_id")),
        Via::LinkedFrom(table) => Some((table, "to_id", "from_id")),
    }
}

fn parent(def: &KindDef, via: Via) -> Expr {
    match (via, ends(via)) {
        (Via::Column(column), _) => def.col(column),
        (_, Some((table, parent, _))) => Expr::col((Alias::new(table), Alias::new(parent))),
        (_, None) => def.col("id"),
    }
}

/// The same as [`parent`], as SQL text: all names are ours.
fn parent_sql(def: &KindDef, via: Via) -> String {
    match (via, ends(via)) {
        (Via::Column(column), _) => format!("\"{}\".\"{column}\"", def.table),
        (_, Some((table, parent, _))) => format!("\"{table}\".\"{parent}\""),
        (_, None) => format!("\"{}\".\"id\"", def.table),
    }
}

/// Narrows a select to the children of the parents that [`Prepared::mark`] stands for.
fn narrow(view: &View, select: &mut SelectStatement, def: &KindDef, via: Via) {
    if let Some((table, _, child)) = ends(via) {
        let on = Expr::col((Alias::new(table), Alias::new(child))).eq(def.col("id"));
        select.inner_join(Alias::new(table), on);
    }
    select.and_where(view.db.reading().among(parent(def, via), &[Prepared::mark()]));
}
