//! Rules of API keys: a person makes them for itself, none is wider than its person, and each is shown once.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};
use entity::{
    ApiKey, Country, api_key,
    vocab::{ApiKeyStatus, ReadCeiling, Role, Visibility},
};
use futures_util::future::BoxFuture;
use kernel::{
    Actor, Code, Ctx, Error, KindDef, Result, Unit,
    actor::Grant,
    narrowing::Narrowing,
    policy::{Class, Scope, Verb, authorize},
    row::Row,
    store,
    unit::Item,
};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json};

use super::shown_once::shown_once;
use crate::{
    domain::{KINDS, Registered},
    signin::api_key::{give, is_network, is_origin, met, prefix},
};

/// The kind of keys.
#[must_use]
pub fn def() -> &'static KindDef {
    ApiKey::def()
}

/// Makes a key of the caller; answers it with its secret, which nobody learns again.
///
/// # Errors
/// `Forbidden` for keys and for whoever holds no grant; `Invalid` with everything that is wrong, among it what is
/// wider than the caller; what the database says.
pub async fn issue(ctx: &Ctx, fields: Map<String, Json>) -> Result<(Row, String)> {
    shown_once(ctx, def(), fields, |conn, row| {
        Box::pin(async move {
            let prefix = row.read(api_key::PREFIX).unwrap_or_default();
            give(conn, row.id(), &prefix).await
        })
    })
    .await
}

/// A key is its maker's, active, and named by a prefix of its own.
pub fn prepare<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let person = unit.actor().user;
        for item in items.iter_mut().filter(|item| item.is_readable()) {
            // What is preset counts for new records only.
            item.preset.extend(person.map(|person| (api_key::USER.column, person.into())));
            item.preset.push((api_key::PREFIX.column, prefix()?.into()));
            item.preset.push((api_key::STATUS.column, ApiKeyStatus::Active.code().into()));
        }
        Ok(())
    })
}

/// Rules of a key's own fields: none is wider than what its person may do now, and none means nothing.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let actor = unit.actor().clone();
        for item in items.iter_mut().filter(|item| item.is_new() && !item.is_rejected()) {
            if item.after.read(api_key::USER).is_none() {
                item.reject(Error::Forbidden("a person makes keys for itself".into()));
                continue;
            }
            check_rights(&actor, item);
            check_places(item);
            check_codes(unit, item, ("countries", Country::def()), NO_COUNTRY).await?;
            let why = "a key ends after it begins: give an instant to come";
            check_end(unit, item, item.after.read(api_key::EXPIRES_AT), why);
        }
        Ok(())
    })
}

/// An instant to end at that is to come.
pub(in crate::domain) fn check_end(
    unit: &Unit,
    item: &mut Item,
    end: Option<DateTime<Utc>>,
    why: &'static str,
) {
    if end.is_some_and(|at| at <= unit.ctx.clock.now()) {
        item.fault("/expires_at", Code::OutOfRange, why);
    }
}

