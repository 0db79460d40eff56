//! The writing rule: one `match` over verb and class.

use model::{
    By, Move,
    access::{HeldFor, ReadCeiling, Role, Visibility},
};

use super::{AGENCY, Class, Denial, FULL, Permit, Scope, Verb, readable};
use crate::{
    actor::{Actor, Grant},
    record::KindDef,
};

const STEWARD: &[Role] = &[Role::Steward];
const FOCAL_POINT: &[Role] = &[Role::FocalPoint];
/// Who decides for an owner what others see, and destroys what was entered by mistake.
const RELEASERS: &[Role] = &[Role::FocalPoint, Role::Regional, Role::Partner];
const APPROVER: &[Role] = &[Role::Approver];

/// Says whether `actor` may do `verb` to a record of `def` with these facts.
///
/// # Errors
/// The rule that refuses.
pub fn authorize(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    if actor.is_system() {
        return Ok(None);
    }
    if verb == Verb::Read {
        return if readable(actor, def, scope) {
            Ok(None)
        } else {
            deny("the record is not shared with you")
        };
    }
    if actor.key.as_ref().is_some_and(|narrowing| !narrowing.writes(verb, def, scope)) {
        return deny("the API key does not write this");
    }
    match def.class {
        Class::Reference => reference(actor, verb, scope),
        _ if def.declared.of_countries && scope.owner.contains(':') => {
            deny("only countries own such records")
        }
        Class::National if def.declared.or_fact && scope.owner == "reference" => {
            reference(actor, verb, scope)
        }
        Class::National => national(actor, verb, def, scope),
        Class::Work => work(actor, verb, def, scope),
        Class::Person => person(actor, verb, scope),
        Class::Grant => grant(actor, verb, scope),
        Class::Key => key(actor, verb, def, scope),
        Class::Shared => match verb {
            Verb::Create => releaser(actor, scope),
            Verb::Move(step) => known(def, step).and_then(|()| releaser(actor, scope)),
            _ => deny("releases are made, and end, by verbs of their own only"),
        },
    }
}

