//! Why the caller may, or may not, do something to a record it sees.

use std::collections::BTreeSet;

use kernel::{
    Code, Ctx, Error, KindDef, Result, Violation,
    input::{cut, hint},
    policy::{Class, Permit, Scope, Verb, judge},
    schema::verbs,
    store,
};
use model::access::Role;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::{
    ToSchema,
    openapi::{Ref, schema::RefBuilder},
};
use uuid::Uuid;

use crate::{domain::KINDS, signin::circles::deciding_release};

/// The grant by which something is allowed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecidingGrant {
    /// Its id.
    pub id: Uuid,
    /// Its role.
    #[schema(schema_with = role)]
    pub role: Role,
    /// Who it is held for.
    pub owner: String,
}

/// The release by which a record is read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecidingRelease {
    /// Its id.
    pub id: Uuid,
    /// The audience of it that the caller belongs to.
    pub audience: String,
}

/// Whether the caller may do something to a record, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// Kind of the record.
    pub kind: String,
    /// Id of the record.
    pub id: Uuid,
    /// What is asked about.
    #[schema(schema_with = verb)]
    pub verb: Verb,
    /// Whether the caller has the right to it; for moves, whatever the state of the record.
    pub allowed: bool,
    /// Code of the rule that decides.
    #[schema(example = "lead_writes")]
    pub rule: String,
    /// The rule in words.
    pub text: String,
    /// The caller's grant that decides; null where none does.
    #[schema(required = true)]
    pub grant: Option<DecidingGrant>,
    /// The live release that decides; null where none does.
    #[schema(required = true)]
    pub release: Option<DecidingRelease>,
}

fn role() -> Ref {
    RefBuilder::new().ref_location_from_schema_name("Role").description(Some("Its role.")).build()
}

fn verb() -> Ref {
    RefBuilder::new().ref_location_from_schema_name("Verb").description(Some("What is asked about.")).build()
}

/// What is asked: kind, address and verb as they were given.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// A kind or its collection.
    pub kind: Option<&'a str>,
    /// An id, or a code where that addresses the kind.
    pub id: Option<&'a str>,
    /// A verb of the kind.
    pub verb: Option<&'a str>,
}

/// Tells whether the caller may do something to a record it sees, by which rule, and which grant or release decides.
///
/// Who views as others is told what those may do.
///
/// # Errors
/// `BadRequest` naming every fault with the nearest kind or verb; `NotFound` if the record is not visible.
pub async fn explain(ctx: &Ctx, asked: Question<'_>) -> Result<Explanation> {
    let (def, id, verb) = read(asked)?;
    let row = store::at(ctx, def, id).await?;
    let mut scope = row.scope();
    if def.class == Class::Person {
        let found = store::holdings(ctx.db.reading(), &BTreeSet::from([row.id()])).await?;
        scope.holdings = found.into_values().next().unwrap_or_default();
    }
    let judged = judge(&ctx.actor, verb, def, &scope);
    let rule = judged.map_or_else(|denial| denial.rule, |permit| permit.rule);
    let by_state = judged.is_ok() && matches!(verb, Verb::Move(_));
    let more = if by_state { "; whether the record's state allows it, its `moves` tell" } else { "" };
    Ok(Explanation {
        kind: def.name.to_owned(),
        id: row.id(),
        verb,
        allowed: judged.is_ok(),
        rule: rule.code.to_owned(),
        text: format!("{}{more}", rule.text),
        grant: judged.ok().and_then(|permit| grant(ctx, permit)),
        release: match judged {
            Ok(permit) if permit.is_by_release() => release(ctx, &scope).await?,
            _ => None,
        },
    })
}

/// The grant that decides; what an audience has is no grant of anybody.
fn grant(ctx: &Ctx, permit: Permit) -> Option<DecidingGrant> {
    let mut own = ctx.actor.grants.iter().filter(|_| ctx.actor.viewing.is_none());
    let decides = own.find(|grant| Some(grant.id) == permit.grant)?;
    Some(DecidingGrant { id: decides.id, role: decides.role, owner: decides.owner.clone() })
}

async fn release(ctx: &Ctx, scope: &Scope) -> Result<Option<DecidingRelease>> {
    let Some(set) = scope.release_set else { return Ok(None) };
    let found = deciding_release(ctx, set).await?;
    Ok(found.map(|(id, audience)| DecidingRelease { id, audience }))
}

/// Kind, address and verb, or everything that is wrong with them.
fn read(asked: Question<'_>) -> Result<(&'static KindDef, &str, Verb)> {
    let mut faults = Vec::new();
    let missing =
        |name: &str| Violation::new(format!("?{name}"), Code::Required, format!("`{name}` is missing"));
    let kind = asked.kind.map_or_else(|| Err(missing("kind")), kind_named);
    let known = kind.as_ref().ok().copied();
    let verb = asked.verb.map_or_else(|| Err(missing("verb")), |text| verb_named(known, text));
    let id = asked.id.ok_or_else(|| missing("id"));
    match (kind, id, verb) {
        (Ok(def), Ok(id), Ok(Some(verb))) => Ok((def, id, verb)),
        (kind, id, verb) => {
            faults.extend(kind.err());
            faults.extend(id.err());
            faults.extend(verb.err());
            Err(Error::BadRequest(faults))
        }
    }
}

fn kind_named(text: &str) -> Result<&'static KindDef, Violation> {
    let is_named =
        |def: &&KindDef| [def.name, def.collection].iter().any(|name| name.eq_ignore_ascii_case(text));
    KINDS.served().find(is_named).ok_or_else(|| {
        let names: Vec<&str> = KINDS.served().map(|def| def.name).collect();
        not_known("?kind", (text, "kind"), &names)
    })
}

/// The verb of a kind; where the kind is not known, none, if any kind has the verb.
fn verb_named(def: Option<&KindDef>, text: &str) -> Result<Option<Verb>, Violation> {
    let Some(def) = def else {
        let names: Vec<&str> = verbs(&KINDS).into_iter().map(|(name, _)| name).collect();
        let is_known = names.iter().any(|name| name.eq_ignore_ascii_case(text));
        return if is_known { Ok(None) } else { Err(not_known("?verb", (text, "verb"), &names)) };
    };
    let all = verbs_of(def);
    all.iter().find(|verb| verb.name().eq_ignore_ascii_case(text)).copied().map(Some).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|verb| verb.name()).collect();
        not_known("?verb", (text, "verb of this kind"), &names)
    })
}

fn not_known(place: &str, (text, what): (&str, &str), names: &[&str]) -> Violation {
    let given = cut(&Json::from(text));
    let near = hint(text, names.iter().copied());
    Violation::new(
        place,
        Code::NotInList,
        format!("{given} is no {what}; there are {}{near}", names.join(", ")),
    )
}

/// The verbs that may be asked about of a record.
fn verbs_of(def: &KindDef) -> Vec<Verb> {
    let mut all = vec![Verb::Read, Verb::Create];
    all.extend(def.verbs());
    if def.lifecycle.is_some_and(|cycle| cycle.is_recorded) {
        all.push(Verb::Record);
    }
    if def.is_national() {
        all.extend([Verb::Release, Verb::Purge]);
    }
    all
}
