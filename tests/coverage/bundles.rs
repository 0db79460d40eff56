//! Bundles: operators receive and withdraw them; nobody else learns of what was received.

use axum::http::Method;
use entity::vocab::Role;
use serde_json::json;

use super::{Caller, Faults, graphql::status};

const MISSING: &str = "01a1fd8c-6900-7000-8000-000000000002";

/// Tries an operation of REST; none where it is not of bundles.
pub async fn rest(caller: &Caller<'_>, method: &str, path: &str) -> Option<Faults> {
    let rest = path.strip_prefix("/bundles")?;
    let is_known = caller.actor.is_known();
    let under = path.replace("{id}", MISSING);
    let (answer, wanted) = match (method, rest) {
        ("get", "") => (caller.client.get("/bundles").await, 200),
        ("get", _) => (caller.client.get(&under).await, 404),
        ("post", "") => {
            let kind = Some("application/octet-stream");
            let answer = caller.client.send(Method::POST, "/api/v1/bundles", kind, b"none".to_vec()).await;
            let operates = caller.actor.with_role(&[Role::Operator]).next().is_some();
            let wanted = if operates { 422 } else { 403 };
            (answer, if is_known { wanted } else { 401 })
        }
        ("post", _) => (caller.client.post(&under, json!({})).await, if is_known { 404 } else { 401 }),
        _ => return None,
    };
    Some(caller.expect(path, answer.status, wanted, &answer))
}

/// Tries a root field of GraphQL.
pub async fn graphql(caller: &Caller<'_>, name: &str) -> Faults {
    let text = match name {
        "bundles" => "{ bundles { next } }".to_owned(),
        "bundle" => format!("{{ bundle(id: \"{MISSING}\") {{ id }} }}"),
        _ => format!("mutation {{ {name}(input: {{id: \"{MISSING}\"}}) {{ id }} }}"),
    };
    let answer = caller.client.graphql(&text, json!({})).await;
    let wanted = match name {
        "bundles" => 200,
        "withdrawBundle" if !caller.actor.is_known() => 401,
        _ => 404,
    };
    caller.expect(name, status(&answer, name), wanted, &answer)
}
