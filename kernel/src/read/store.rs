//! Reads of record tables; `visible()` is inside each of them.

mod copies;
mod edges;
mod exports;
mod facts;
mod prepared;
mod wanted;

use std::{collections::BTreeSet, fmt::Debug};

use sea_orm::{
    QueryResult,
    sea_query::{Alias, Cond, Expr, ExprTrait, Order, SelectStatement},
};
use uuid::Uuid;

pub(crate) use copies::{hide_copies, with_copies};
pub use edges::{by_ids, by_parent};
pub use exports::{ids, tongues};
pub use facts::{holdings, kinds_of};
pub(crate) use prepared::Statements;
use prepared::{Ids, Making, Prepared};
pub use wanted::{Wanted, rows, select, unseen};

use crate::{
    codes::{self, Meant, Search},
    condition::condition,
    db::Conn,
    error::{Error, Result},
    filter::Narrowing,
    page::{Page, Slice, counting},
    policy::{for_rule, visible},
    record::{Columns, KindDef},
    render::{Named, along::Along},
    row::Row,
    spelling,
    view::View,
};

/// Ids that one statement asks for; longer lists are asked for in parts.
pub(crate) const IDS: usize = 10_000;

/// One visible record.
///
/// # Errors
/// `NotFound` if it is absent or hidden.
pub async fn get(view: &View, wanted: impl Into<Wanted>, id: Uuid) -> Result<Row> {
    Ok(single(view, wanted.into(), id, false).await?.0)
}

/// One visible record with the visible records it refers to, in one statement.
///
/// # Errors
/// `NotFound` if it is absent or hidden.
pub async fn get_along(view: &View, def: &'static KindDef, id: Uuid) -> Result<(Row, Named)> {
    single(view, Wanted::shown(def), id, true).await
}

async fn single(view: &View, wanted: Wanted, id: Uuid, is_along: bool) -> Result<(Row, Named)> {
    let wanted = wanted.judged(view);
    let shape = if is_along { "single, along" } else { "single" };
    let prepared = Prepared::of(view, wanted, (Some(shape.to_owned()), Ids::One), || {
        let is_it = wanted.def.col("id").eq(Prepared::mark());
        Ok(making(view, wanted, (Cond::all().add(visible(&view.actor, wanted.def)).add(is_it), is_along)))
    })?;
    let (mut rows, named) = prepared.rows(view, wanted, &[id]).await?;
    let row = rows.pop().ok_or(Error::NotFound)?;
    view.note(&row);
    Ok((row, named))
}

/// A statement that reads the records that meet `cond`.
fn making(view: &View, wanted: Wanted, (cond, is_along): (Cond, bool)) -> Making {
    let mut select = select(wanted);
    select.cond_where(cond);
    let along = if is_along { Along::select(view, wanted.def, &mut select) } else { Along::default() };
    Making { columns: wanted.len().saturating_add(along.len()), select, along }
}

/// The visible record with this code; only for kinds addressed by code. What everybody may read is found by its code in
/// any case, and by its other names.
///
/// # Errors
/// `NotFound` if it is absent or hidden.
pub async fn by_code(view: &View, wanted: impl Into<Wanted>, code: &str) -> Result<Row> {
    let wanted = wanted.into();
    let def = wanted.def;
    let column = def.code.filter(|_| !code.contains('\0')).ok_or(Error::NotFound)?;
    let code = &spelling::key(code);
    let found = one(view, wanted, Cond::all().add(def.col(column).eq(code))).await;
    if matches!(found, Err(Error::NotFound))
        && codes::is_public(def)
        && let Meant::Code(meant) = Search::of_read(view).meant(def, code).await?
    {
        return one(view, wanted, Cond::all().add(def.col(column).eq(meant))).await;
    }
    found
}

/// The visible record at an address: its id, or its code where that addresses the kind.
///
/// # Errors
/// `NotFound` if it is absent or hidden.
pub async fn at(view: &View, wanted: impl Into<Wanted>, address: &str) -> Result<Row> {
    let wanted = wanted.into();
    match address.parse() {
        Ok(id) => get(view, wanted, id).await,
        Err(_) if wanted.def.is_addressed_by_code() => by_code(view, wanted, address).await,
        Err(_) => Err(Error::NotFound),
    }
}

/// The code that is nearest to one that no record has, of kinds that everybody may read.
///
/// # Errors
/// What the database says.
pub async fn near_code(view: &View, def: &'static KindDef, code: &str) -> Result<Option<String>> {
    if !codes::is_public(def) {
        return Ok(None);
    }
    Ok(match Search::of_read(view).meant(def, code).await? {
        Meant::Code(_) => None,
        Meant::Nothing(near) => near,
    })
}

