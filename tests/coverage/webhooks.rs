//! Webhooks: everybody has its own, and those of others are not there.

use axum::http::Method;
use serde_json::json;

use super::{Caller, Faults, graphql::status, rest::send};

const MISSING: &str = "01a1fd8c-6900-7000-8000-000000000003";

/// Tries an operation of REST; none where it is not of webhooks.
pub async fn rest(caller: &Caller<'_>, method: &str, path: &str) -> Option<Faults> {
    let rest = path.strip_prefix("/webhooks")?;
    let under = path.replace("{id}", MISSING);
    let method: Method = method.to_uppercase().parse().expect("a method");
    let (body, wanted) = match (method.as_str(), rest) {
        ("GET", "") => (None, 200),
        ("GET", _) => (None, 404),
        _ if !caller.actor.is_known() => (Some(json!({ "url": "nothing" })), 401),
        // What is wrong is told to whoever may ask at all.
        ("POST", "") => {
            (Some(json!({ "url": "nothing" })), if caller.actor.acting.is_some() { 422 } else { 403 })
        }
        ("DELETE", _) => (None, 404),
        _ => (Some(json!({})), 404),
    };
    let answer = send(&caller.client, &method, &under, body.as_ref()).await;
    Some(caller.expect(path, answer.status, wanted, &answer))
}

/// Tries a root field of GraphQL.
pub async fn graphql(caller: &Caller<'_>, name: &str) -> Faults {
    let text = match name {
        "webhooks" => "{ webhooks { next } }".to_owned(),
        "webhook" => format!("{{ webhook(id: \"{MISSING}\") {{ id }} }}"),
        "webhookAttempts" => format!("{{ webhookAttempts(id: \"{MISSING}\") {{ items {{ at }} }} }}"),
        _ => format!("mutation {{ {name}(input: {{id: \"{MISSING}\"}}) {{ id }} }}"),
    };
    let answer = caller.client.graphql(&text, json!({})).await;
    let wanted = match name {
        "webhooks" => 200,
        "webhook" | "webhookAttempts" => 404,
        _ if !caller.actor.is_known() => 401,
        _ => 404,
    };
    caller.expect(name, status(&answer, name), wanted, &answer)
}
