//! The reading rule, once as a condition in SQL and once over the facts of one record.

use model::access::{Role, Visibility};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement};
use uuid::Uuid;

use super::{ACCEPTED, CONSENT, Class, Reach, Scope, reach};
use crate::{
    actor::{Actor, Grant},
    record::KindDef,
};

/// The condition under which `actor` sees a row of `def`; it stands in the SQL of every read.
#[must_use]
pub fn visible(actor: &Actor, def: &KindDef) -> Condition {
    if actor.is_system() {
        return Condition::all();
    }
    let seen = match def.class {
        Class::Reference => Condition::all(),
        Class::National | Class::Work => national(actor, def),
        Class::Person | Class::Grant => account(actor, def),
        Class::Key => key(actor, def),
        Class::Shared => {
            let mut any = nothing();
            for grant in sharing(actor) {
                any = any.add(def.col("owner").eq(grant.owner.as_str()));
            }
            any
        }
    };
    match &actor.key {
        Some(narrowing) => Condition::all().add(seen).add(narrowing.readable(def)),
        None => seen,
    }
}

/// Keys are seen by their person, the focal point of their owner, the operator.
fn key(actor: &Actor, def: &KindDef) -> Condition {
    if actor.oversees_all() {
        return Condition::all();
    }
    let mut any = nothing();
    if let Some(me) = actor.user {
        any = any.add(def.col("user_id").eq(me));
    }
    for grant in actor.with_role(&[Role::FocalPoint]) {
        any = any.add(def.col("owner").eq(grant.owner.as_str()));
    }
    any
}

/// Whether `actor` reads a record of `owner` from inside: with its version, writers and whole history.
///
/// Reference data and accounts have no outside.
#[must_use]
pub fn is_inside(actor: &Actor, def: &KindDef, owner: &str) -> bool {
    matches!(def.class, Class::Reference | Class::Person | Class::Grant | Class::Key)
        || owner == "reference"
        || actor.is_inside(owner)
}

/// The grants under which somebody reads what an owner shares with others: of the whole owner, not of one plan.
fn sharing(actor: &Actor) -> impl Iterator<Item = &Grant> {
    actor.with_role(super::FULL).filter(|grant| grant.within_plan.is_none())
}

pub(super) fn nothing() -> Condition {
    // A word and no values: no index serves a list of alternatives one of which compares what is bound.
    Condition::any().add(Expr::cust("FALSE"))
}

fn level(def: &KindDef, level: Visibility) -> Expr {
    def.col("visibility").eq(level_name(level))
}

const fn level_name(level: Visibility) -> &'static str {
    level.code()
}

fn national(actor: &Actor, def: &KindDef) -> Condition {
    let mut any = nothing().add(def.col("owner").eq("reference"));
    for grant in &actor.grants {
        if let Some(inside) = inside(actor, def, grant) {
            any = any.add(inside);
        }
    }
    for region in actor.standing.regions.iter().filter(|region| actor.reaches_region(region)) {
        any = any.add(
            Condition::all()
                .add(def.col("owner").eq(region.as_str()))
                .add(def.col("visibility").ne(level_name(Visibility::Agency))),
        );
    }
    if !actor.standing.release_sets.is_empty() {
        any = any.add(def.col("release_set_id").is_in(actor.standing.release_sets.iter().copied()));
    }
    any
}

fn inside(actor: &Actor, def: &KindDef, grant: &Grant) -> Option<Condition> {
    let levels = match reach(grant) {
        Reach::Nothing => return None,
        Reach::National => Condition::any().add(level(def, Visibility::National)),
        Reach::Full => Condition::any().add(def.col("visibility").ne(level_name(Visibility::Agency))),
        Reach::Agency(agency) => {
            let shared = concerning(actor, def, agency);
            Condition::any()
                .add(level(def, Visibility::National))
                .add(Condition::all().add(level(def, Visibility::Group)).add(shared))
                .add(Condition::all().add(level(def, Visibility::Agency)).add(of_agency(def, agency)))
        }
    };
    let mut all = Condition::all().add(def.col("owner").eq(grant.owner.as_str())).add(levels);
    if let (Some(plan), Some(column)) = (grant.within_plan, def.plan_column()) {
        all = all.add(def.col(column).eq(plan));
    }
    Some(all)
}

/// The condition that a record is an agency's: it leads, or contributes.
fn of_agency(def: &KindDef, agency: Uuid) -> Condition {
    let mut own = nothing();
    if let Some(lead) = def.lead.filter(|_| def.class == Class::Work) {
        own = own.add(def.col(lead).eq(agency));
    }
    if let Some(linked) = linked(def, agency).filter(|_| def.class == Class::Work) {
        own = own.add(def.col("id").in_subquery(linked));
    }
    own
}

/// The condition that a record is an agency's, or shared with it or its groups.
pub(super) fn concerning(actor: &Actor, def: &KindDef, agency: Uuid) -> Condition {
    let own = of_agency(def, agency);
    if actor.standing.shared_sets.is_empty() {
        return own;
    }
    own.add(def.col("shared_set_id").is_in(actor.standing.shared_sets.iter().copied()))
}

