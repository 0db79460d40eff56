//! Refreshing: a token sent twice shortly after is one call, later it is a stolen copy.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use super::{PASSWORD, holding, with_password};
use crate::support::{TestApp, app, client::Answer};

async fn refresh(app: &TestApp, token: &Json) -> Answer {
    app.anonymous().post("/auth/refresh", json!({ "refresh_token": token })).await
}

/// Signs the officer in, and answers its refresh token.
async fn signed_in(app: &TestApp) -> Json {
    with_password(app).await;
    app.anonymous().login("officer@test", PASSWORD).await.ok(200)["refresh_token"].clone()
}

#[tokio::test]
async fn a_refresh_token_gets_new_tokens_and_nonsense_none() {
    app(async |app| {
        let first = signed_in(app).await;

        let renewed = refresh(app, &first).await;
        let me = holding(app, &renewed.ok(200)["access_token"]).get("/me").await;

        assert_eq!(me.ok(200)["email"], "officer@test");
        assert_ne!(renewed.body["refresh_token"], first);
        refresh(app, &json!("a.b")).await.problem(401, "unauthenticated");
        refresh(app, &json!("0198c0de-0000-7000-8000-000000000001.b")).await.problem(401, "unauthenticated");
    })
    .await;
}

/// Row F3: two tabs, or an answer that was lost.
#[tokio::test]
async fn a_token_sent_again_within_thirty_seconds_gets_the_same_successor() {
    app(async |app| {
        let first = signed_in(app).await;

        let one = refresh(app, &first).await.ok(200).clone();
        app.state.clock.advance(TimeDelta::seconds(30));
        let other = refresh(app, &first).await.ok(200).clone();
        let on = refresh(app, &one["refresh_token"]).await;

        assert_eq!(one["refresh_token"], other["refresh_token"]);
        holding(app, &one["access_token"]).get("/me").await.ok(200);
        holding(app, &other["access_token"]).get("/me").await.ok(200);
        on.ok(200);
    })
    .await;
}

/// Row F3: many tabs at the same moment.
#[tokio::test]
async fn ten_tabs_at_once_get_the_same_successor() {
    app(async |app| {
        let first = signed_in(app).await;

        let all = join_all((0..10).map(|_| refresh(app, &first))).await;

        let mut tokens: Vec<String> =
            all.iter().map(|answer| answer.ok(200)["refresh_token"].to_string()).collect();
        tokens.dedup();
        assert_eq!(tokens.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_comes_back_later_ends_its_session_and_no_other() {
    app(async |app| {
        let first = signed_in(app).await;
        let other = app.anonymous().login("officer@test", PASSWORD).await;
        let thief = refresh(app, &first).await.ok(200).clone();
        app.state.clock.advance(TimeDelta::seconds(31));

        let reused = refresh(app, &first).await;

        reused.problem(401, "refresh_token_reused");
        assert!(reused.headers.contains_key("www-authenticate"));
        holding(app, &thief["access_token"]).get("/me").await.problem(401, "unauthenticated");
        refresh(app, &thief["refresh_token"]).await.problem(401, "unauthenticated");
        refresh(app, &first).await.problem(401, "unauthenticated");
        holding(app, &other.body["access_token"]).get("/me").await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn being_answered_again_does_not_make_the_thirty_seconds_longer() {
    app(async |app| {
        let first = signed_in(app).await;
        refresh(app, &first).await.ok(200);
        app.state.clock.advance(TimeDelta::seconds(20));
        refresh(app, &first).await.ok(200);
        app.state.clock.advance(TimeDelta::seconds(20));

        refresh(app, &first).await.problem(401, "refresh_token_reused");
    })
    .await;
}

#[tokio::test]
async fn a_token_whose_successor_is_spent_too_ends_the_session() {
    app(async |app| {
        let first = signed_in(app).await;
        let second = refresh(app, &first).await.ok(200)["refresh_token"].clone();
        let third = refresh(app, &second).await.ok(200)["refresh_token"].clone();

        refresh(app, &first).await.problem(401, "refresh_token_reused");
        refresh(app, &third).await.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_spent_token_is_of_no_use_once_signed_out_or_closed() {
    app(async |app| {
        let first = signed_in(app).await;
        let renewed = refresh(app, &first).await.ok(200).clone();
        let out = signed_in(app).await;
        let again = refresh(app, &out).await.ok(200).clone();
        holding(app, &again["access_token"]).post("/auth/logout", json!({})).await.ok(204);
        let path = format!("/users/{}", app.world.id("officer"));
        let close = json!({"valid_until": "2026-11-21T09:00:00Z"});

        let signed_out = refresh(app, &out).await;
        app.user("operator").await.edit(&path, close).await.ok(200);
        let closed = refresh(app, &first).await;
        let newest = refresh(app, &renewed["refresh_token"]).await;

        signed_out.problem(401, "unauthenticated");
        closed.problem(401, "unauthenticated");
        newest.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn only_hashes_of_refresh_tokens_are_stored() {
    app(async |app| {
        let first = signed_in(app).await;
        let renewed = refresh(app, &first).await.ok(200)["refresh_token"].clone();

        let stored = app.stored("session", "refresh_hash").await.join(" ");

        let secret =
            |token: &Json| token.as_str().and_then(|t| t.split_once('.')).expect("a token").1.to_owned();
        assert!(!stored.contains(&secret(&first)) && !stored.contains(&secret(&renewed)), "{stored}");
    })
    .await;
}
