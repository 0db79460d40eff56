//! Snapshots: everybody has its own, and those of others are not there.

use axum::http::Method;
use serde_json::json;

use super::{Caller, Faults, graphql::status};

const MISSING: &str = "01a1fd8c-6900-7000-8000-000000000001";

/// Tries an operation of REST; none where it is not of snapshots.
pub async fn rest(caller: &Caller<'_>, method: &str, path: &str) -> Option<Faults> {
    let is_known = caller.actor.is_known();
    let rest = path.strip_prefix("/exports")?;
    let under = path.replace("{id}", MISSING).replace("{name}", "tasks.csv");
    let (answer, wanted) = match (method, rest) {
        ("get", "") => (caller.client.get("/exports").await, 200),
        ("post", "") => {
            // What is wrong is told to whoever may ask at all.
            let wanted = if caller.actor.acting.is_some() { 422 } else { 403 };
            let answer = caller.client.post("/exports", json!({"kinds": ["nothing"]})).await;
            (answer, if is_known { wanted } else { 401 })
        }
        ("get", _) => (caller.client.get(&under).await, 404),
        ("delete", _) => {
            let path = format!("/api/v1{under}");
            let answer = caller.client.send(Method::DELETE, &path, None, Vec::new()).await;
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
        "snapshots" => "{ snapshots { next } }".to_owned(),
        "snapshot" => format!("{{ snapshot(id: \"{MISSING}\") {{ id }} }}"),
        "createSnapshot" => "mutation { createSnapshot(input: {kinds: [\"nothing\"]}) { id } }".to_owned(),
        _ => format!("mutation {{ {name}(input: {{id: \"{MISSING}\"}}) {{ id }} }}"),
    };
    let answer = caller.client.graphql(&text, json!({})).await;
    let wanted = match name {
        "snapshots" => 200,
        "snapshot" => 404,
        _ if !is_known => 401,
        "createSnapshot" => {
            if caller.actor.acting.is_some() {
                422
            } else {
                403
            }
        }
        _ => 404,
    };
    caller.expect(name, status(&answer, name), wanted, &answer)
}
