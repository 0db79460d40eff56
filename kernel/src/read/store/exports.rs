//! What a whole list is read by: its ids in order, and the languages of its texts.

use std::collections::BTreeSet;

use sea_orm::{
    QueryResult,
    sea_query::{
        Alias, CommonTableExpression, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement,
        UnionType, WindowStatement, WithClause,
    },
};
use uuid::Uuid;

use super::{Wanted, statement};
use crate::{
    condition::condition,
    error::{Error, Result},
    filter::Narrowing,
    page::Page,
    policy::for_rule,
    record::{Columns, KindDef},
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
/// Of the records with no translation few are read: the index of owners leads from each owner to the next one, and
/// languages are asked of those that have some, which have an index of their own.
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
    let found = statement(view, wanted, 2, || {
        let is_postgres = view.db.reading().is_postgres();
        let mut told = owners(def, condition(view, def, filters)?, is_postgres);
        told.union(UnionType::All, tags(def, condition(view, def, filters)?, is_postgres));
        let columns = ["owner", "tags"].map(|name| Expr::col((TOLD, name)));
        Ok(Query::select().exprs(columns).from_subquery(told, TOLD).take())
    })
    .await?;
    let (mut owners, mut all) = (BTreeSet::new(), BTreeSet::new());
    for row in found {
        owners.extend(row.try_get_by_index::<Option<String>>(0)?.filter(|owner| !owner.is_empty()));
        let listed: Option<String> = row.try_get_by_index(1)?;
        all.extend(listed.iter().flat_map(|listed| listed.split(',')).map(str::to_owned));
    }
    Ok((owners, all))
}

/// What [`tongues`] reads: owners, then languages.
const TOLD: &str = "told";
/// Translated records.
const FEW: &str = "few";
/// The owners found so far.
const HELD: &str = "held";

/// The owners of rows that meet a condition, each by the one before it. The first is an empty text, the last none.
fn owners(def: &'static KindDef, condition: Condition, is_postgres: bool) -> SelectStatement {
    let begin = if is_postgres { "CAST('' AS text) COLLATE \"C\"" } else { "''" };
    let mut all = Query::select().expr_as(Expr::cust(begin), "owner").take();
    let held = Expr::col((HELD, "owner"));
    let mut next = Query::select().expr(def.col("owner")).from(def.iden()).cond_where(condition).take();
    next.and_where(def.col("owner").gt(held.clone())).order_by_expr(def.col("owner"), Order::Asc).limit(1);
    let next = Expr::SubQuery(None, Box::new(next.into()));
    all.union(
        UnionType::All,
        Query::select().expr(next).from(HELD).and_where(held.clone().is_not_null()).take(),
    );
    let each = CommonTableExpression::new().query(all).column("owner").table_name(HELD).to_owned();
    let mut select = Query::select().expr_as(held, "owner").take();
    select.expr_as(Expr::cust("CAST(NULL AS text)"), "tags").from(HELD);
    select.with_cte(WithClause::new().recursive(true).cte(each).to_owned()).take()
}

/// The languages of the translations of rows that meet a condition, as lists with commas; all names are ours.
fn tags(def: &'static KindDef, condition: Condition, is_postgres: bool) -> SelectStatement {
    let column = format!("\"{}\".\"translations\"", def.table);
    let (listed, empty) = if is_postgres {
        let listed = format!("(SELECT string_agg(tag, ',') FROM jsonb_object_keys({column}) AS tags(tag))");
        (listed, "'{}'::jsonb")
    } else {
        (format!("(SELECT group_concat(key, ',') FROM json_each({column}))"), "'{}'")
    };
    // Written as the index of translated records has it.
    let is_translated = Expr::cust(format!("{column} <> {empty}"));
    let mut select = Query::select().distinct().expr(Expr::cust("CAST(NULL AS text)")).take();
    select.expr(Expr::cust(listed)).cond_where(condition);
    if is_postgres {
        return select.from(def.iden()).and_where(is_translated).take();
    }
    // SQLite, which knows not how few there are, would take the index of a column that rights compare: it is led.
    let mut few = Query::select().expr(def.col("id")).from(def.iden()).take();
    few.cond_where(for_rule(def.table)).and_where(is_translated);
    select.from_subquery(few, FEW).cross_join(def.iden());
    select.and_where(Expr::col((FEW, "id")).eq(def.col("id"))).take()
}
