//! The writing rule: one `match` over verb and class.

use model::{
    By, Move,
    access::{HeldFor, ReadCeiling, Role, Visibility},
};

use super::{AGENCY, Class, Denial, FULL, Permit, Rule, Scope, Verb, reading::reason, rules};
use crate::{
    actor::{Actor, Grant},
    record::KindDef,
};

const STEWARD: &[Role] = &[Role::Steward];
const FOCAL_POINT: &[Role] = &[Role::FocalPoint];
/// Who decides for an owner what others see, and destroys what was entered by mistake.
const RELEASERS: &[Role] = &[Role::FocalPoint, Role::Regional, Role::Partner];
const APPROVER: &[Role] = &[Role::Approver];

/// Says whether `actor` may do `verb` to a record of `def` with these facts; who views as others only reads.
///
/// # Errors
/// The rule that refuses.
pub fn authorize(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    if actor.viewing.is_some() && verb != Verb::Read {
        return deny(rules::VIEWING);
    }
    judge(actor, verb, def, scope)
}

/// As [`authorize`], and for who views as others what those may do: to tell, not to do it.
///
/// # Errors
/// The rule that refuses.
pub fn judge(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    if actor.is_system() {
        return Ok(Permit::by(rules::READ_REFERENCE));
    }
    if verb == Verb::Read {
        return reason(actor, def, scope).ok_or(Denial { rule: rules::NOT_SHARED });
    }
    if actor.key.as_ref().is_some_and(|narrowing| !narrowing.writes(verb, def, scope)) {
        return deny(rules::KEY_BOUNDS);
    }
    match def.class {
        Class::Reference => reference(actor, verb, scope),
        _ if def.declared.of_countries && scope.owner.contains(':') => deny(rules::COUNTRIES_ONLY),
        Class::National if def.declared.or_fact && scope.owner == "reference" => {
            fact(actor, verb, def, scope)
        }
        Class::National => national(actor, verb, def, scope),
        Class::Work => work(actor, verb, def, scope),
        Class::Comment => comment(actor, verb, def, scope),
        Class::Person => person(actor, verb, scope),
        Class::Grant => grant(actor, verb, scope),
        Class::Key => key(actor, verb, def, scope),
        Class::Shared => match verb {
            Verb::Create => releaser(actor, scope),
            Verb::Move(step) => known(def, step).and_then(|()| releaser(actor, scope)),
            _ => deny(rules::RELEASES_BY_VERB),
        },
    }
}

const fn deny(rule: Rule) -> Result<Permit, Denial> {
    Err(Denial { rule })
}

fn holds<'a>(actor: &'a Actor, roles: &'a [Role], scope: &'a Scope) -> impl Iterator<Item = &'a Grant> {
    actor.with_role(roles).filter(|grant| {
        grant.owner == scope.owner
            && grant.within_plan.is_none_or(|plan| scope.plan == Some(plan))
            && is_within_ceiling(grant, scope)
    })
}

/// Nobody writes at a level that it could not read.
fn is_within_ceiling(grant: &Grant, scope: &Scope) -> bool {
    match grant.read_ceiling {
        None => true,
        Some(ReadCeiling::National) => scope.level.is_none_or(|level| level == Visibility::National),
        Some(ReadCeiling::Public) => false,
    }
}

fn first(actor: &Actor, roles: &[Role], scope: &Scope, rule: Rule) -> Result<Permit, Denial> {
    match holds(actor, roles, scope).next() {
        Some(grant) => Ok(Permit::with(rule, grant)),
        None => deny(rule),
    }
}

/// Only who decides for the owner lets others see what it owns.
fn releaser(actor: &Actor, scope: &Scope) -> Result<Permit, Denial> {
    first(actor, RELEASERS, scope, rules::FOCAL_POINT_RELEASES)
}

fn reference(actor: &Actor, verb: Verb, scope: &Scope) -> Result<Permit, Denial> {
    match verb {
        Verb::Create | Verb::Update | Verb::Delete if scope.owner == "reference" => {
            first(actor, STEWARD, scope, rules::STEWARD_WRITES)
        }
        _ => deny(rules::NO_REFERENCE_VERB),
    }
}

/// What belongs to nobody is the steward's, who also makes the moves that are an owner's elsewhere.
fn fact(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    match verb {
        Verb::Move(step) if !matches!(step.by, By::Approver | By::FocalPoint) => {
            known(def, step)?;
            first(actor, STEWARD, scope, rules::STEWARD_WRITES)
        }
        _ => reference(actor, verb, scope),
    }
}

