//! What callers put together themselves, as SQL.

use sea_orm::{
    Value,
    sea_query::{Alias, Cond, Expr, ExprTrait, Func, Query},
};

use super::{is_storable, joined, seen};
use crate::{
    codes::is_public,
    filter::{Comparison, Operand, Place, Predicate},
    policy::{is_open, visible},
    record::KindDef,
    row::is_null,
    view::View,
};

/// The condition that a predicate says of records of a kind, or that its contrary does.
pub(super) fn says(view: &View, def: &'static KindDef, predicate: &Predicate, is_so: bool) -> Cond {
    let each = |parts: &[Predicate]| parts.iter().map(|part| says(view, def, part, is_so)).collect();
    match predicate {
        Predicate::All(parts) => joined(each(parts), is_so),
        Predicate::Any(parts) => joined(each(parts), !is_so),
        Predicate::Not(part) => says(view, def, part, !is_so),
        Predicate::Known(truth) => Cond::all().add(Expr::val(*truth == is_so).eq(true)),
        Predicate::Compare(of, how, value) => {
            let how = if is_so { *how } else { how.opposite() };
            // The contrary of what is false of nothing is true of it.
            let takes_null = matches!(how, Comparison::Ne) || !is_so && !matches!(how, Comparison::Eq);
            compared(operand(view, def, of), how, value, takes_null)
        }
        Predicate::In(of, values) => {
            let (of, has_null) = (operand(view, def, of), values.iter().any(is_null));
            let values: Vec<Value> =
                values.iter().filter(|value| is_storable(value) && !is_null(value)).cloned().collect();
            match (is_so, has_null) {
                (true, true) => Cond::any().add(of.clone().is_in(values)).add(of.is_null()),
                (true, false) => Cond::all().add(of.is_in(values)),
                (false, true) => Cond::all().add(of.clone().is_not_in(values)).add(of.is_not_null()),
                (false, false) => Cond::any().add(of.clone().is_not_in(values)).add(of.is_null()),
            }
        }
        Predicate::Has(of, place, text) => {
            let of = operand(view, def, of);
            let has = has(of.clone(), *place, text, view.db.reading().is_postgres());
            if is_so { Cond::all().add(has) } else { Cond::any().add(has.not()).add(of.is_null()) }
        }
    }
}

fn compared(of: Expr, how: Comparison, value: &Value, takes_null: bool) -> Cond {
    if is_null(value) {
        return Cond::all().add(match how {
            Comparison::Eq => of.is_null(),
            Comparison::Ne => of.is_not_null(),
            _ => Expr::val(takes_null).eq(true),
        });
    }
    if !is_storable(value) {
        return Cond::all().add(Expr::val(takes_null).eq(true));
    }
    let (own, value) = (of.clone(), value.clone());
    let holds = match how {
        Comparison::Eq => of.eq(value),
        Comparison::Ne => of.ne(value),
        Comparison::Lt => of.lt(value),
        Comparison::Le => of.lte(value),
        Comparison::Gt => of.gt(value),
        Comparison::Ge => of.gte(value),
    };
    if takes_null { Cond::any().add(holds).add(own.is_null()) } else { Cond::all().add(holds) }
}

/// Whether a text stands in another one; the databases differ in how they find texts, not in what they find.
fn has(of: Expr, place: Place, text: &str, is_postgres: bool) -> Expr {
    let text = text.replace('\0', "\u{fffd}");
    let length = i32::try_from(text.chars().count()).unwrap_or(i32::MAX);
    let call = |name: &'static str, arguments: Vec<Expr>| Expr::expr(Func::cust(name).args(arguments));
    if text.is_empty() {
        return of.is_not_null();
    }
    match (place, is_postgres) {
        (Place::Anywhere, true) => call("strpos", vec![of, Expr::val(text)]).gt(0),
        (Place::Anywhere, false) => call("instr", vec![of, Expr::val(text)]).gt(0),
        (Place::Start, _) => call("substr", vec![of, Expr::val(1), Expr::val(length)]).eq(text),
        (Place::End, true) => call("right", vec![of, Expr::val(length)]).eq(text),
        (Place::End, false) => call("substr", vec![of, Expr::val(-length)]).eq(text),
    }
}

/// A value as the caller sees it.
pub(crate) fn operand(view: &View, def: &'static KindDef, of: &Operand) -> Expr {
    match of {
        Operand::Country => country(def),
        Operand::Holds(column, code) => {
            let holds = def.col(column).eq(*code);
            unless_withheld(view, def, column, holds)
        }
        Operand::Column(column) => {
            let target = def.column(column).and_then(|column| view.kinds.get(column.target?));
            let value = match target.filter(|target| !is_public(target)) {
                Some(target) => {
                    Expr::case(def.col(column).in_subquery(seen(view, target)), def.col(column)).into()
                }
                None => def.col(column),
            };
            unless_withheld(view, def, column, value)
        }
        Operand::Of(column, kind, inner) => {
            let Some(target) = view.kinds.get(kind) else { return Expr::cust("NULL") };
            let mut value = Query::select();
            if target.table == def.table {
                // A record and the one it refers to would be called alike: the latter gets a name of its own.
                let (led, id, told) = (Alias::new("led"), Alias::new("id"), Alias::new("told"));
                let all = Query::select()
                    .expr_as(target.col("id"), id.clone())
                    .expr_as(operand(view, target, inner), told.clone())
                    .from(target.iden())
                    .cond_where(visible(&view.actor, target))
                    .take();
                value.expr(Expr::col((led.clone(), told)));
                value.from_subquery(all, led.clone());
                value.and_where(Expr::col((led, id)).eq(def.col(column)));
            } else {
                value.expr(operand(view, target, inner));
                value.from(target.iden());
                value.and_where(target.col("id").eq(def.col(column)));
                value.cond_where(visible(&view.actor, target));
            }
            unless_withheld(view, def, column, Expr::SubQuery(None, Box::new(value.into())))
        }
    }
}

/// The code of the country that a record is of.
fn country(def: &KindDef) -> Expr {
    let Some(own) = def.country_column() else { return Expr::cust("NULL") };
    if def.name == "country" {
        return def.col("code");
    }
    let of = |column: &'static str| Expr::col((Alias::new("country"), Alias::new(column)));
    let mut code = Query::select().expr(of("code")).from(Alias::new("country")).take();
    code.and_where(of(if own == "owner" { "code" } else { "id" }).eq(def.col(own)));
    Expr::SubQuery(None, Box::new(code.into()))
}

/// A value where its field is not withheld.
fn unless_withheld(view: &View, def: &KindDef, column: &str, value: Expr) -> Expr {
    let is_field = |name: &str| def.declared.field(name).is_some_and(|field| field.column == column);
    match is_open(&view.actor, def, is_field) {
        Some(open) => Expr::case(open, value).into(),
        None => value,
    }
}
