//! Figures of points in time: the log tells how records stood, and the facts of that time who may know.
//!
//! As histories do, they count a past state where the record is visible now and the facts of its image would be visible under
//! the caller's present grants. Contents that were destroyed count nowhere.

use model::field::Column as Type;
use sea_orm::{
    QueryResult,
    sea_query::{
        Alias, Cond, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, UnionType,
        WindowStatement,
    },
};

use super::{Asked, By, MOST_PARTS, day_in, fold::Folding, select::Making, too_many};
use crate::{
    change::with_images,
    condition::narrowed,
    error::{Code, Error, Result, Violation},
    filter::{Narrowing, Rule},
    policy::{Class, Scope, is_inside, readable, visible, withheld_among},
    record::{Column, KindDef},
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
            let outside = !is_inside(&view.actor, def, &scope.owner);
            if !readable(&view.actor, def, &scope) || (scope.is_inside && outside) {
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
/// # Errors
/// `BadRequest` for filters and dimensions that the past does not tell.
pub fn select(view: &View, asked: &Asked, filters: &Narrowing) -> Result<SelectStatement> {
    check(asked, filters)?;
    let mut making = Making::new(view, asked);
    let (time, def) = (Alias::new("time"), asked.def);
    let of_time = |column: &'static str| Expr::col((time.clone(), Alias::new(column)));
    let state = |column: &'static str| Expr::col((def.iden(), Alias::new(column)));
    let lasts = Cond::any().add(state(ENDS).is_null()).add(of_time("at").lt(state(ENDS)));
    let on = Cond::all().add(of_time("at").gte(state(BEGINS))).add(lasts);
    if let Some(times) = times(asked) {
        making.select.join_subquery(JoinType::InnerJoin, times, time.clone(), on);
    }
    making.group_past(of_time("place"), state(FACTS));
    making.columns(&of_time("day"), state(BEGINS));
    let shown =
        Query::select().expr(def.col("id")).from(def.iden()).cond_where(visible(&view.actor, def)).take();
    making.select.cond_where(narrowed(view, def, filters)?);
    // SQLite would read every column of every image, named or not.
    let named = view.db.backend().build(&making.select).sql;
    let is_named =
        |column: &str| column == "id" || named.contains(&format!("\"{}\".\"{column}\"", def.table));
    making.select.from_subquery(states(view, def, is_named), def.iden());
    making.select.cond_where(state("id").in_subquery(shown));
    Ok(making.told())
}

const BEGINS: &str = "state_begins";
const ENDS: &str = "state_ends";
const FACTS: &str = "state_facts";

/// Every state that records of a kind have had, as a table of the kind with these columns, with the instants between which it was so.
fn states(view: &View, def: &'static KindDef, is_named: impl Fn(&str) -> bool) -> SelectStatement {
    let (change, set, payload) =
        (Alias::new("change"), Alias::new("change_set"), Alias::new("change_payload"));
    let col = |table: &Alias, column: &'static str| Expr::col((table.clone(), Alias::new(column)));
    let next = WindowStatement::partition_by((change.clone(), Alias::new("record_id")))
        .order_by((change.clone(), Alias::new("version")), Order::Asc)
        .take();
    let is_postgres = view.db.reading().is_postgres();
    let mut select = with_images();
    let told = |column: &&Column| !column.is_derived && !column.is_unlogged && is_named(column.name);
    for column in def.columns.iter().filter(told) {
        let member = match column.name {
            // An image is read for what stands nowhere else.
            "id" => col(&change, "record_id"),
            "owner" => col(&change, "owner"),
            name => member(col(&payload, "after"), name, column.ty, is_postgres),
        };
        select.expr_as(member, Alias::new(column.name));
    }
    select.expr_as(col(&set, "at"), Alias::new(BEGINS));
    select.expr_window_as(Func::cust("LEAD").arg(col(&set, "at")), next, Alias::new(ENDS));
    select.expr_as(col(&change, "facts_after"), Alias::new(FACTS));
    select.and_where(col(&change, "kind").eq(def.name)).and_where(col(&change, "facts_after").is_not_null());
    select
}

/// A member of an image, as the column of its name holds it.
fn member(image: Expr, name: &str, ty: Type, is_postgres: bool) -> Expr {
    if is_postgres {
        let text = match ty {
            Type::Json => format!("(CAST($1 AS jsonb) -> '{name}')"),
            _ => format!("(CAST($1 AS jsonb) ->> '{name}')"),
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

/// The points in time, with their places and days.
fn times(asked: &Asked) -> Option<SelectStatement> {
    let one = |(place, at): (i64, _)| {
        let row =
            [("place", Expr::val(place)), ("at", Expr::val(at)), ("day", Expr::val(day_in(asked.zone, at)))];
        let mut select = Query::select();
        for (name, value) in row {
            select.expr_as(value, Alias::new(name));
        }
        select
    };
    (0..)
        .zip(asked.times.iter().copied())
        .map(one)
        .reduce(|mut all, next| all.union(UnionType::All, next).take())
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