/// The visible record with this external key, within the owner the caller acts under or `owner`.
///
/// # Errors
/// `NotFound` if it is absent or hidden.
pub async fn by_key(
    view: &View,
    wanted: impl Into<Wanted>,
    owner: Option<&str>,
    system: &str,
    key: &str,
) -> Result<Row> {
    let wanted = wanted.into();
    let def = wanted.def;
    if system.contains('\0') || key.contains('\0') {
        return Err(Error::NotFound);
    }
    let (system, key) = (spelling::key(system), spelling::key(key));
    let mut cond = Cond::all().add(def.col("source_system").eq(system)).add(def.col("external_key").eq(key));
    let owner = owner.or(def.fixed_owner).or(view.actor.acting.as_deref());
    if let Some(owner) = owner {
        cond = cond.add(def.col("owner").eq(owner));
    }
    one(view, wanted, cond).await
}

/// The first visible record that meets a condition.
async fn one(view: &View, wanted: Wanted, cond: Cond) -> Result<Row> {
    let wanted = wanted.judged(view);
    let def = wanted.def;
    let prepared = Prepared::of(view, wanted, (None, Ids::None), || {
        let mut made = making(view, wanted, (Cond::all().add(visible(&view.actor, def)).add(cond), false));
        made.select.limit(1).order_by((def.iden(), Alias::new("id")), Order::Asc);
        Ok(made)
    })?;
    let row = prepared.rows(view, wanted, &[]).await?.0.pop().ok_or(Error::NotFound)?;
    view.note(&row);
    Ok(row)
}

/// The visible records of a kind below a plan, or the plan itself, by place; all of them, in one statement.
///
/// # Errors
/// What the database says.
pub async fn of_plan(view: &View, wanted: impl Into<Wanted>, plan: Uuid) -> Result<Vec<Row>> {
    let wanted = wanted.into().judged(view);
    let def = wanted.def;
    let Some(column) = def.plan_column() else { return Ok(Vec::new()) };
    let prepared = Prepared::of(view, wanted, (Some("of plan".to_owned()), Ids::One), || {
        let is_of = def.col(column).eq(Prepared::mark());
        Ok(making(view, wanted, (Cond::all().add(visible(&view.actor, def)).add(is_of), false)))
    })?;
    let (rows, _) = prepared.rows(view, wanted, &[plan]).await?;
    for row in &rows {
        view.note(row);
    }
    Ok(rows)
}

/// A page of the visible records that pass the filters.
///
/// # Errors
/// `BadRequest` for a cursor that does not fit, and as [`condition`] says.
pub async fn list(view: &View, wanted: impl Into<Wanted>, filters: &Narrowing, page: &Page) -> Result<Slice> {
    Ok(page_of(view, wanted.into(), (filters, false), page).await?.0)
}

/// As [`list`], with the visible records that those of the page refer to, in the same statement.
///
/// # Errors
/// As [`list`].
pub async fn list_along(
    view: &View,
    def: &'static KindDef,
    filters: &Narrowing,
    page: &Page,
) -> Result<(Slice, Named)> {
    page_of(view, Wanted::shown(def), (filters, true), page).await
}

async fn page_of(
    view: &View,
    wanted: Wanted,
    (filters, is_along): (&Narrowing, bool),
    page: &Page,
) -> Result<(Slice, Named)> {
    let (def, wanted) = (wanted.def, wanted.of_page(page).judged(view));
    let filters = &*filters.settled(view, def).await?;
    let shape = shape(view, ("list", is_along), (filters, page));
    let prepared = Prepared::of(view, wanted, (shape, Ids::None), || {
        let cond = Cond::all().add(condition(view, def, filters)?).add(page.seek(view, def)?);
        let mut made = making(view, wanted, (cond, is_along));
        page.order(def, &mut made.select);
        made.select.limit(u64::try_from(page.limit).unwrap_or(u64::MAX).saturating_add(1));
        if let Some(skip) = u64::try_from(page.skip).ok().filter(|skip| *skip > 0) {
            made.select.offset(skip);
        }
        Ok(made)
    })?;
    let (mut rows, named) = prepared.rows(view, wanted, &[]).await?;
    let has_more = rows.len() > page.limit;
    rows.truncate(page.limit);
    for row in &rows {
        view.note(row);
    }
    if page.backwards {
        rows.reverse();
    }
    let total = if page.total { Some(count(view, def, filters).await?) } else { None };
    Ok((Slice { rows, has_more, total }, named))
}

