//! What is no key, or no key any more, or comes from where it may not: one refusal for all of it.

use axum::http::header;
use base64::{Engine, engine::general_purpose::STANDARD};
use concord::{
    config::{Config, Front},
    server,
};
use serde_json::{Value as Json, json};

use super::key_of;
use crate::{
    limits::{ask, body, peer, read},
    support::{TestApp, app, client::Client},
};

/// A caller with this in `Authorization`.
fn with<'a>(app: &'a TestApp, authorization: &str) -> Client<'a> {
    Client::new(app, None).with("authorization", authorization)
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// The text with another last letter.
fn altered(secret: &str) -> String {
    let (head, last) = secret.split_at(secret.len() - 1);
    format!("{head}{}", if last == "A" { "B" } else { "A" })
}

/// An answer without what differs in each.
fn lasting(mut answer: Json) -> Json {
    answer["request_id"] = Json::Null;
    answer
}

#[tokio::test]
async fn whatever_is_wrong_with_a_key_is_answered_alike() {
    app(async |app| {
        let (mine, other) =
            (key_of(app, "officer", json!({})).await, key_of(app, "observer", json!({})).await);
        let revoked = key_of(app, "officer", json!({})).await;
        app.user("officer").await.act(&revoked.path(), "revoke", json!({})).await.ok(200);
        let placed = key_of(app, "officer", json!({ "networks": ["192.0.2.0/24"] })).await;
        let paged = key_of(app, "officer", json!({ "origins": ["https://dash.example"] })).await;
        let (secret, own) = (mine.secret.as_str(), &mine.secret[14..]);
        let wrong = [
            secret[..56].to_owned(),
            format!("{secret}A"),
            altered(secret),
            secret.to_lowercase(),
            secret.to_uppercase().replacen("CK_", "ck_", 1),
            format!("{}_{own}", other.prefix),
            format!("ck_0000000000_{own}"),
            mine.prefix.clone(),
            "ck_".to_owned(),
            revoked.secret.clone(),
            placed.secret.clone(),
            paged.secret.clone(),
        ];

        let first = with(app, &format!("Bearer {}", altered(secret))).get("/tasks").await;
        let refusal = lasting(first.problem(401, "unauthenticated").clone());

        for text in &wrong {
            for given in [format!("Bearer {text}"), basic("anything", text), basic("", text)] {
                let answer = with(app, &given).get("/tasks").await;
                assert_eq!(lasting(answer.problem(401, "unauthenticated").clone()), refusal, "{given}");
                let graphql = with(app, &given).graphql("{ me { id } }", json!({})).await;
                assert_eq!(graphql.problem(401, "unauthenticated")["detail"], refusal["detail"], "{given}");
            }
        }
        with(app, &format!("Bearer {secret}")).get("/tasks").await.ok(200);
        with(app, &basic("", secret)).get("/tasks").await.ok(200);
        with(app, &basic("Excel:2024", "x")).get("/tasks").await.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_key_has_its_place_and_a_token_another() {
    app(async |app| {
        let made = key_of(app, "officer", json!({})).await;
        let token = app.user("officer").await.token.expect("a token");
        let secret = &made.secret;
        let misplaced = [
            secret.clone(),
            format!("Token {secret}"),
            format!("ApiKey {secret}"),
            basic(secret, ""),
            basic(secret, secret.trim_start_matches("ck_")),
            basic("officer", &token),
            format!("Basic {secret}"),
            "Basic !".to_owned(),
            "Bearer".to_owned(),
        ];

        for given in misplaced {
            with(app, &given).get("/tasks").await.problem(401, "unauthenticated");
        }
        app.anonymous()
            .post("/auth/refresh", json!({ "refresh_token": secret }))
            .await
            .problem(401, "unauthenticated");
        app.anonymous().login("officer@test", secret).await.problem(401, "unauthenticated");
        app.anonymous().get(&format!("/tasks?access_token={secret}")).await.problem(400, "unknown_parameter");
    })
    .await;
}

#[tokio::test]
async fn whoever_tries_many_keys_waits_and_good_keys_do_not() {
    app(async |app| {
        let made = key_of(app, "officer", json!({})).await;
        let router = server::app(app.under(&Config { front: Front::default(), ..Config::default() }).await);
        let status = async |secret: &str| {
            let bearer = format!("Bearer {secret}");
            let request =
                read("/api/v1/tasks", peer("192.0.2.7"), &[(header::AUTHORIZATION.as_str(), &bearer)]);
            ask(&router, request).await
        };
        let wrong = altered(&made.secret);
        for _ in 0..50 {
            assert_eq!(status(&wrong).await.status().as_u16(), 401);
        }

        let late = status(&wrong).await;
        let good = status(&made.secret).await;

        assert_eq!(late.status().as_u16(), 429);
        assert_eq!(body(late).await["code"], "too_many_attempts");
        assert_eq!(good.status().as_u16(), 200);
        app.anonymous().login("nobody@test", "not the right one").await.problem(401, "unauthenticated");
    })
    .await;
}