/// Adds a violation for each text of a list that does not fit.
pub(in crate::domain) fn each(
    item: &mut Item,
    field: &str,
    texts: &[String],
    fault: impl Fn(&str) -> Option<(Code, &'static str)>,
) {
    for (at, text) in texts.iter().enumerate() {
        if let Some((code, why)) = fault(text) {
            item.fault(&format!("/{field}/{at}"), code, why);
        }
    }
}

const WIDER: &str = "you may not do this yourself: no key is wider than its person";

/// Roles, kinds, ceiling and source systems: each within what the person may do.
fn check_rights(actor: &Actor, item: &mut Item) {
    let roles = item.after.read(api_key::ROLES).unwrap_or_default();
    for (at, role) in roles.iter().enumerate() {
        if actor.with_role(&[*role]).next().is_none() {
            item.fault(&format!("/roles/{at}"), Code::RuleBroken, WIDER);
        }
    }
    let ceiling = item.after.read(api_key::READ_CEILING);
    let left = met(actor.grants.iter().cloned(), &roles, ceiling);
    // A portal that has no ceiling reads what is public.
    let reads_more = |grant: &Grant| grant.role != Role::Portal || grant.read_ceiling == ceiling;
    if ceiling == Some(ReadCeiling::National) && !left.is_empty() && !left.iter().any(reads_more) {
        item.fault("/read_ceiling", Code::RuleBroken, WIDER);
    }
    let is_read_only = item.after.read(api_key::IS_READ_ONLY) == Some(true);
    if ceiling == Some(ReadCeiling::Public) && !is_read_only {
        let why = "a key that writes reads what it writes: take the ceiling `national`, or `is_read_only`";
        item.fault("/read_ceiling", Code::RuleBroken, why);
    }
    let mut holder = actor.clone();
    holder.grants = left;
    holder.key = Some(Arc::new(Narrowing::default()));
    check_kinds(&holder, is_read_only, item);
    let systems = item.after.read(api_key::SOURCE_SYSTEMS).unwrap_or_default();
    each(item, "source_systems", &systems, |system| match system {
        _ if is_read_only => Some((Code::RuleBroken, "a key that only reads writes under no source system")),
        _ => (!holder.writes_under(system)).then_some((Code::RuleBroken, WIDER)),
    });
}

/// Kinds there are; those to write are kinds of which the holder may write something.
fn check_kinds(holder: &Actor, is_read_only: bool, item: &mut Item) {
    let unknown = (Code::NotInList, "no such kind of record");
    let def_of = |kind: &str| KINDS.all().iter().copied().find(|def| def.name == kind);
    let read = item.after.read(api_key::READ_KINDS).unwrap_or_default();
    each(item, "read_kinds", &read, |kind| def_of(kind).is_none().then_some(unknown));
    let is_read = |def: &KindDef| {
        def.class == Class::Reference || read.is_empty() || read.iter().any(|kind| kind == def.name)
    };
    let written = item.after.read(api_key::WRITE_KINDS).unwrap_or_default();
    each(item, "write_kinds", &written, |kind| {
        let Some(def) = def_of(kind) else { return Some(unknown) };
        let why = match def {
            _ if is_read_only => "a key that only reads names no kinds to write",
            def if !writes(holder, def) => WIDER,
            def if !is_read(def) => {
                "a key that writes reads what it writes: name the kind in `read_kinds` too"
            }
            _ => return None,
        };
        Some((Code::RuleBroken, why))
    });
}

/// Whether somebody may do anything to records of a kind that suit it best.
fn writes(holder: &Actor, def: &'static KindDef) -> bool {
    const VERBS: [Verb; 6] =
        [Verb::Create, Verb::Update, Verb::Delete, Verb::Progress, Verb::Record, Verb::Release];
    let moves = || def.lifecycle.into_iter().flat_map(|cycle| cycle.moves).map(Verb::Move);
    holder.grants.iter().any(|grant| {
        let scope = Scope {
            owner: grant.owner.clone(),
            level: def.is_national().then_some(Visibility::National),
            agency: grant.agency,
            contributors: grant.agency.into_iter().collect(),
            plan: grant.within_plan,
            ..Scope::default()
        };
        VERBS.into_iter().chain(moves()).any(|verb| authorize(holder, verb, def, &scope).is_ok())
    })
}

/// Networks and origins that can be compared with.
fn check_places(item: &mut Item) {
    let networks = item.after.read(api_key::NETWORKS).unwrap_or_default();
    each(item, "networks", &networks, |text| {
        (!is_network(text))
            .then_some((Code::BadFormat, "a network as `192.0.2.0/24` or `2001:db8::/32`, or an address"))
    });
    let origins = item.after.read(api_key::ORIGINS).unwrap_or_default();
    each(item, "origins", &origins, |text| {
        (!is_origin(text))
            .then_some((Code::BadFormat, "an origin as browsers send it: `https://dashboard.example`"))
    });
}

/// What a list of countries is answered of a code that none has.
pub(in crate::domain) const NO_COUNTRY: &str = "no such country; give its code, such as `KGZ`";

/// Codes of records of a kind that everybody may read, in a list of texts.
pub(in crate::domain) async fn check_codes(
    unit: &Unit,
    item: &mut Item,
    (field, def): (&'static str, &'static KindDef),
    why: &'static str,
) -> Result<()> {
    let given: Vec<String> =
        item.after.json(field).and_then(|list| serde_json::from_value(list.clone()).ok()).unwrap_or_default();
    if given.is_empty() {
        return Ok(());
    }
    let named = given.iter().filter(|code| !code.contains('\0')).map(String::as_str);
    let which = Cond::all().add(def.col("code").is_in(named));
    let rows = store::all(unit.conn(), def, which).await?;
    let known: BTreeSet<String> = rows.iter().filter_map(|row| row.text("code").map(str::to_owned)).collect();
    each(item, field, &given, |code| (!known.contains(code)).then_some((Code::ReferenceNotFound, why)));
    Ok(())
}
