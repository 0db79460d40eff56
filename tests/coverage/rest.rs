//! Every operation of the OpenAPI document.

use std::collections::BTreeSet;

use axum::http::Method;
use concord::domain::KINDS;
use kernel::{KindDef, policy::Verb};
use model::Write;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    Caller, Faults, accounts, analytics, bundles, codes, differences, exports, imports, rehearsal,
    rehearsal_of_all, rehearsed, snapshots,
    stage::{MISSING, SYSTEM, Stage},
    webhooks,
};
use crate::{
    policy_matrix::{permitted, verbs_of},
    support::{
        client::{Answer, Client},
        specimen,
    },
};

/// Operations that no rule of record kinds covers: what anonymous callers are answered, and all others.
const OTHERS: &[(&str, &str, Option<&str>, u16, u16)] = &[
    ("post", "/auth/login", Some(r#"{"email": "nobody@test", "password": "a long pass phrase"}"#), 401, 401),
    ("post", "/auth/refresh", Some(r#"{"refresh_token": "0.0"}"#), 401, 401),
    (
        "post",
        "/auth/password",
        Some(r#"{"old_password": "not the right one", "new_password": "seven quiet rivers"}"#),
        401,
        422,
    ),
    ("post", "/auth/second-factor", Some(r#"{"password": "not the right one"}"#), 401, 422),
    ("post", "/auth/second-factor/confirm", Some(r#"{"code": "123456"}"#), 401, 422),
    (
        "post",
        "/auth/second-factor/disable",
        Some(r#"{"password": "not the right one", "code": "123456"}"#),
        401,
        422,
    ),
    ("post", "/auth/accept", Some(r#"{"token": "0", "password": "seven quiet rivers"}"#), 401, 401),
    ("get", "/me", None, 401, 200),
    ("get", "/me/sessions", None, 401, 200),
    ("delete", "/me/sessions", None, 401, 204),
    ("delete", "/me/sessions/{id}", None, 401, 404),
    ("get", "/vocabularies", None, 200, 200),
    ("get", "/changes", None, 200, 200),
    ("get", "/limits", None, 200, 200),
    // Who may begin it for a country is tried with the duties; nobody may for one that is not there.
    ("post", "/commitments/compile", Some(r#"{"owner": "QQQ"}"#), 401, 422),
    (
        "post",
        "/simulations",
        Some(r#"{"country": "KGZ", "accession": {"framework": "CWC", "in_force_on": "2027-01-01"}}"#),
        401,
        200,
    ),
];

/// Tries every operation; one that no rule covers is a fault.
pub async fn exercise(caller: &Caller<'_>) -> Faults {
    let document = concord::rest::openapi::document();
    let mut faults = Faults::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let known = ["get", "post", "put", "patch", "delete"];
        for method in methods.as_object().expect("methods").keys().filter(|m| known.contains(&m.as_str())) {
            let tried = one(caller, method, path).await;
            faults.extend(tried.unwrap_or_else(|| vec![format!("no row for {method} {path}")]));
        }
    }
    faults
}

async fn one(caller: &Caller<'_>, method: &str, path: &str) -> Option<Faults> {
    if let Some(row) = OTHERS.iter().find(|row| (row.0, row.1) == (method, path)) {
        return Some(other(caller, row).await);
    }
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let (collection, rest) = parts.split_first()?;
    if (method, path) == ("post", "/batch") {
        return Some(batch_of_all(caller).await);
    }
    if (method, path) == ("get", "/access/explain") {
        return Some(explanations(caller).await);
    }
    if let ("post", Some(reply)) = (method, path.strip_prefix("/me/grants/{id}/")) {
        return Some(accounts::replies(caller, reply).await);
    }
    if let Some(faults) = imports::rest(caller, method, path).await {
        return Some(faults);
    }
    if let Some(faults) = bundles::rest(caller, method, path).await {
        return Some(faults);
    }
    if let Some(faults) = webhooks::rest(caller, method, path).await {
        return Some(faults);
    }
    if let Some(faults) = snapshots::rest(caller, method, path).await {
        return Some(faults);
    }
    if (method, path) == ("get", "/participation-matrix") {
        let answer = caller.client.get(path).await;
        return Some(caller.expect(path, answer.status, 200, &answer));
    }
    if let ("get", Some(end)) = (method, path.strip_prefix("/analytics/{collection}")) {
        return Some(analytics::rest(caller, end).await);
    }
    if let Some(faults) = analytics::flat(caller, path).await {
        return Some(faults);
    }
    if let ("get", Some(end)) = (method, path.strip_prefix("/cubes")) {
        return Some(analytics::cubes(caller, end).await);
    }
    if (method, path) == ("get", "/audit/reads") {
        let answer = caller.client.get(path).await;
        return Some(caller.expect(path, answer.status, caller.audits(), &answer));
    }
    if (method, path) == ("post", "/auth/logout") {
        return Some(accounts::logout(caller).await);
    }
    if let ("get", Some(exported)) = (method, collection.strip_suffix(".{format}")) {
        let def = KINDS.all().iter().find(|def| def.collection == exported)?;
        return Some(exports::exports(caller, def).await);
    }
    let def = KINDS.all().iter().find(|def| def.collection == *collection)?;
    Some(match (method, rest) {
        ("get", []) => list(caller, def).await,
        ("post", []) => create(caller, def).await,
        ("post", ["batch"]) => batch(caller, def).await,
        ("get", ["by-key", ..]) => by_key(caller, def).await,
        ("put", ["by-key", ..]) => put(caller, def).await,
        ("get", ["{id}"]) => reads(caller, def, "").await,
        ("get", ["{token}.ics" | "{token}.json"]) => feeds(caller, path).await,
        ("post", ["preview"]) => preview(caller, def).await,
        (
            "get",
            [
                "{id}",
                what @ ("history" | "moves" | "tree" | "releases" | "editions" | "trend" | "ranking"
                | "progress" | "funding" | "document" | "iati" | "consultation" | "roll-up" | "gaps"
                | "due" | "series" | "coverage" | "commitments" | "matrix-1540" | "standing"
                | "answers" | "stale-facts" | "entries"),
            ],
        ) => reads(caller, def, &format!("/{what}")).await,
        ("get", ["{id}", "diff"]) => reads(caller, def, "/diff?from=in_force&to=in_force").await,
        // No plan of the stage is adopted: there is nothing that was frozen, and nothing to open an edition beside.
        ("get", ["{id}", "editions", rest @ ..]) => {
            frozen(caller, def, if rest.len() > 1 { "/editions/1/verify" } else { "/editions/1" }).await
        }
        ("post", ["{id}", "editions"]) => openings(caller, def).await,
        ("patch", ["{id}"]) => writes(caller, def, Method::PATCH, "", Verb::Update).await,
        ("delete", ["{id}"]) => writes(caller, def, Method::DELETE, "", Verb::Delete).await,
        ("get", ["{id}", "export"]) => accounts::exports(caller, def).await,
        ("post", ["{id}", "purge"]) => writes(caller, def, Method::POST, "/purge", Verb::Purge).await,
        ("post", ["{id}", "erase"]) => accounts::erasures(caller, def).await,
        ("post", ["{id}", "renew"]) => follow_ups(caller, def, "renew").await,
        ("post", ["{id}", "plan-proposal"]) => follow_ups(caller, def, "plan-proposal").await,
        ("post", ["{id}", "password-token"]) => accounts::password_tokens(caller, def).await,
        ("post", ["{id}", verb]) => {
            let verb = Verb::Move(def.lifecycle?.find(verb)?);
            writes(caller, def, Method::POST, &format!("/{}", verb.name()), verb).await
        }
        _ => return None,
    })
}

/// Editions that nobody reads, for there are none.
async fn frozen(caller: &Caller<'_>, def: &'static KindDef, end: &str) -> Faults {
    let mut faults = Faults::new();
    for (_, id) in caller.stage.targets(def.name) {
        let path = format!("/{}/{id}{end}", def.collection);
        let answer = caller.client.get(&path).await;
        faults.extend(caller.expect(&path, answer.status, 404, &answer));
    }
    faults
}

/// Openings of editions: whoever may send a plan to consultation may, and is told that no edition is in force.
async fn openings(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let mut faults = Faults::new();
    let consult = def.lifecycle.and_then(|cycle| cycle.find("consult")).expect("a move");
    for (_, id) in caller.stage.targets(def.name) {
        let path = format!("/{}/{id}/editions", def.collection);
        let answer = caller.client.post(&path, json!({})).await;
        let wanted = caller.write(Verb::Move(consult), def, id, 409).await;
        faults.extend(caller.expect(&path, answer.status, wanted, &answer));
    }
    faults
}

pub(super) async fn send(client: &Client<'_>, method: &Method, path: &str, body: Option<&Json>) -> Answer {
    let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    client.send(method.clone(), &format!("/api/v1{path}"), body.map(|_| "application/json"), bytes).await
}

async fn other(caller: &Caller<'_>, row: &(&str, &str, Option<&str>, u16, u16)) -> Faults {
    let (method, path, body, anonymous, known) = row;
    let method: Method = method.to_uppercase().parse().expect("a method");
    let body = body.map(|text| serde_json::from_str(text).expect("JSON"));
    let path = path.replace("{id}", &MISSING.to_string());
    let answer = send(&caller.client, &method, &path, body.as_ref()).await;
    let wanted = if caller.actor.is_known() { *known } else { *anonymous };
    caller.expect(&path, answer.status, wanted, &answer)
}

/// Asks of each record what the caller may do to it, verb by verb.
async fn explanations(caller: &Caller<'_>) -> Faults {
    let mut faults = Faults::new();
    for def in KINDS.served() {
        for (name, id) in caller.stage.targets(def.name) {
            let seen = caller.seen(def, id).await;
            let wanted = if seen.is_some() { 200 } else { 404 };
            for verb in verbs_of(def) {
                let path = format!("/access/explain?kind={}&id={id}&verb={}", def.name, verb.name());
                let answer = caller.client.get(&path).await;
                let what = format!("explain {} {name}", verb.name());
                faults.extend(caller.expect(&what, answer.status, wanted, &answer));
                let told = &answer.body["allowed"];
                faults.extend(caller.explained(&what, (verb, def), seen.as_ref(), told));
            }
        }
    }
    faults
}

/// Asks for what follows from assessments: of those being answered, 409 is the answer where nothing else refuses it.
async fn follow_ups(caller: &Caller<'_>, def: &'static KindDef, what: &str) -> Faults {
    let is_renewal = what == "renew";
    let body =
        if is_renewal { json!({"questionnaire": caller.stage.id("questionnaire:home")}) } else { json!({}) };
    let mut faults = Faults::new();
    for (name, id) in caller.stage.targets(def.name) {
        let path = format!("/{}/{id}/{what}", def.collection);
        let answer = send(&caller.client, &Method::POST, &path, Some(&body)).await;
        let wanted = caller.follows_up(def, id, is_renewal).await;
        faults.extend(caller.expect(&format!("{what} {name}"), answer.status, wanted, &answer));
    }
    faults
}

async fn list(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let answer = caller.client.get(&format!("/{}?limit=200&total=true", def.collection)).await;
    let mut faults = caller.expect(&format!("list {}", def.name), answer.status, 200, &answer);
    let items = answer.body["items"].as_array().cloned().unwrap_or_default();
    let ids = items.iter().filter_map(|item| item["id"].as_str()?.parse().ok());
    let (shown, allowed) =
        (ids.collect::<BTreeSet<Uuid>>(), permitted(caller.stage.app, &caller.actor, def).await);
    if shown != allowed || answer.body["page"]["total"] != json!(allowed.len()) {
        faults.push(format!("{} list {}: {shown:?}, not {allowed:?}", caller.name, def.name));
    }
    faults
}

async fn reads(caller: &Caller<'_>, def: &'static KindDef, end: &str) -> Faults {
    let mut faults = Faults::new();
    for (name, id) in caller.stage.targets(def.name) {
        let answer = caller.client.get(&format!("/{}/{id}{end}", def.collection)).await;
        let wanted = caller.read(def, id).await;
        faults.extend(caller.expect(&format!("get {name}{end}"), answer.status, wanted, &answer));
    }
    faults
}

/// Writes without a version: 428 is the answer where nothing else refuses them.
async fn writes(caller: &Caller<'_>, def: &'static KindDef, method: Method, end: &str, verb: Verb) -> Faults {
    let body = match verb {
        Verb::Update => Some(specimen::edit(def)),
        Verb::Purge => Some(json!({"reason": "Entered by mistake"})),
        Verb::Move(step) => Some(specimen::call(def, step, |kind| caller.stage.id(kind))),
        _ => None,
    };
    let mut faults = Faults::new();
    for (name, id) in caller.stage.targets(def.name) {
        let path = format!("/{}/{id}{end}", def.collection);
        let answer = send(&caller.client, &method, &path, body.as_ref()).await;
        let wanted = caller.write(verb, def, id, 428).await;
        faults.extend(caller.expect(&format!("{} {name}", verb.name()), answer.status, wanted, &answer));
    }
    faults
}

/// Creates a record, and where that succeeds reads, edits and deletes it.
async fn create(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let body = caller.stage.new_of(def, caller.number());
    let made = send(&caller.client, &Method::POST, &format!("/{}", def.collection), Some(&body)).await;
    let wanted = caller.create(def, 201).await;
    let mut faults = caller.expect(&format!("create {}", def.name), made.status, wanted, &made);
    faults.extend(life(caller, def, &made).await);
    faults
}

async fn preview(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let body = caller.stage.new_of(def, caller.number());
    let answer = caller.client.post(&format!("/{}/preview", def.collection), body).await;
    let wanted = caller.create(def, 200).await;
    caller.expect("preview", answer.status, wanted, &answer)
}

async fn life(caller: &Caller<'_>, def: &'static KindDef, made: &Answer) -> Faults {
    let Ok(id) = made.id().parse::<Uuid>() else { return Faults::new() };
    let path = format!("/{}/{id}", def.collection);
    if def.declared.writes != Write::ALL {
        let read = caller.client.get(&path).await;
        return caller.expect("read", read.status, caller.read(def, id).await, &read);
    }
    let wants = [
        caller.read(def, id).await,
        caller.write(Verb::Update, def, id, 200).await,
        caller.write(Verb::Delete, def, id, 204).await,
    ];
    let read = caller.client.get(&path).await;
    let edited = caller.client.patch(&path, &made.etag(), specimen::edit(def)).await;
    let etag = if edited.status == 200 { edited.etag() } else { made.etag() };
    let gone = caller.client.delete(&path, &etag).await;
    caller.stage.remove(def, id).await;
    let steps = [("read", &read), ("edit", &edited), ("delete", &gone)];
    let told = steps.iter().zip(wants).map(|((what, answer), wanted)| {
        caller.expect(&format!("{what} of the new {}", def.name), answer.status, wanted, answer)
    });
    told.flatten().collect()
}

async fn batch(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let body = rehearsal(caller, def);
    let answer =
        send(&caller.client, &Method::POST, &format!("/{}/batch", def.collection), Some(&body)).await;
    if !caller.actor.is_known() {
        return caller.expect("batch", answer.status, 401, &answer);
    }
    let mut faults = caller.expect(&format!("batch {}", def.name), answer.status, 200, &answer);
    let (codes, wanted) = (codes(&answer.body), rehearsed(caller, def).await);
    if codes != wanted {
        faults.push(format!("{} batch {}: {codes:?}, not {wanted:?}", caller.name, def.name));
    }
    faults
}

/// An address of a calendar that leads nowhere, for whoever asks.
async fn feeds(caller: &Caller<'_>, path: &str) -> Faults {
    let token = format!("cal_{}", "A".repeat(43));
    let answer = caller.client.get(&path.replace("{token}", &token)).await;
    caller.expect(path, answer.status, 404, &answer)
}

async fn batch_of_all(caller: &Caller<'_>) -> Faults {
    let answer = send(&caller.client, &Method::POST, "/batch", Some(&rehearsal_of_all(caller))).await;
    if !caller.actor.is_known() {
        return caller.expect("batch", answer.status, 401, &answer);
    }
    let mut faults = caller.expect("batch of all kinds", answer.status, 200, &answer);
    faults.extend(differences(caller, &codes(&answer.body)).await);
    faults
}

async fn by_key(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let path = |key: &str| format!("/{}/by-key/{SYSTEM}/{key}", def.collection);
    let own = caller.client.get(&path(&Stage::key_of(def))).await;
    let missing = caller.client.get(&path("nothing")).await;
    let wanted = caller.read_key(def, caller.stage.targets(def.name)[0].1).await;
    let mut faults = caller.expect(&format!("get {} by key", def.name), own.status, wanted, &own);
    faults.extend(caller.expect("get a missing key", missing.status, 404, &missing));
    faults
}

/// Writes a record by a new key twice: the second call finds it, where the caller may read it. There is one record if
/// the first call made it, and none if it was refused.
async fn put(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let body = caller.stage.new_of(def, caller.number());
    let path = format!("/{}/by-key/{}/new", def.collection, caller.system());
    let first = send(&caller.client, &Method::PUT, &path, Some(&body)).await;
    let wanted = caller.keyed(def, caller.create(def, 201).await);
    let mut faults = caller.expect(&format!("put {}", def.name), first.status, wanted, &first);
    let made = first.id().parse::<Uuid>().ok();
    if let Some(id) = made {
        let again = send(&caller.client, &Method::PUT, &path, Some(&body)).await;
        let wanted = caller.write(Verb::Update, def, id, 200).await;
        // What the caller made and may not read is new to it, and its key is taken.
        let wanted = if wanted == 404 { 422 } else { wanted };
        faults.extend(caller.expect(&format!("put {} again", def.name), again.status, wanted, &again));
    }
    let stored = caller.stage.with_key(def, "new").await;
    if stored != made.into_iter().collect::<Vec<_>>() {
        faults.push(format!("{} put {}: {stored:?} are stored, not {made:?}", caller.name, def.name));
    }
    for id in stored {
        caller.stage.remove(def, id).await;
    }
    faults
}
