//! Edges: many parents, one statement.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{
    Alias, Cond, Expr, ExprTrait, Func, Order, Query, SelectStatement, WindowStatement,
};
use uuid::Uuid;

use super::{select, under_epoch, watched};
use crate::{
    ctx::Ctx,
    error::Result,
    page::{Page, Slice},
    policy::visible,
    record::KindDef,
    row::Row,
};

/// How children hang on their parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// A column of the child holds the parent's id.
    Column(&'static str),
    /// A link table of the parent lists the children.
    Link(&'static str),
    /// A link table of the child lists the parents.
    LinkedFrom(&'static str),
}

/// The visible ones of these records, by id.
///
/// # Errors
/// What the database says.
pub async fn by_ids(ctx: &Ctx, def: &'static KindDef, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Row>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut all = select(def);
    all.cond_where(visible(&ctx.actor, def)).and_where(def.col("id").is_in(ids.iter().copied()));
    let (rows, _) = watched(ctx, def, (&mut all, None)).await?;
    Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
}

/// For each parent a page of its children that meet `cond`, which holds `visible()` already.
///
/// # Errors
/// `BadRequest` for a cursor that does not fit.
pub async fn by_parent(
    ctx: &Ctx,
    def: &'static KindDef,
    via: Via,
    parents: &BTreeSet<Uuid>,
    cond: Cond,
    page: &Page,
) -> Result<HashMap<Uuid, Slice>> {
    let mut window = WindowStatement::partition_by_custom(parent_sql(def, via));
    for (expr, order) in page.orders(def) {
        window.order_by_expr(expr, order);
    }
    let mut inner = select(def);
    inner.expr_as(parent(def, via), Alias::new("parent_key"));
    inner.expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, Alias::new("place"));
    narrow(&mut inner, def, via, parents);
    inner.cond_where(Cond::all().add(cond.clone()).add(page.seek(ctx, def)?));
    let outer_name = Alias::new("ranked");
    let mut outer = Query::select();
    outer.columns(def.columns.iter().map(|column| (outer_name.clone(), Alias::new(column.name))));
    outer.column((outer_name.clone(), Alias::new("parent_key"))).from_subquery(inner, outer_name.clone());
    let most = i64::try_from(page.limit).unwrap_or(i64::MAX).saturating_add(1);
    outer.and_where(Expr::col((outer_name.clone(), Alias::new("place"))).lte(most));
    outer.order_by((outer_name, Alias::new("place")), Order::Asc);
    let read = under_epoch(ctx, &mut outer, def.columns.len().saturating_add(1)).await?;
    let mut found: HashMap<Uuid, Slice> = HashMap::new();
    for row in read {
        let key: Uuid = row.try_get_by_index(def.columns.len())?;
        found.entry(key).or_default().rows.push(Row::fetch(def, &row)?);
    }
    for slice in found.values_mut() {
        slice.has_more = slice.rows.len() > page.limit;
        slice.rows.truncate(page.limit);
        if page.backwards {
            slice.rows.reverse();
        }
    }
    if page.total {
        for (key, total) in totals(ctx, def, via, parents, cond).await? {
            found.entry(key).or_default().total = Some(total);
        }
        for parent in parents {
            found.entry(*parent).or_default().total.get_or_insert(0);
        }
    }
    Ok(found)
}

async fn totals(
    ctx: &Ctx,
    def: &'static KindDef,
    via: Via,
    parents: &BTreeSet<Uuid>,
    cond: Cond,
) -> Result<Vec<(Uuid, u64)>> {
    let mut select = Query::select();
    select.expr(parent(def, via)).expr(Func::count(def.col("id"))).from(def.iden());
    narrow(&mut select, def, via, parents);
    select.cond_where(cond).add_group_by([parent(def, via)]);
    let counted = under_epoch(ctx, &mut select, 2).await?;
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

fn narrow(select: &mut SelectStatement, def: &KindDef, via: Via, parents: &BTreeSet<Uuid>) {
    if let Some((table, _, child)) = ends(via) {
        let on = Expr::col((Alias::new(table), Alias::new(child))).eq(def.col("id"));
        select.inner_join(Alias::new(table), on);
    }
    select.and_where(parent(def, via).is_in(parents.iter().copied()));
}