/// What a statement gives that has these many columns of its own, and [`visible`] inside.
pub(crate) async fn statement(
    view: &View,
    wanted: Wanted,
    columns: usize,
    make: impl FnOnce() -> Result<SelectStatement>,
) -> Result<Vec<QueryResult>> {
    let prepared = Prepared::of(view, wanted, (None, Ids::None), || {
        Ok(Making { select: make()?, along: Along::default(), columns })
    })?;
    prepared.run(view, &[]).await
}

/// How many visible records pass the filters.
async fn count(view: &View, def: &'static KindDef, filters: &Narrowing) -> Result<u64> {
    let wanted = Wanted { def, columns: Columns::NONE };
    let shape = shape(view, ("count", false), (filters, &Page::default()));
    let prepared = Prepared::of(view, wanted, (shape, Ids::None), || {
        let select = counting(def, condition(view, def, filters)?);
        Ok(Making { select, along: Along::default(), columns: 1 })
    })?;
    let found = prepared.run(view, &[]).await?;
    let counted: i64 = found.first().map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(u64::try_from(counted).unwrap_or_default())
}

/// What the text of a list's statement depends on besides caller, kind and columns; none where it will hardly be
/// asked for again.
fn shape(view: &View, of: impl Debug, (filters, page): (&Narrowing, &Page)) -> Option<String> {
    page.cursor.is_none().then(|| format!("{of:?} {filters:?} {page:?} {}", view.clock.today()))
}

/// The visible records that meet a condition, by their place where they have one: names and figures, no more, for nothing
/// is withheld of them.
///
/// # Errors
/// What the database says.
pub async fn seen(view: &View, def: &'static KindDef, which: Cond, most: u64) -> Result<Vec<Row>> {
    let mut select = select(def);
    select.cond_where(visible(&view.actor, def)).cond_where(which);
    if def.has("position") {
        select.order_by_expr(def.col("position"), Order::Asc);
    }
    select.order_by_expr(def.col("id"), Order::Asc).limit(most);
    rows(view.db.reading(), def, &select).await
}

/// Every record that meets `cond`, hidden ones too; for rules and verbs that look further than the caller.
///
/// # Errors
/// What the database says.
pub async fn all(conn: Conn<'_>, wanted: impl Into<Wanted>, which: Cond) -> Result<Vec<Row>> {
    let wanted = wanted.into();
    let mut select = unseen(wanted);
    select.cond_where(which).order_by((wanted.def.iden(), Alias::new("id")), Order::Asc);
    rows(conn, wanted, &select).await
}

/// The first record that meets `cond`, hidden ones too; for rules that look further than the caller.
///
/// # Errors
/// What the database says.
pub async fn first(conn: Conn<'_>, def: &'static KindDef, which: Cond) -> Result<Option<Row>> {
    let mut select = unseen(def);
    select.cond_where(which).limit(1);
    Ok(rows(conn, def, &select).await?.pop())
}

/// Whether a record meets `cond`, hidden ones too; for rules that look further than the caller.
///
/// # Errors
/// What the database says.
pub async fn exists(conn: Conn<'_>, def: &'static KindDef, which: Cond) -> Result<bool> {
    let mut select = SelectStatement::new();
    select.expr(Expr::val(1)).from(def.iden()).cond_where(for_rule(def.table)).cond_where(which).limit(1);
    Ok(conn.one(&select).await?.is_some())
}

/// The ids in a column of the records that meet `which`, hidden ones too, each once.
///
/// # Errors
/// What the database says.
pub async fn distinct(conn: Conn<'_>, def: &KindDef, column: &str, which: Cond) -> Result<BTreeSet<Uuid>> {
    let mut select = SelectStatement::new();
    select.distinct().expr(def.col(column)).from(def.iden());
    select.cond_where(for_rule(def.table)).cond_where(which);
    conn.all(&select).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// The greatest number in a column.
///
/// # Errors
/// What the database says.
pub async fn greatest(conn: Conn<'_>, def: &'static KindDef, column: &str) -> Result<Option<i64>> {
    let mut select = SelectStatement::new();
    select.expr(def.col(column).max()).from(def.iden()).cond_where(for_rule(def.table));
    Ok(conn.one(&select).await?.map(|row| row.try_get_by_index(0)).transpose()?.flatten())
}
