//! The reading rule, once as a condition in SQL and once over the facts of one record.

use model::{
    access::{Role, Visibility},
    declaration::standard::{DRAFTED_IN, NAMED},
};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement};
use uuid::Uuid;

use super::{ACCEPTED, CONSENT, Class, Permit, Reach, Rule, Scope, fence, reach, rules};
use crate::{
    actor::{Actor, Grant, PUBLIC},
    record::KindDef,
    row::Row,
};

/// The condition under which `actor` sees a row of `def`; it stands in the SQL of every read.
///
/// Who views as others sees what they see and no more than it sees itself.
#[must_use]
pub fn visible(actor: &Actor, def: &KindDef) -> Condition {
    let seen = seen(actor, def);
    let seen = match &actor.viewing {
        Some(viewing) => Condition::all().add(seen).add(self::seen(&viewing.own, def)),
        None => seen,
    };
    fence::for_caller(seen, def.table)
}

fn seen(actor: &Actor, def: &KindDef) -> Condition {
    let granted = granted(actor, def);
    if actor.is_drafting || !def.has(DRAFTED_IN) {
        return granted;
    }
    Condition::all().add(granted).add(def.col(DRAFTED_IN).is_null())
}

fn granted(actor: &Actor, def: &KindDef) -> Condition {
    if actor.is_system() {
        return Condition::all();
    }
    let seen = match def.class {
        Class::Reference => Condition::all(),
        Class::National | Class::Work | Class::Comment => national(actor, def),
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
        any = any.add(mine(actor, def, me));
    }
    for grant in actor.with_role(&[Role::FocalPoint]) {
        any = any.add(def.col("owner").eq(grant.owner.as_str()));
    }
    any
}

/// What is a caller's own: its account, and its grants and keys of the owner it is bound to, where it is to one.
fn mine(actor: &Actor, def: &KindDef, me: Uuid) -> Condition {
    if def.class == Class::Person {
        return Condition::all().add(def.col("id").eq(me));
    }
    let mine = Condition::all().add(def.col("user_id").eq(me));
    match &actor.bound {
        Some(owner) => mine.add(def.col("owner").eq(owner.as_str())),
        None => mine,
    }
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

/// Whether `actor` may write a record from outside its owner: it is of the country that it names, or wrote it.
#[must_use]
pub fn is_party(actor: &Actor, row: &Row) -> bool {
    let is_author = || row.def().class == Class::Comment && row.uuid("created_by") == actor.user;
    let is_named = || row.def().has(NAMED) && row.text(NAMED).is_some_and(|named| actor.is_inside(named));
    is_named() || (actor.user.is_some() && is_author())
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
        if let Some(named) = names(def, grant) {
            any = any.add(named);
        }
    }
    for region in actor.standing.regions.iter().filter(|region| actor.reaches_region(region)) {
        let of_region = Condition::all()
            .add(def.col("owner").eq(region.as_str()))
            .add(def.col("visibility").ne(level_name(Visibility::Agency)));
        any = any.add(settled(def, of_region));
    }
    if !actor.standing.release_sets.is_empty() {
        let released = def.col("release_set_id").is_in(actor.standing.release_sets.iter().copied());
        any = any.add(settled(def, Condition::all().add(released)));
    }
    any
}

/// The condition that a record names the country of a grant, and is at a level that the grant reads.
fn names(def: &KindDef, grant: &Grant) -> Option<Condition> {
    def.declared.named.filter(|_| grant.within_plan.is_none())?;
    let levels = match reach(grant) {
        Reach::Nothing => return None,
        Reach::Full => def.col("visibility").ne(level_name(Visibility::Agency)),
        Reach::National | Reach::Agency(_) => level(def, Visibility::National),
    };
    Some(Condition::all().add(def.col(NAMED).eq(grant.owner.as_str())).add(levels))
}