/// A portal writes only the kinds listed on its grant, and at no level that it could not read.
fn portal(actor: &Actor, def: &KindDef, scope: &Scope) -> Option<Permit> {
    if scope.level.is_some_and(|level| level != Visibility::National) {
        return None;
    }
    let listed = |grant: &&Grant| grant.write_kinds.iter().any(|kind| kind == def.name);
    holds(actor, &[Role::Portal], scope).find(listed).map(|grant| Permit::with(rules::PORTAL_WRITES, grant))
}

/// The refusal of a move that the kind does not know.
fn known(def: &KindDef, step: &Move) -> Result<(), Denial> {
    let is_known = def.lifecycle.is_some_and(|cycle| cycle.moves.iter().any(|one| one == step));
    if is_known { Ok(()) } else { Err(Denial { rule: rules::NO_SUCH_VERB }) }
}

fn national(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    let full = || first(actor, FULL, scope, rules::FULL_WRITES);
    let write = || portal(actor, def, scope).map_or_else(full, Ok);
    match verb {
        Verb::Create | Verb::Update | Verb::Delete if def.declared.by_focal_point => {
            first(actor, FOCAL_POINT, scope, rules::FOCAL_POINT_WRITES)
        }
        Verb::Create | Verb::Update | Verb::Delete => write(),
        Verb::Move(step) => {
            known(def, step)?;
            match step.by {
                By::Full | By::Lead | By::Contributor => full(),
                By::Owner => write(),
                By::Approver => first(actor, APPROVER, scope, rules::APPROVER_MOVES),
                By::FocalPoint => first(actor, FOCAL_POINT, scope, rules::FOCAL_POINT_MOVES),
                By::Named => named(actor, scope),
            }
        }
        Verb::Record => first(actor, &[Role::FocalPoint, Role::Regional, Role::Partner], scope, rules::PAPER),
        Verb::Release => releaser(actor, scope),
        Verb::Purge => first(actor, RELEASERS, scope, rules::FOCAL_POINT_PURGES),
        Verb::Read | Verb::Progress => deny(rules::NO_SUCH_VERB),
    }
}

fn work(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    let by = |rule: Rule| move |grant: &Grant| Permit::with(rule, grant);
    // What only the agencies concerned may read, only they may write.
    let full = (scope.level != Some(Visibility::Agency))
        .then(|| holds(actor, FULL, scope).next())
        .flatten()
        .map(by(rules::FULL_WRITES));
    let agencies = || holds(actor, AGENCY, scope);
    let is_lead = |g: &&Grant| g.agency.is_some() && g.agency == scope.agency;
    let lead = || agencies().find(is_lead).map(by(rules::LEAD_WRITES));
    let is_part = |g: &&Grant| g.agency.is_some_and(|agency| scope.contributors.contains(&agency));
    let part = || agencies().find(is_part).map(by(rules::PART_REPORTS));
    let leads = || if def.declared.by_full { None } else { lead() };
    let write = || full.or_else(|| portal(actor, def, scope)).or_else(leads);
    match verb {
        Verb::Create | Verb::Update | Verb::Delete => write(),
        // Whoever may edit all of a record may edit its progress.
        Verb::Progress => write().or_else(lead).or_else(part),
        Verb::Move(step) => {
            known(def, step)?;
            match step.by {
                By::Full => full,
                By::Lead => full.or_else(lead),
                By::Contributor => full.or_else(lead).or_else(part),
                By::Owner => write(),
                By::Approver => return first(actor, APPROVER, scope, rules::APPROVER_MOVES),
                By::FocalPoint => return first(actor, FOCAL_POINT, scope, rules::FOCAL_POINT_MOVES),
                By::Named => return named(actor, scope),
            }
        }
        Verb::Release => return releaser(actor, scope),
        Verb::Purge => {
            let is_open = scope.level != Some(Visibility::Agency);
            let full = || holds(actor, RELEASERS, scope).next().map(by(rules::FOCAL_POINT_PURGES));
            let directs = |grant: &&Grant| grant.role == Role::AgencyLead && is_lead(grant);
            let leads = || agencies().find(directs).map(by(rules::LEAD_PURGES));
            is_open.then(full).flatten().or_else(leads)
        }
        Verb::Read | Verb::Record => return deny(rules::NO_SUCH_VERB),
    }
    .ok_or(Denial { rule: rules::WORK_WRITERS })
}

/// The country that a record names decides alone, whatever its owner may do to the record.
fn named(actor: &Actor, scope: &Scope) -> Result<Permit, Denial> {
    let is_whole = |grant: &&Grant| grant.within_plan.is_none() && is_within_ceiling(grant, scope);
    let mut held = actor.with_role(FOCAL_POINT).filter(is_whole);
    let found = held.find(|grant| scope.named.as_ref() == Some(&grant.owner));
    found.map(|grant| Permit::with(rules::NAMED_DECIDES, grant)).ok_or(Denial { rule: rules::NAMED_DECIDES })
}

