//! Figures of points in time: the log tells how records stood, and the facts of that time who may know.
//!
//! A past state counts where the record is visible now and the facts of that time would be visible under the caller's present
//! grants. Contents that were destroyed count nowhere.

use std::ops::RangeInclusive;

use model::field::Column as Type;
use sea_orm::{
    QueryResult,
    sea_query::{
        Alias, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, UnionType, WindowStatement,
    },
};

use super::{Asked, By, MOST_PARTS, day_in, fold::Folding, select::Making, too_many};
use crate::{
    change::in_place,
    condition::narrowed,
    error::{Code, Error, Result, Violation},
    filter::{Narrowing, Rule},
    policy::{Class, Scope, readable, visible, withheld_among},
    record::Column,
    view::View,
};

/// What is told of one part, and of which point in time.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The place of the point in time.
    pub(super) place: Option<i64>,
    /// Fields that are withheld.
    pub(super) withheld: Vec<String>,
}

impl Told {
    pub(super) fn is_withheld(&self, field: &str) -> bool {
        self.withheld.iter().any(|one| one == field)
    }
}

impl Folding<'_> {
    /// Takes the parts of points in time: place, facts, then as of the present.
    pub(super) fn take_past(&mut self, view: &View, found: &[QueryResult]) -> Result<()> {
        if found.len() > MOST_PARTS {
            return Err(too_many());
        }
        let def = self.asked.def;
        for row in found {
            let (place, facts): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let scope: Scope = serde_json::from_str(&facts)?;
            if !readable(&view.actor, def, &scope) {
                continue;
            }
            let withheld = withheld_among(&view.actor, def, &scope);
            let withheld = withheld.into_iter().map(str::to_owned).collect();
            self.part(row, 2, &Told { place: Some(place), withheld })?;
        }
        Ok(())
    }
}

/// The statement over the records as they stood at some points in time.
///
/// Each state is read once: it lasts from the first point in time that it reaches to the first one past it, and states that
/// reach none are left alone. What states have in common is put together before it is told of each point.
///
/// # Errors
/// `BadRequest` for filters and dimensions that the past does not tell.
pub fn select(view: &View, asked: &Asked, filters: &Narrowing) -> Result<SelectStatement> {
    check(asked, filters)?;
    let def = asked.def;
    let mut making = Making::new(view, asked);
    making.columns();
    making.select.cond_where(narrowed(view, def, filters)?);
    // SQLite would read every column of every image, named or not.
    let named = view.db.backend().build(&making.select).sql;
    let is_named =
        |column: &str| column == "id" || named.contains(&format!("\"{}\".\"{column}\"", def.table));
    making.select.from_subquery(states(view, asked, is_named), def.iden());
    Ok(making.told())
}

/// The place of the first point in time that a state reaches.
pub(super) const FIRST: &str = "state_first";
/// The place of the first point in time that is past a state.
pub(super) const PAST: &str = "state_past";
/// What the facts of a state were.
pub(super) const FACTS: &str = "state_facts";

/// How long each state of the records of a kind lasts that the caller sees now.
fn spans(view: &View, asked: &Asked) -> SelectStatement {
    let [change, set, bare] = ["change", "change_set", "bare"].map(Alias::new);
    let def = asked.def;
    let first = || {
        let is_past = |at: &_| col(&set, "at").gt(*at);
        place(&asked.times, 0..=asked.times.len(), &is_past)
    };
    let next = WindowStatement::partition_by((change.clone(), Alias::new("record_id")))
        .order_by((change.clone(), Alias::new("version")), Order::Asc)
        .take();
    let past = Func::cust("LEAD").args([first(), Expr::cust("1"), never(asked)]);
    let shown =
        Query::select().expr(def.col("id")).from(def.iden()).cond_where(visible(&view.actor, def)).take();
    Query::select()
        .exprs(["record_id", "owner", "facts_after", "set_id", "ordinal"].map(|column| col(&change, column)))
        .expr_as(first(), Alias::new(FIRST))
        .expr_window_as(past, next, Alias::new(PAST))
        .from(change.clone())
        .join(JoinType::InnerJoin, set.clone(), col(&set, "id").eq(col(&change, "set_id")))
        .join_subquery(JoinType::LeftJoin, touches(), bare.clone(), in_place(&bare, &change))
        .and_where(col(&bare, "set_id").is_null())
        .and_where(col(&change, "kind").eq(def.name))
        .and_where(col(&change, "record_id").in_subquery(shown))
        .take()
}

/// The places of changes that left their record as it was; what has no salt was destroyed, and is none of these.
fn touches() -> SelectStatement {
    let of = |column| Expr::col(Alias::new(column));
    Query::select()
        .columns(["set_id", "ordinal"].map(Alias::new))
        .from(Alias::new("change_payload"))
        .and_where(of("before").is_null())
        .and_where(of("after").is_null())
        .and_where(of("salt").is_not_null())
        .take()
}

fn col(table: &Alias, column: &'static str) -> Expr {
    Expr::col((table.clone(), Alias::new(column)))
}

