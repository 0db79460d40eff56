//! Sessions: seen and ended by their owner, at once and everywhere.

use chrono::TimeDelta;
use concord::signin::{secret::InstallationSecret, session};
use concord::{config::Config, server, state::AppState};
use kernel::db::Db;
use serde_json::json;
use uuid::Uuid;

use super::{PASSWORD, holding, with_password};
use crate::support::{
    SECRET, TestApp, app,
    client::{Answer, Client},
};

async fn signed_in(app: &TestApp, agent: &str) -> Answer {
    app.anonymous().with("user-agent", agent).login("officer@test", PASSWORD).await
}

/// The session a refresh token names.
fn session_of(signed: &Answer) -> Uuid {
    let token = signed.body["refresh_token"].as_str().expect("a token");
    token.split('.').next().expect("an id").parse().expect("an id")
}

#[tokio::test]
async fn a_person_sees_its_sessions_and_which_one_asks() {
    app(async |app| {
        with_password(app).await;
        signed_in(app, "Phone").await;
        app.state.clock.advance(TimeDelta::minutes(1));
        let here = signed_in(app, "Desk\t").await;
        app.user("lead").await;

        let listed = holding(app, &here.body["access_token"]).get("/me/sessions").await;

        let items = listed.ok(200)["items"].as_array().expect("items");
        let told = |at: usize| (items[at]["user_agent"].clone(), items[at]["is_current"].clone());
        assert_eq!(items.len(), 2);
        assert_eq!(told(0), (json!("Desk"), json!(true)));
        assert_eq!(told(1), (json!("Phone"), json!(false)));
        assert_eq!(items[0]["created_at"], "2026-11-21T10:01:00Z");
        assert!(!listed.body.to_string().contains("hash"));
    })
    .await;
}

#[tokio::test]
async fn a_session_ended_by_its_owner_is_over_at_once() {
    app(async |app| {
        with_password(app).await;
        let there = signed_in(app, "Phone").await;
        let here = signed_in(app, "Desk").await;
        let (me, path) =
            (holding(app, &here.body["access_token"]), format!("/me/sessions/{}", session_of(&there)));

        let ended = me.delete(&path, "").await;
        let again = me.delete(&path, "").await;

        ended.ok(204);
        again.problem(404, "not_found");
        holding(app, &there.body["access_token"]).get("/me").await.problem(401, "unauthenticated");
        me.get("/me").await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    app(async |app| {
        with_password(app).await;
        let there = signed_in(app, "Phone").await;
        let other = app.user("lead").await;

        let foreign = other.delete(&format!("/me/sessions/{}", session_of(&there)), "").await;
        let nonsense = other.delete("/me/sessions/nonsense", "").await;

        foreign.problem(404, "not_found");
        nonsense.problem(404, "not_found");
        holding(app, &there.body["access_token"]).get("/me").await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn all_other_sessions_end_together() {
    app(async |app| {
        with_password(app).await;
        let there = signed_in(app, "Phone").await;
        let here = signed_in(app, "Desk").await;
        let me = holding(app, &here.body["access_token"]);

        let ended = me.delete("/me/sessions", "").await;

        ended.ok(204);
        me.get("/me").await.ok(200);
        holding(app, &there.body["access_token"]).get("/me").await.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_revocation_holds_in_another_process_and_after_a_restart() {
    app(async |app| {
        with_password(app).await;
        let signed = signed_in(app, "Phone").await;
        let db = Db::connect(&app.url, 2).await.expect("the database opens");
        let secret = InstallationSecret::from_text(SECRET).expect("a secret");
        let state =
            AppState::new(db, app.state.clock.clone(), &secret, &Config::default()).await.expect("it");
        let router = server::app(state.clone());
        let other = TestApp { state, router, world: app.world.clone(), url: app.url.clone() };
        let there = Client::new(&other, signed.body["access_token"].as_str().map(str::to_owned));
        there.get("/me").await.ok(200);

        holding(app, &signed.body["access_token"]).post("/auth/logout", json!({})).await.ok(204);

        there.get("/me").await.problem(401, "unauthenticated");
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_closed_account_has_no_live_session() {
    app(async |app| {
        with_password(app).await;
        let signed = signed_in(app, "Phone").await;
        let path = format!("/users/{}", app.world.id("officer"));

        let close = json!({"valid_until": "2026-11-21T09:00:00Z"});
        app.user("operator").await.edit(&path, close).await.ok(200);

        holding(app, &signed.body["access_token"]).get("/me").await.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn an_account_opened_again_does_not_open_its_sessions_again() {
    app(async |app| {
        with_password(app).await;
        let signed = signed_in(app, "Phone").await;
        let (operator, path) = (app.user("operator").await, format!("/users/{}", app.world.id("officer")));

        operator.edit(&path, json!({"valid_until": "2026-11-21T10:00:00Z"})).await.ok(200);
        operator.edit(&path, json!({"valid_until": null})).await.ok(200);

        holding(app, &signed.body["access_token"]).get("/me").await.problem(401, "unauthenticated");
        let opened = session::open_session(&app.system(), app.world.id("officer")).await;
        assert!(opened.is_ok(), "{opened:?}");
    })
    .await;
}