/// Ids of the records an agency contributes to; none for kinds without contributors.
fn linked(def: &KindDef, agency: Uuid) -> Option<SelectStatement> {
    let link = def.link(def.contributors?)?;
    let of = |column| Expr::col(Alias::new(column));
    let select = Query::select()
        .column(Alias::new("from_id"))
        .from(Alias::new(link.table))
        .and_where(of("to_id").eq(agency))
        .take();
    Some(select)
}

fn account(actor: &Actor, def: &KindDef) -> Condition {
    let person = if def.class == Class::Person { "id" } else { "user_id" };
    let mut any = nothing();
    if let Some(me) = actor.user {
        let mut mine = Condition::all().add(def.col(person).eq(me));
        if let Some(bound) = actor.bound.as_deref().filter(|_| def.class == Class::Grant) {
            mine = mine.add(def.col("owner").eq(bound));
        }
        any = any.add(mine);
    }
    for grant in &actor.grants {
        let of_owner = Expr::col(Alias::new("owner")).eq(grant.owner.as_str());
        let holds = match (grant.role, grant.agency) {
            (Role::Operator, _) => return Condition::all(),
            (Role::FocalPoint, _) => Condition::all().add(of_owner),
            (Role::AgencyLead, Some(agency)) => {
                Condition::all().add(of_owner).add(Expr::col(Alias::new("agency_id")).eq(agency))
            }
            _ => continue,
        };
        let is_account = def.class == Class::Person;
        let key = if is_account { "user_id" } else { "id" };
        let accepted = Expr::col(Alias::new(CONSENT)).eq(ACCEPTED);
        let holds = if is_account { holds.add(accepted) } else { holds };
        let holders =
            Query::select().column(Alias::new(key)).from(Alias::new("grant")).cond_where(holds).take();
        any = any.add(def.col("id").in_subquery(holders));
    }
    any
}

/// The same rule for one record whose facts are at hand; used for the past and for the twin test.
#[must_use]
pub fn readable(actor: &Actor, def: &KindDef, scope: &Scope) -> bool {
    if actor.is_system() {
        return true;
    }
    if actor.key.as_ref().is_some_and(|narrowing| !narrowing.reads_one(def, scope)) {
        return false;
    }
    let class = def.class;
    match class {
        Class::Reference => true,
        Class::National | Class::Work => {
            scope.owner == "reference"
                || actor.grants.iter().any(|grant| reads(actor, grant, class, scope))
                || (actor.reaches_region(&scope.owner) && scope.level != Some(Visibility::Agency))
                || scope.release_set.is_some_and(|set| actor.standing.release_sets.contains(&set))
        }
        Class::Person | Class::Grant => {
            let is_me = actor.user.is_some() && actor.user == scope.person;
            let is_mine = is_me && (class == Class::Person || actor.reaches(&scope.owner));
            is_mine || actor.grants.iter().any(|grant| oversees(grant, class, scope))
        }
        Class::Key => {
            let is_mine = actor.user.is_some() && actor.user == scope.person;
            let is_of = |grant: &Grant| grant.owner == scope.owner;
            is_mine || actor.oversees_all() || actor.with_role(&[Role::FocalPoint]).any(is_of)
        }
        Class::Shared => sharing(actor).any(|grant| grant.owner == scope.owner),
    }
}

fn reads(actor: &Actor, grant: &Grant, class: Class, scope: &Scope) -> bool {
    if grant.owner != scope.owner {
        return false;
    }
    let level = scope.level.unwrap_or(Visibility::National);
    let by_level = match reach(grant) {
        Reach::Nothing => false,
        Reach::National => level == Visibility::National,
        Reach::Full => level != Visibility::Agency,
        Reach::Agency(agency) => {
            let mine = scope.agency == Some(agency) || scope.contributors.contains(&agency);
            match level {
                Visibility::National => true,
                Visibility::Group => {
                    mine || scope.shared_set.is_some_and(|s| actor.standing.shared_sets.contains(&s))
                }
                Visibility::Agency => mine,
            }
        }
    };
    // Work outside every plan is outside the grant's plan; other kinds without a plan know none.
    let outside = class == Class::Work;
    by_level && grant.within_plan.is_none_or(|plan| scope.plan.map_or(!outside, |own| own == plan))
}

fn oversees(grant: &Grant, class: Class, scope: &Scope) -> bool {
    let holds = |owner: &str, agency: Option<Uuid>| match grant.role {
        Role::Operator => true,
        Role::FocalPoint => owner == grant.owner,
        Role::AgencyLead => owner == grant.owner && agency.is_some() && agency == grant.agency,
        _ => false,
    };
    if class == Class::Grant {
        return holds(&scope.owner, scope.agency);
    }
    grant.role == Role::Operator || scope.holdings.iter().any(|h| holds(&h.owner, h.agency))
}
