//! Imports: everybody has its own, and those of others are not there.

use axum::http::Method;
use serde_json::json;

use super::{Caller, Faults, graphql::status};
use crate::support::client::Answer;

const MISSING: &str = "01a1fd8c-6900-7000-8000-000000000001";

/// Tries an operation of REST; none where it is not of imports.
pub async fn rest(caller: &Caller<'_>, method: &str, path: &str) -> Option<Faults> {
    let is_known = caller.actor.is_known();
    let rest = path.strip_prefix("/imports")?;
    let (answer, wanted) = match (method, rest) {
        ("get", "") => (caller.client.get("/imports").await, 200),
        ("post", "") => {
            let file = b"title\nNobody's\n".to_vec();
            let sent = caller.client.send(
                Method::POST,
                "/api/v1/imports?kind=regions&atomic=row",
                Some("text/csv"),
                file,
            );
            // A column that the kind does not have is told to whoever may send a file at all.
            let wanted = if caller.actor.acting.is_some() { 422 } else { 403 };
            (sent.await, if is_known { wanted } else { 401 })
        }
        ("post", "/preview") => {
            let file = b"title\nNobody's\n".to_vec();
            let path = "/api/v1/imports/preview?kind=regions";
            (
                caller.client.send(Method::POST, path, Some("text/csv"), file).await,
                if is_known { 200 } else { 401 },
            )
        }
        ("post", "/uploads") => {
            let wanted = if caller.actor.acting.is_some() { 201 } else { 403 };
            let answer = caller.client.post("/imports/uploads?kind=regions", json!({})).await;
            (answer, if is_known { wanted } else { 401 })
        }
        ("put" | "delete", _) => {
            let path = format!("/api/v1{}", path.replace("{id}", MISSING).replace("{number}", "1"));
            let method = if method == "put" { Method::PUT } else { Method::DELETE };
            let answer =
                caller.client.send(method, &path, Some("application/octet-stream"), b"x".to_vec()).await;
            (answer, if is_known { 404 } else { 401 })
        }
        ("get", "/templates/{kind}") => {
            (caller.client.get("/imports/templates/tasks?format=json_schema").await, 200)
        }
        ("get", _) => {
            let path = path.replace("{id}", MISSING).replace("{format}", "ndjson");
            (caller.client.get(&path).await, 404)
        }
        ("post", "/{id}/commit") => {
            let path = path.replace("{id}", MISSING);
            let answer = caller.client.post(&path, json!({"import_plan": "x"})).await;
            (answer, if is_known { 404 } else { 401 })
        }
        ("post", _) => {
            let answer = caller.client.post(&path.replace("{id}", MISSING), json!({})).await;
            (answer, if is_known { 404 } else { 401 })
        }
        _ => return None,
    };
    Some(caller.expect(path, answer.status, wanted, &answer))
}

/// Tries a root field of GraphQL.
pub async fn graphql(caller: &Caller<'_>, name: &str) -> Faults {
    let is_known = caller.actor.is_known();
    let text = match name {
        "imports" => "{ imports { next } }".to_owned(),
        "import" => format!("{{ import(id: \"{MISSING}\") {{ id }} }}"),
        "importRows" | "importErrors" => format!("{{ {name}(id: \"{MISSING}\") {{ next }} }}"),
        "commitImport" => {
            format!("mutation {{ commitImport(input: {{id: \"{MISSING}\", importPlan: \"x\"}}) {{ id }} }}")
        }
        _ => format!("mutation {{ {name}(input: {{id: \"{MISSING}\"}}) {{ id }} }}"),
    };
    let answer: Answer = caller.client.graphql(&text, json!({})).await;
    let wanted = match name {
        "imports" => 200,
        "import" | "importRows" | "importErrors" => 404,
        _ if is_known => 404,
        _ => 401,
    };
    caller.expect(name, status(&answer, name), wanted, &answer)
}
