//! Which changes can concern a caller: the others are not read, so that no page tells of them.

use std::collections::BTreeSet;

use model::declaration::standard::NAMED;
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, Func, Query, SelectStatement, extension::postgres::PgExpr,
    extension::sqlite::SqliteExpr,
};

use super::{super::in_place, Kinds};
use crate::{
    actor::Actor,
    policy::{ACCEPTED, CONSENT, Class, addressed},
    view::View,
};

/// The condition on table `change` that the caller could see the record before or after, as far as owner,
/// releases and persons decide that. Levels inside a country are left to the reading rule.
pub(super) fn concerns(view: &View, kinds: &Kinds<'_>) -> Condition {
    let actor = &*view.actor;
    if actor.is_system() {
        return Condition::all().add(col("kind").is_in(kinds.read.iter().copied()));
    }
    let of = |wanted: fn(Class) -> bool| {
        let read = view.kinds.all().iter().filter(|def| kinds.read.contains(def.name) && wanted(def.class));
        col("kind").is_in(read.map(|def| def.name))
    };
    let national = of(Class::is_national);
    Condition::any()
        .add(of(|class| class == Class::Reference))
        .add(Condition::all().add(national).add(owned_or_released(view)))
        .add(Condition::all().add(of(|class| matches!(class, Class::Grant | Class::Key))).add(granted(view)))
        .add(Condition::all().add(of(|class| class == Class::Shared)).add(col("owner").is_in(owners(actor))))
        .add(Condition::all().add(of(|class| class == Class::Person)).add(known(actor)).add(not_named_only()))
}

fn owners(actor: &Actor) -> BTreeSet<&str> {
    actor.grants.iter().map(|grant| grant.owner.as_str()).collect()
}

fn owned_or_released(view: &View) -> Condition {
    let actor = &view.actor;
    let mut read = owners(actor);
    read.insert("reference");
    read.extend(actor.standing.regions.iter().map(String::as_str));
    let sets = || sets_addressed(view);
    Condition::any()
        .add(col("owner").is_in(read))
        .add(text(view, "facts_before", NAMED).is_in(owners(actor)))
        .add(text(view, "facts_after", NAMED).is_in(owners(actor)))
        .add(fact(view, "facts_before", "release_set").in_subquery(sets()))
        .add(fact(view, "facts_after", "release_set").in_subquery(sets()))
}

/// The caller's own grants, and those of its owners; all for operators.
fn granted(view: &View) -> Condition {
    let actor = &view.actor;
    if actor.oversees_all() {
        return Condition::all();
    }
    let mut any = Condition::any().add(col("owner").is_in(owners(actor)));
    if let Some(me) = actor.user {
        let me = me.simple().to_string();
        any = any.add(fact(view, "facts_before", "person").eq(me.as_str()));
        any = any.add(fact(view, "facts_after", "person").eq(me.as_str()));
    }
    any
}

/// The caller's own account, and those that hold grants of its owners; all for operators.
///
/// Whose last grant ends is told by the change of the grant.
fn known(actor: &Actor) -> Condition {
    if actor.oversees_all() {
        return Condition::all();
    }
    let holders = Query::select()
        .column(Alias::new("user_id"))
        .from(Alias::new("grant"))
        .and_where(Expr::col(Alias::new("owner")).is_in(owners(actor)))
        .and_where(Expr::col(Alias::new(CONSENT)).eq(ACCEPTED))
        .take();
    let mut any = Condition::any().add(col("record_id").in_subquery(holders));
    if let Some(me) = actor.user {
        any = any.add(col("record_id").eq(me));
    }
    any
}

/// Leaves out changes that name an account in the log of an owner and leave it as it is: they are not news,
/// and how many there are would tell for how many owners it acts.
fn not_named_only() -> Expr {
    let payload = Alias::new("change_payload");
    let of = |column| Expr::col((payload.clone(), Alias::new(column)));
    let without_images = Query::select()
        .expr(Expr::val(1))
        .from(payload.clone())
        .cond_where(in_place(&payload, &Alias::new("change")))
        .and_where(of("before").is_null())
        .and_where(of("after").is_null())
        .take();
    Expr::exists(without_images).not()
}

/// The sets with a release that is, was or will be for an audience the caller belongs to.
fn sets_addressed(view: &View) -> SelectStatement {
    let of = |column| Expr::col(Alias::new(column));
    let id = if view.db.reading().is_postgres() {
        Expr::from(Func::cust("replace").args([of("from_id").cast_as("text"), "-".into(), "".into()]))
    } else {
        Expr::from(Func::lower(Func::cust("hex").arg(of("from_id"))))
    };
    Query::select()
        .expr(id)
        .from(Alias::new("release_set_member"))
        .and_where(of("to_id").in_subquery(addressed(&view.actor)))
        .take()
}

/// An id among the facts of a change, as 32 hex digits.
fn fact(view: &View, facts: &'static str, name: &'static str) -> Expr {
    Func::cust("replace").args([text(view, facts, name), "-".into(), "".into()]).into()
}

/// A text among the facts of a change.
fn text(view: &View, facts: &'static str, name: &'static str) -> Expr {
    if view.db.reading().is_postgres() {
        PgExpr::cast_json_field(col(facts), name)
    } else {
        SqliteExpr::cast_json_field(col(facts), name)
    }
}

fn col(column: &'static str) -> Expr {
    Expr::col((Alias::new("change"), Alias::new(column)))
}