/// Adds that a record is in a state in which others see it than its owner and the country it names.
fn settled(def: &KindDef, condition: Condition) -> Condition {
    match def.shown_in() {
        Some((column, states)) => condition.add(def.col(column).is_in(states.iter().copied())),
        None => condition,
    }
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
    if let Some(lead) = def.lead.filter(|_| def.class.has_agencies()) {
        own = own.add(def.col(lead).eq(agency));
    }
    if let Some(linked) = linked(def, agency).filter(|_| def.class.has_agencies()) {
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
    let mut any = nothing();
    if let Some(me) = actor.user {
        any = any.add(mine(actor, def, me));
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

/// The releases that are addressed to the caller, by their ids; who views as others is told of its own country's,
/// and of the public ones of others.
#[must_use]
pub fn addressed(actor: &Actor) -> SelectStatement {
    let of = |column| Expr::col(Alias::new(column));
    let (release, audience) = (Alias::new("release"), "to_code");
    let mut select = Query::select()
        .column(Alias::new("from_id"))
        .from(Alias::new("release_audience"))
        .and_where(of(audience).is_in(actor.audiences()))
        .take();
    if let Some(viewing) = &actor.viewing {
        let own = Query::select()
            .column(Alias::new("id"))
            .from(release)
            .and_where(of("owner").eq(viewing.own.acting.as_deref().unwrap_or_default()))
            .take();
        select.and_where(of(audience).eq(PUBLIC).or(of("from_id").in_subquery(own)));
    }
    select
}

/// The same rule for one record whose facts are at hand; used for the past and for the twin test.
#[must_use]
pub fn readable(actor: &Actor, def: &KindDef, scope: &Scope) -> bool {
    reason(actor, def, scope).is_some()
}

/// Why `actor` reads a record with these facts; none if it does not.
#[must_use]
pub(super) fn reason(actor: &Actor, def: &KindDef, scope: &Scope) -> Option<Permit> {
    if let Some(viewing) = &actor.viewing {
        own_reason(&viewing.own, def, scope)?;
    }
    own_reason(actor, def, scope)
}

fn own_reason(actor: &Actor, def: &KindDef, scope: &Scope) -> Option<Permit> {
    if scope.is_drafted && !actor.is_drafting {
        return None;
    }
    if actor.is_system() {
        return Some(Permit::by(rules::READ_REFERENCE));
    }
    if actor.key.as_ref().is_some_and(|narrowing| !narrowing.reads_one(def, scope)) {
        return None;
    }
    let class = def.class;
    let is_me = actor.user.is_some() && actor.user == scope.person;
    let by_grant = |rule: &dyn Fn(&Grant) -> Option<Rule>| {
        actor.grants.iter().find_map(|grant| Some(Permit::with(rule(grant)?, grant)))
    };
    match class {
        Class::Reference => Some(Permit::by(rules::READ_REFERENCE)),
        Class::National | Class::Work | Class::Comment => national_reason(actor, class, scope),
        Class::Person | Class::Grant => {
            let is_mine = is_me && (class == Class::Person || actor.reaches(&scope.owner));
            let of_me = is_mine.then_some(Permit::by(rules::READ_ONESELF));
            of_me.or_else(|| by_grant(&|one| oversees(one, class, scope).then_some(rules::READ_ACCOUNT)))
        }
        Class::Key => {
            let is_mine = is_me && actor.reaches(&scope.owner);
            let of_me = is_mine.then_some(Permit::by(rules::READ_ONESELF));
            let is_of = |one: &Grant| one.role == Role::FocalPoint && one.owner == scope.owner;
            let is_seen = |one: &Grant| one.role == Role::Operator || is_of(one);
            of_me.or_else(|| by_grant(&|one| is_seen(one).then_some(rules::READ_KEY)))
        }
        Class::Shared => sharing(actor)
            .find(|grant| grant.owner == scope.owner)
            .map(|grant| Permit::with(rules::READ_RELEASES, grant)),
    }
}

fn national_reason(actor: &Actor, class: Class, scope: &Scope) -> Option<Permit> {
    if scope.owner == "reference" {
        return Some(Permit::by(rules::READ_REFERENCE));
    }
    let inside = |grant: &Grant| Some(Permit::with(reads(actor, grant, class, scope)?, grant));
    let of_region = || {
        let reaches = actor.reaches_region(&scope.owner) && scope.level != Some(Visibility::Agency);
        let mut grants = actor.with_role(&[Role::FocalPoint, Role::Secretariat]);
        let grant = grants.find(|grant| grant.has_no_ceiling())?;
        reaches.then(|| Permit::with(rules::READ_REGION, grant))
    };
    let is_named = |grant: &Grant| is_named(grant, scope).then(|| Permit::with(rules::READ_NAMED, grant));
    let is_released = || scope.release_set.is_some_and(|set| actor.standing.release_sets.contains(&set));
    let within = actor.grants.iter().find_map(inside).or_else(|| actor.grants.iter().find_map(is_named));
    if within.is_some() || scope.is_unsettled {
        return within;
    }
    of_region().or_else(|| is_released().then_some(Permit::by(rules::READ_RELEASED)))
}

/// Whether a record names the country of a grant, and is at a level that the grant reads.
fn is_named(grant: &Grant, scope: &Scope) -> bool {
    let level = scope.level.unwrap_or(Visibility::National);
    let reads = match reach(grant) {
        Reach::Nothing => false,
        Reach::Full => level != Visibility::Agency,
        Reach::National | Reach::Agency(_) => level == Visibility::National,
    };
    reads && grant.within_plan.is_none() && scope.named.as_ref() == Some(&grant.owner)
}

/// The rule by which a grant reads a record.
fn reads(actor: &Actor, grant: &Grant, class: Class, scope: &Scope) -> Option<Rule> {
    if grant.owner != scope.owner {
        return None;
    }
    // Work outside every plan is outside the grant's plan; other kinds without a plan know none.
    let outside = class.has_agencies();
    if !grant.within_plan.is_none_or(|plan| scope.plan.map_or(!outside, |own| own == plan)) {
        return None;
    }
    let national = Some(rules::READ_NATIONAL);
    match (reach(grant), scope.level.unwrap_or(Visibility::National)) {
        (Reach::Nothing, _) => None,
        (_, Visibility::National) => national,
        (Reach::Full, Visibility::Group) => Some(rules::READ_GROUP),
        (Reach::National | Reach::Full, _) => None,
        (Reach::Agency(agency), level) => {
            let mine = scope.agency == Some(agency) || scope.contributors.contains(&agency);
            let shared = || scope.shared_set.is_some_and(|set| actor.standing.shared_sets.contains(&set));
            if mine {
                return Some(rules::READ_AGENCY);
            }
            (level == Visibility::Group && shared()).then_some(rules::READ_SHARED)
        }
    }
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
