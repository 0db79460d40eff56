//! Which changes can concern a caller: the others are not looked at, so no page tells how many there are.

use std::collections::BTreeSet;

use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, Query, extension::postgres::PgExpr, extension::sqlite::SqliteExpr,
};
use uuid::Uuid;

use super::Kinds;
use crate::{ctx::Ctx, error::Result, policy::Class, record::KindDef};

/// The condition on table `change` that the caller could see the record before or after, as far as owner and
/// releases decide that. Levels inside a country are left to the reading rule.
///
/// # Errors
/// What the database says.
pub(super) async fn concerns(ctx: &Ctx, kinds: &Kinds<'_>) -> Result<Condition> {
    let of = |wanted: fn(Class) -> bool| -> Vec<&'static str> {
        let read = ctx.kinds.all().iter().filter(|def: &&&KindDef| kinds.read.contains(def.name));
        read.filter(|def| wanted(def.class)).map(|def| def.name).collect()
    };
    let is_national = |class| matches!(class, Class::National | Class::Work);
    let is_account = |class| matches!(class, Class::Person | Class::Grant);
    let (national, accounts) = (of(is_national), of(is_account));
    let kind = || Expr::col(change("kind"));
    let mut any = Condition::any().add(kind().is_in(of(|class| class == Class::Reference)));
    if !national.is_empty() {
        any = any.add(Condition::all().add(kind().is_in(national)).add(owned_or_released(ctx).await?));
    }
    if ctx.actor.user.is_some() && !accounts.is_empty() {
        any = any.add(kind().is_in(accounts));
    }
    Ok(if ctx.actor.is_system() {
        Condition::all().add(kind().is_in(kinds.read.iter().copied()))
    } else {
        any
    })
}

async fn owned_or_released(ctx: &Ctx) -> Result<Condition> {
    let actor = &ctx.actor;
    let mut owners = BTreeSet::from(["reference"]);
    owners.extend(actor.grants.iter().map(|grant| grant.owner.as_str()));
    owners.extend(actor.standing.regions.iter().map(String::as_str));
    let mut any = Condition::any().add(Expr::col(change("owner")).is_in(owners));
    let sets = sets_addressed(ctx).await?;
    if !sets.is_empty() {
        for facts in ["facts_before", "facts_after"] {
            any = any.add(release_set(ctx, facts).is_in(sets.iter().map(Uuid::to_string)));
        }
    }
    Ok(any)
}

/// The release set in the facts of a change, as text.
fn release_set(ctx: &Ctx, facts: &'static str) -> Expr {
    let facts = Expr::col(change(facts));
    if ctx.db.reading().is_postgres() {
        PgExpr::cast_json_field(facts, "release_set")
    } else {
        SqliteExpr::cast_json_field(facts, "release_set")
    }
}

/// The sets with a release that is, was or will be for an audience the caller belongs to.
async fn sets_addressed(ctx: &Ctx) -> Result<Vec<Uuid>> {
    let col = |name| Expr::col(Alias::new(name));
    let addressed = Query::select()
        .column(Alias::new("from_id"))
        .from(Alias::new("release_audience"))
        .and_where(col("to_code").is_in(ctx.actor.audiences()))
        .take();
    let select = Query::select()
        .distinct()
        .column(Alias::new("from_id"))
        .from(Alias::new("release_set_member"))
        .and_where(col("to_id").in_subquery(addressed))
        .take();
    ctx.db.reading().all(&select).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

fn change(column: &'static str) -> (Alias, Alias) {
    (Alias::new("change"), Alias::new(column))
}
