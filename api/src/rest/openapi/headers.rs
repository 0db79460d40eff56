//! Headers of answers, said once; and reads that send nothing the caller has already.

use axum::http::Method;
use serde_json::{Map, Value as Json, json};

use super::assembly::{insert, operations, parameters};
use crate::{
    limits::{
        meter::{RATE_LIMIT, RATE_LIMIT_POLICY},
        traffic::Traffic,
    },
    rest::idempotency::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED},
};

const RATES: [&str; 2] = [RATE_LIMIT_POLICY, RATE_LIMIT];

/// A header: its name, what it says, and whether an answer that documents it always has it.
const HEADERS: [(&str, &str, bool); 13] = [
    ("ETag", "State of the answer, `\"<version>.<hash>\"`: for `If-Match` and `If-None-Match`.", true),
    ("Location", "Address of the new record.", true),
    ("Link", "Address of the next page, `rel=\"next\"`; not on the last one.", false),
    ("Content-Language", "Language of the texts, where it is one.", false),
    ("Accept-Ranges", "`bytes`: a part of the file can be asked for.", true),
    ("Content-Range", "Which bytes of the file these are, and how many it has: `bytes 0-99/1000`.", true),
    ("Content-Disposition", "Name of the answer as a file.", true),
    (IDEMPOTENCY_REPLAYED, "`true` where the call was done before and is answered again.", false),
    ("X-Request-Id", "Id under which the request is in the logs.", true),
    ("WWW-Authenticate", "How to sign in.", true),
    ("Retry-After", "Seconds after which to try again.", true),
    (RATE_LIMIT_POLICY, "Quotas of `address` and `caller`: `q` units that fill again in `w` seconds.", false),
    (RATE_LIMIT, "What is left of each quota: `r` units now, all of them in `t` seconds.", false),
];

/// Operations that pass a key over: what they go on with, or end, says itself that it was done, or they write nothing.
const KEYLESS: [&str; 8] = [
    "/imports/preview",
    "/imports/uploads",
    "/imports/uploads/{id}/complete",
    "/imports/{id}/cancel",
    "/imports/{id}/commit",
    "/imports/{id}/revert",
    "/imports/{id}/review",
    "/bundles/{id}/withdraw",
];

/// Says of each `POST` but those of signing in and password tokens, and those that pass a key over, that it may be repeated
/// under one.
pub fn show_keys(document: &mut Json) {
    let takes = |path: &str, method: &str| {
        method == "post" && Traffic::of(&Method::POST, path).is_repeatable() && !KEYLESS.contains(&path)
    };
    for (_, _, operation) in operations(document).filter(|(path, method, _)| takes(path, method)) {
        let responses = operation.get_mut("responses").and_then(Json::as_object_mut);
        let good = responses.into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
        for response in good.filter_map(|(_, response)| response.as_object_mut()) {
            let headers = response.entry("headers").or_insert_with(|| json!({}));
            if let Some(headers) = headers.as_object_mut() {
                headers.insert(IDEMPOTENCY_REPLAYED.into(), json!({}));
            }
        }
        if let Some(all) = parameters(operation) {
            all.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
    }
    let key = json!({
        "name": IDEMPOTENCY_KEY, "in": "header", "required": false,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        "description": "Key under which the call may be repeated for 24 hours: it is done once, and answered again.",
    });
    insert(document, "parameters", json!({ "IdempotencyKey": key }));
}

/// Says of each read of JSON that its answer has an `ETag`.
pub fn tag_reads(document: &mut Json) {
    let goes_on = |path: &str| path == "/changes" || path.ends_with(".{format}");
    let is_read = |path: &str, method: &str| method == "get" && !goes_on(path);
    for (_, _, operation) in operations(document).filter(|(path, method, _)| is_read(path, method)) {
        let answer =
            operation.get_mut("responses").and_then(|all| all.get_mut("200")).and_then(Json::as_object_mut);
        let headers = answer.map(|answer| answer.entry("headers").or_insert_with(|| json!({})));
        if let Some(headers) = headers.and_then(Json::as_object_mut) {
            headers.insert("ETag".into(), Json::Null);
        }
    }
}

/// Puts each header once under `components`, and says which refusals carry which.
pub fn share_headers(document: &mut Json) {
    for (_, _, operation) in operations(document) {
        let responses = operation.get_mut("responses").and_then(Json::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            if status.starts_with('2') && response.get("headers").is_none() {
                response["headers"] = json!({});
            }
            if let Some(headers) = response.get_mut("headers").and_then(Json::as_object_mut) {
                headers.extend(RATES.map(|name| (name.to_owned(), Json::Null)));
                headers.iter_mut().for_each(|(name, header)| *header = link(name));
            }
        }
    }
    let refusals = document.pointer_mut("/components/responses").and_then(Json::as_object_mut);
    for (name, response) in refusals.into_iter().flatten() {
        let more: &[&str] = match name.as_str() {
            "Problem401" => &["X-Request-Id", "WWW-Authenticate"],
            "Problem429" => &["X-Request-Id", "Retry-After", RATE_LIMIT_POLICY, RATE_LIMIT],
            "Problem503" => &["X-Request-Id", "Retry-After"],
            _ => &["X-Request-Id"],
        };
        let mut headers: Map<_, _> = more.iter().map(|name| ((*name).to_owned(), link(name))).collect();
        if name == "Problem415" {
            let text = "Codings a body may have, where that is what was refused.";
            headers.insert("Accept-Encoding".into(), said(text, false));
        }
        if name == "Problem409" {
            let text = "Seconds after which to try again; for `idempotency_in_flight` only.";
            headers.insert("Retry-After".into(), said(text, false));
        }
        response["headers"] = Json::Object(headers);
    }
    let shared = HEADERS.map(|(name, text, always)| (name.to_owned(), said(text, always)));
    insert(document, "headers", Json::Object(Map::from_iter(shared)));
}

fn said(text: &str, always: bool) -> Json {
    json!({ "description": text, "required": always, "schema": { "type": "string" } })
}

fn link(name: &str) -> Json {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// Documents 304 for every read whose answer has an `ETag`.
pub fn show_conditions(document: &mut Json) {
    for (_, _, operation) in operations(document).filter(|(_, method, _)| *method == "get") {
        let tagged = operation.get("responses").and_then(|all| all.pointer("/200/headers/ETag")).is_some();
        let responses = operation.get_mut("responses").and_then(Json::as_object_mut);
        if let Some(responses) = responses.filter(|_| tagged) {
            responses.insert("304".into(), json!({ "$ref": "#/components/responses/NotModified" }));
            if let Some(all) = parameters(operation) {
                all.push(json!({ "$ref": "#/components/parameters/IfNoneMatch" }));
            }
        }
    }
    let unchanged = json!({
        "description": "The caller has this answer already, as `If-None-Match` says",
        "headers": { "ETag": link("ETag") },
    });
    insert(document, "responses", json!({ "NotModified": unchanged }));
    let asked = json!({
        "name": "If-None-Match", "in": "header", "required": false, "schema": { "type": "string" },
        "description": "`ETag` of the answer the caller has: the same one is not sent again.",
    });
    insert(document, "parameters", json!({ "IfNoneMatch": asked }));
}