/// Whoever reads a comment as it shall be may make it, with a grant of the owner or by a release that lets its
/// audiences comment: a comment is in no other release. Then it is its author's, but for what becomes of it.
fn comment(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    let is_known = actor.user.is_some();
    match verb {
        Verb::Create => {
            let lets_comment =
                |permit: &Permit| match actor.grants.iter().find(|one| Some(one.id) == permit.grant) {
                    Some(grant) if grant.role == Role::Portal => portal(actor, def, scope).is_some(),
                    Some(grant) => grant.owner == scope.owner,
                    None => permit.is_by_release(),
                };
            let read = reason(actor, def, scope).filter(|_| is_known).filter(lets_comment);
            let by = |permit: Permit| Permit { rule: rules::COMMENTERS, ..permit };
            read.map(by).ok_or(Denial { rule: rules::COMMENTERS })
        }
        Verb::Update | Verb::Delete => {
            let is_mine = is_known && actor.user == scope.person;
            let mine = is_mine.then(|| reason(actor, def, scope)).flatten();
            let by = |permit: Permit| Permit { rule: rules::AUTHOR_WRITES, ..permit };
            mine.map(by).ok_or(Denial { rule: rules::AUTHOR_WRITES })
        }
        _ => work(actor, verb, def, scope),
    }
}

fn person(actor: &Actor, verb: Verb, scope: &Scope) -> Result<Permit, Denial> {
    let by = |roles: &[Role]| actor.with_role(roles).next().map(|grant| Permit::with(rules::ACCOUNTS, grant));
    match verb {
        Verb::Create => by(&[Role::FocalPoint, Role::AgencyLead, Role::Operator]),
        Verb::Update if actor.user.is_some() && actor.user == scope.person => {
            actor.bound.is_none().then_some(Permit::by(rules::OWN_ACCOUNT))
        }
        Verb::Update | Verb::Delete => by(&[Role::Operator]),
        _ => None,
    }
    .ok_or(Denial { rule: rules::ACCOUNTS })
}

fn grant(actor: &Actor, verb: Verb, scope: &Scope) -> Result<Permit, Denial> {
    if !matches!(verb, Verb::Create | Verb::Update | Verb::Delete) {
        return deny(rules::NO_GRANT_VERB);
    }
    if actor.user.is_some() && actor.user == scope.person {
        return deny(rules::NOT_TO_ONESELF);
    }
    let Some(role) = scope.role else { return deny(rules::ROLE_NAMED) };
    let of_country = role.held_for() == HeldFor::Country;
    let by_focal_point = || of_country.then(|| holds(actor, FOCAL_POINT, scope).next()).flatten();
    let by_lead = || {
        let leads = |g: &&Grant| g.agency.is_some() && g.agency == scope.agency;
        (role == Role::Officer).then(|| holds(actor, &[Role::AgencyLead], scope).find(leads)).flatten()
    };
    let by_operator = || {
        // That the first focal point comes only where there is none is a rule over stored rows: see `grants`.
        let may = match role {
            Role::Steward | Role::Partner | Role::Regional | Role::Operator => true,
            Role::FocalPoint => verb == Verb::Create,
            Role::Secretariat
            | Role::Approver
            | Role::AgencyLead
            | Role::Officer
            | Role::Observer
            | Role::Portal => false,
        };
        may.then(|| actor.with_role(&[Role::Operator]).next()).flatten()
    };
    let found = by_focal_point().or_else(by_lead).or_else(by_operator);
    found.map(|one| Permit::with(rules::GRANTERS, one)).ok_or(Denial { rule: rules::GRANTERS })
}

fn key(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    let is_mine = actor.user.is_some() && actor.user == scope.person && actor.reaches(&scope.owner);
    let with = |grant: &Grant| Permit::with(rules::KEYS, grant);
    let of_owner = |roles| holds(actor, roles, scope).next().map(with);
    let by_operator = || actor.with_role(&[Role::Operator]).next().map(with);
    match verb {
        Verb::Create => {
            let held = actor.grants.iter().find(|grant| grant.owner == scope.owner);
            // A key would outlast the word of whoever vouches.
            held.filter(|_| is_mine && actor.bound.is_none()).map(with)
        }
        Verb::Move(step) => {
            known(def, step)?;
            let own = is_mine.then_some(Permit::by(rules::KEYS));
            own.or_else(|| of_owner(FOCAL_POINT)).or_else(by_operator)
        }
        _ => return deny(rules::NO_SUCH_VERB),
    }
    .ok_or(Denial { rule: rules::KEYS })
}