const fn deny(rule: &'static str) -> Result<Permit, Denial> {
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

fn first(actor: &Actor, roles: &[Role], scope: &Scope, rule: &'static str) -> Result<Permit, Denial> {
    match holds(actor, roles, scope).next() {
        Some(grant) => Ok(Some(grant.id)),
        None => deny(rule),
    }
}

/// Only who decides for the owner lets others see what it owns.
fn releaser(actor: &Actor, scope: &Scope) -> Result<Permit, Denial> {
    first(actor, RELEASERS, scope, "only the focal point releases")
}

fn reference(actor: &Actor, verb: Verb, scope: &Scope) -> Result<Permit, Denial> {
    match verb {
        Verb::Create | Verb::Update | Verb::Delete if scope.owner == "reference" => {
            first(actor, STEWARD, scope, "reference data are kept by the steward")
        }
        _ => deny("reference data know no such verb, and belong to `reference`"),
    }
}

/// A portal writes only the kinds listed on its grant, and at no level that it could not read.
fn portal(actor: &Actor, def: &KindDef, scope: &Scope) -> Option<Permit> {
    if scope.level.is_some_and(|level| level != Visibility::National) {
        return None;
    }
    let listed = |grant: &&Grant| grant.write_kinds.iter().any(|kind| kind == def.name);
    holds(actor, &[Role::Portal], scope).find(listed).map(|grant| Some(grant.id))
}

/// The refusal of a move that the kind does not know.
fn known(def: &KindDef, step: &Move) -> Result<(), Denial> {
    let is_known = def.lifecycle.is_some_and(|cycle| cycle.moves.iter().any(|one| one == step));
    if is_known { Ok(()) } else { Err(Denial { rule: NO_SUCH_VERB }) }
}

const NO_SUCH_VERB: &str = "this kind knows no such verb";

fn national(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    let full = || first(actor, FULL, scope, "only the focal point and the secretariat write this kind");
    let write = || portal(actor, def, scope).map_or_else(full, Ok);
    match verb {
        Verb::Create | Verb::Update | Verb::Delete if def.declared.by_focal_point => {
            first(actor, FOCAL_POINT, scope, "only the focal point writes this kind")
        }
        Verb::Create | Verb::Update | Verb::Delete => write(),
        Verb::Move(step) => {
            known(def, step)?;
            match step.by {
                By::Full | By::Lead | By::Contributor => full(),
                By::Owner => write(),
                By::Approver => first(actor, APPROVER, scope, "this move is the approver's"),
                By::FocalPoint => first(actor, FOCAL_POINT, scope, "this move is the focal point's"),
            }
        }
        Verb::Record => first(
            actor,
            &[Role::FocalPoint, Role::Regional, Role::Partner],
            scope,
            "a move made on paper is recorded by the focal point",
        ),
        Verb::Release => releaser(actor, scope),
        Verb::Purge => first(actor, RELEASERS, scope, "only the focal point purges"),
        Verb::Read | Verb::Progress => deny(NO_SUCH_VERB),
    }
}

fn work(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    // What only the agencies concerned may read, only they may write.
    let full = (scope.level != Some(Visibility::Agency))
        .then(|| holds(actor, FULL, scope).next())
        .flatten()
        .map(|grant| Some(grant.id));
    let lead = || holds(actor, AGENCY, scope).find(|g| g.agency.is_some() && g.agency == scope.agency);
    let part =
        || holds(actor, AGENCY, scope).find(|g| g.agency.is_some_and(|a| scope.contributors.contains(&a)));
    let of = |roles| holds(actor, roles, scope).next().map(|g| Some(g.id));
    let write = || full.or_else(|| portal(actor, def, scope)).or_else(|| lead().map(|g| Some(g.id)));
    let found = match verb {
        Verb::Create | Verb::Update | Verb::Delete => write(),
        // Whoever may edit all of a record may edit its progress.
        Verb::Progress => write().or_else(|| part().map(|g| Some(g.id))),
        Verb::Move(step) => {
            known(def, step)?;
            match step.by {
                By::Full => full,
                By::Lead => full.or_else(|| lead().map(|g| Some(g.id))),
                By::Contributor => full.or_else(|| lead().or_else(part).map(|g| Some(g.id))),
                By::Owner => write(),
                By::Approver => of(APPROVER),
                By::FocalPoint => of(FOCAL_POINT),
            }
        }
        Verb::Release => of(RELEASERS),
        Verb::Purge => {
            let is_open = scope.level != Some(Visibility::Agency);
            let leads = || lead().filter(|grant| grant.role == Role::AgencyLead).map(|g| Some(g.id));
            is_open.then(|| of(RELEASERS)).flatten().or_else(leads)
        }
        Verb::Read | Verb::Record => return deny(NO_SUCH_VERB),
    };
    found.map_or_else(
        || deny("focal point, secretariat, the lead agency, and for progress its contributors"),
        Ok,
    )
}

fn person(actor: &Actor, verb: Verb, scope: &Scope) -> Result<Permit, Denial> {
    let by = |roles: &[Role]| actor.with_role(roles).next().map(|grant| Some(grant.id));
    let found = match verb {
        Verb::Create => by(&[Role::FocalPoint, Role::AgencyLead, Role::Operator]),
        Verb::Update if actor.user.is_some() && actor.user == scope.person => {
            actor.bound.is_none().then_some(None)
        }
        Verb::Update | Verb::Delete => by(&[Role::Operator]),
        _ => None,
    };
    found.map_or_else(|| deny("accounts are made by focal points, agency leads and operators"), Ok)
}

fn grant(actor: &Actor, verb: Verb, scope: &Scope) -> Result<Permit, Denial> {
    if !matches!(verb, Verb::Create | Verb::Update | Verb::Delete) {
        return deny("grants know no such verb");
    }
    if actor.user.is_some() && actor.user == scope.person {
        return deny("nobody grants to oneself or edits one's own grants");
    }
    let Some(role) = scope.role else { return deny("a grant names its role") };
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
    by_focal_point().or_else(by_lead).or_else(by_operator).map_or_else(
        || deny("grants are made by the focal point, the agency lead for its officers, the operator"),
        |g| Ok(Some(g.id)),
    )
}

fn key(actor: &Actor, verb: Verb, def: &KindDef, scope: &Scope) -> Result<Permit, Denial> {
    let is_mine = actor.user.is_some() && actor.user == scope.person;
    let of_owner = |roles| holds(actor, roles, scope).next().map(|grant| Some(grant.id));
    let by_operator = || actor.with_role(&[Role::Operator]).next().map(|grant| Some(grant.id));
    let found = match verb {
        Verb::Create => {
            let held = actor.grants.iter().find(|grant| grant.owner == scope.owner);
            held.filter(|_| is_mine).map(|grant| Some(grant.id))
        }
        Verb::Move(step) => {
            known(def, step)?;
            is_mine.then_some(None).or_else(|| of_owner(FOCAL_POINT)).or_else(by_operator)
        }
        _ => return deny(NO_SUCH_VERB),
    };
    found.map_or_else(
        || deny("a person makes keys for itself; its person, the focal point and the operator revoke them"),
        Ok,
    )
}