/// The states that reach a point in time, as a table of the kind with these columns.
fn states(view: &View, asked: &Asked, is_named: impl Fn(&str) -> bool) -> SelectStatement {
    let [span, payload] = ["span", "change_payload"].map(Alias::new);
    let is_postgres = view.db.reading().is_postgres();
    let after = col(&payload, "after");
    let image = if is_postgres { after.clone().cast_as(Alias::new("json")) } else { after.clone() };
    let mut images = Query::select()
        .exprs(["record_id", "owner", "facts_after", FIRST, PAST].map(|column| col(&span, column)))
        .expr_as(image, Alias::new("image"))
        .from_subquery(spans(view, asked), span.clone())
        .join(JoinType::InnerJoin, payload.clone(), in_place(&payload, &span))
        .and_where(col(&span, FIRST).lt(col(&span, PAST)))
        .and_where(col(&span, "facts_after").is_not_null())
        .and_where(after.is_not_null())
        .take();
    let of = Alias::new("imaged");
    let mut select = Query::select();
    let told = |column: &&Column| !column.is_derived && !column.is_unlogged && is_named(column.name);
    for column in asked.def.columns.iter().filter(told) {
        let value = match column.name {
            // An image is read for what stands nowhere else.
            "id" => col(&of, "record_id"),
            "owner" => col(&of, "owner"),
            name => member(col(&of, "image"), name, column.ty, is_postgres),
        };
        select.expr_as(value, Alias::new(column.name));
    }
    for (column, name) in [(FIRST, FIRST), (PAST, PAST), ("facts_after", FACTS)] {
        select.expr_as(col(&of, column), Alias::new(name));
    }
    if is_postgres {
        // Each image and each member is read once, however often it is named.
        images.offset(0);
        select.offset(0);
    }
    select.from_subquery(images, of).take()
}

/// The place of the first of some values that is not passed, of those in a range: as many steps as halving takes.
fn place<T>(all: &[T], range: RangeInclusive<usize>, is_past: &impl Fn(&T) -> Expr) -> Expr {
    let (low, high) = range.into_inner();
    let middle = low.midpoint(high);
    match all.get(middle).filter(|_| low < high) {
        Some(one) => {
            let further = place(all, middle.saturating_add(1)..=high, is_past);
            Expr::case(is_past(one), further).finally(place(all, low..=middle, is_past)).into()
        }
        None => number(low),
    }
}

/// The place of no point in time, past them all.
pub(super) fn never(asked: &Asked) -> Expr {
    number(asked.times.len())
}

fn number(place: usize) -> Expr {
    Expr::cust(place.to_string())
}

/// A member of an image, as the column of its name holds it.
fn member(image: Expr, name: &str, ty: Type, is_postgres: bool) -> Expr {
    if is_postgres {
        let text = match ty {
            Type::Json => format!("CAST($1 -> '{name}' AS jsonb)"),
            _ => format!("($1 ->> '{name}')"),
        };
        let of = Expr::cust_with_expr(text, image);
        let cast = |to: &'static str| of.clone().cast_as(Alias::new(to));
        return match ty {
            Type::Id => cast("uuid"),
            Type::Text | Type::Json => of,
            Type::Int | Type::Mask(_) => cast("integer"),
            Type::BigInt | Type::Decimal => cast("bigint"),
            Type::Bool => cast("boolean"),
            Type::Date => cast("date"),
            Type::Instant => cast("timestamptz"),
        };
    }
    let of = Expr::expr(Func::cust("json_extract").args([image, Expr::val(format!("$.{name}"))]));
    match ty {
        Type::Id => {
            let plain = Func::cust("replace").args([of, Expr::val("-"), Expr::val("")]);
            Expr::expr(Func::cust("unhex").arg(plain))
        }
        _ => of,
    }
}

/// The places of the points in time.
pub(super) fn places(asked: &Asked) -> Option<SelectStatement> {
    let one = |place: usize| Query::select().expr_as(number(place), Alias::new("place")).take();
    (0..asked.times.len()).map(one).reduce(|mut all, next| all.union(UnionType::All, next).take())
}

/// The place of the first point in time at which a day is over; that of none where it is no day.
pub(super) fn over(asked: &Asked, day: &Expr) -> Expr {
    let days: Vec<_> = asked.times.iter().map(|at| day_in(asked.zone, *at)).collect();
    let is_past = |one: &_| day.clone().gte(*one);
    Expr::case(day.clone().is_null(), never(asked)).finally(place(&days, 0..=days.len(), &is_past)).into()
}

/// Refuses what the log does not tell of the past.
fn check(asked: &Asked, filters: &Narrowing) -> Result<()> {
    let def = asked.def;
    let mut faults = Vec::new();
    let mut refuse = |at: &str, text: String| faults.push(Violation::new(at, Code::RuleBroken, text));
    if matches!(def.class, Class::Person | Class::Grant | Class::Key | Class::Shared) {
        refuse("?as_of", format!("{} have figures of the present only", def.declared.plural_words()));
    }
    for grouping in asked.by.iter().filter(|one| matches!(one.of.by, By::Refs(..))) {
        let name = grouping.of.name;
        refuse("?group_by", format!("the past is not told by `{name}`"));
    }
    if filters.predicate().is_some() {
        refuse("?filter", "the past is narrowed by filters of the list only".to_owned());
    }
    for (filter, _) in filters.given() {
        if matches!(filter.rule, Rule::Linked(..) | Rule::Words | Rule::Shows) {
            refuse(&format!("?{}", filter.name), format!("the past is not narrowed by `{}`", filter.name));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::BadRequest(faults)) }
}
