//! Signing in: passwords, sessions, tokens, owners to act under.

mod bounds;
mod factor;
mod own_sessions;
mod password_tokens;
mod refresh;
mod refusals;
mod rotation;
mod throttle;
mod tokens;

use chrono::TimeDelta;
use concord::signin::session;
use serde_json::json;

use crate::support::{TestApp, app, client::Client};

/// A password that the rules accept.
const PASSWORD: &str = "seven quiet rivers";

/// Gives the officer its password.
async fn with_password(app: &TestApp) {
    let user = app.world.id("officer");
    session::set_password(&app.system(), user, PASSWORD).await.expect("the password is set");
}

/// Somebody with this token.
fn holding<'a>(app: &'a TestApp, token: &serde_json::Value) -> Client<'a> {
    Client::new(app, Some(token.as_str().unwrap_or_default().to_owned()))
}

#[tokio::test]
async fn a_password_signs_in() {
    app(async |app| {
        with_password(app).await;

        let signed = app.anonymous().login("Officer@test", PASSWORD).await;

        assert_eq!(signed.ok(200)["token_type"], "Bearer");
        assert_eq!(signed.body["expires_in"], 900);
        let me = holding(app, &signed.body["access_token"]).get("/me").await;
        assert_eq!(me.ok(200)["email"], "officer@test");
        assert_eq!(me.body["acting_as"], "KGZ");
        assert_eq!(me.body["owners"], json!(["KGZ"]));
        assert_eq!(me.body["grants"][0]["role"], "officer");
        let work = [
            "legal_instrument",
            "legal_review",
            "fact",
            "treaty_event",
            "submission",
            "action",
            "evidence_item",
            "task",
            "milestone",
            "risk",
            "answer",
            "measurement",
            "exercise",
            "finding",
            "proposal",
            "report_draft",
            "capacity_measure",
            "comment",
        ];
        assert_eq!(me.body["can_create"], json!(work));
    })
    .await;
}

#[tokio::test]
async fn wrong_passwords_and_unknown_users_answer_alike() {
    app(async |app| {
        with_password(app).await;
        let who = app.anonymous();

        let wrong = who.login("officer@test", "something else").await;
        let unknown = who.login("nobody@test", PASSWORD).await;
        let without = who.login("lead@test", PASSWORD).await;

        wrong.problem(401, "unauthenticated");
        unknown.problem(401, "unauthenticated");
        without.problem(401, "unauthenticated");
        assert_eq!(wrong.body["detail"], unknown.body["detail"]);
        assert_eq!(wrong.body["detail"], without.body["detail"]);
        assert!(wrong.headers.contains_key("www-authenticate"));
    })
    .await;
}

#[tokio::test]
async fn a_closed_account_neither_signs_in_nor_goes_on() {
    app(async |app| {
        with_password(app).await;
        let signed = app.anonymous().login("officer@test", PASSWORD).await;
        let path = format!("/users/{}", app.world.id("officer"));
        let close = json!({"valid_until": "2026-11-21T09:00:00Z"});
        app.user("operator").await.edit(&path, close).await.ok(200);

        let again = app.anonymous().login("officer@test", PASSWORD).await;
        let on = holding(app, &signed.body["access_token"]).get("/tasks").await;
        let renewed = json!({"refresh_token": signed.body["refresh_token"]});
        let renewed = app.anonymous().post("/auth/refresh", renewed).await;

        again.problem(401, "unauthenticated");
        on.problem(401, "unauthenticated");
        renewed.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    app(async |app| {
        with_password(app).await;
        let signed = app.anonymous().login("officer@test", PASSWORD).await;
        let me = holding(app, &signed.body["access_token"]);

        let out = me.post("/auth/logout", json!({})).await;
        let after = me.get("/me").await;
        let spent = json!({"refresh_token": signed.body["refresh_token"]});
        let renewed = app.anonymous().post("/auth/refresh", spent).await;

        out.ok(204);
        after.problem(401, "unauthenticated");
        renewed.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_session_and_its_tokens_end() {
    app(async |app| {
        with_password(app).await;
        let signed = app.anonymous().login("officer@test", PASSWORD).await;
        let me = holding(app, &signed.body["access_token"]);

        let fresh = me.get("/me").await;
        app.state.clock.advance(TimeDelta::minutes(15));
        let expired = me.get("/tasks").await;
        app.state.clock.advance(TimeDelta::days(31));
        let spent = json!({"refresh_token": signed.body["refresh_token"]});
        let renewed = app.anonymous().post("/auth/refresh", spent).await;

        fresh.ok(200);
        expired.problem(401, "unauthenticated");
        renewed.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    app(async |app| {
        with_password(app).await;
        let here = app.anonymous().login("officer@test", PASSWORD).await;
        let there = app.anonymous().login("officer@test", PASSWORD).await;
        let me = holding(app, &here.body["access_token"]);
        let change = json!({"old_password": PASSWORD, "new_password": "eight quiet mountains"});

        let changed = me.post("/auth/password", change).await;

        changed.ok(204);
        me.get("/me").await.ok(200);
        holding(app, &there.body["access_token"]).get("/me").await.problem(401, "unauthenticated");
        app.anonymous().login("officer@test", PASSWORD).await.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn weak_and_wrong_passwords_are_not_taken() {
    app(async |app| {
        with_password(app).await;
        let me = app.user("officer").await;
        let change = |old: &str, new: &str| json!({"old_password": old, "new_password": new});

        let wrong = me.post("/auth/password", change("not the old one", "eight quiet mountains")).await;
        let short = me.post("/auth/password", change(PASSWORD, "four quiet one")).await;
        let common = me.post("/auth/password", change(PASSWORD, "qwertyuiopasdfghjkl")).await;

        assert_eq!(wrong.problem(422, "invalid")["errors"][0]["pointer"], "/old_password");
        short.problem(422, "invalid");
        assert_eq!(short.violations(), [("/new_password".into(), "weak_password".into())]);
        common.problem(422, "invalid");
        assert_eq!(common.violations(), [("/new_password".into(), "weak_password".into())]);
    })
    .await;
}

#[tokio::test]
async fn no_answer_and_no_log_holds_a_password() {
    app(async |app| {
        with_password(app).await;
        let user = format!("/users/{}", app.world.id("officer"));

        let read = app.user("operator").await.get(&user).await;
        let past = app.user("operator").await.get(&format!("{user}/history")).await;

        assert!(!read.ok(200).to_string().contains("argon2"));
        assert!(!past.ok(200).to_string().contains("argon2"));
    })
    .await;
}

#[tokio::test]
async fn who_holds_grants_of_several_owners_says_which() {
    app(async |app| {
        let grant = json!({"owner": "KAZ", "user": "observer@test", "role": "observer"});
        app.user("foreign_focal_point").await.post("/grants", grant).await.ok(201);
        app.user("observer").await.accept_offers().await;
        let me = app.user("observer").await;

        let open = me.get("/tasks").await;
        let here = me.with("x-concord-act-as", "KGZ").get("/tasks?owner=KAZ").await;
        let there = me.with("x-concord-act-as", "KAZ").get("/tasks?owner=KAZ").await;
        let foreign = me.with("x-concord-act-as", "region:CA").get("/tasks").await;
        let missing = me.with("x-concord-act-as", "XYZ").get("/tasks").await;
        let about = me.get("/me").await;

        open.problem(400, "act_as_required");
        assert_eq!(here.ok(200)["items"], json!([]));
        assert_eq!(there.ok(200)["items"][0]["title"], "Task abroad");
        foreign.problem(403, "forbidden");
        missing.problem(403, "forbidden");
        assert_eq!(foreign.body["detail"], missing.body["detail"]);
        assert_eq!(about.ok(200)["owners"], json!(["KAZ", "KGZ"]));
        assert_eq!(about.body["acting_as"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn nobody_acts_for_an_owner_without_signing_in() {
    app(async |app| {
        let who = app.anonymous();

        let acting = who.with("x-concord-act-as", "KGZ").get("/tasks").await;
        let me = who.get("/me").await;
        let write = who.post("/tasks", json!({})).await;
        let graphql = who.graphql("{ me { id } }", json!({})).await;

        acting.problem(401, "unauthenticated");
        me.problem(401, "unauthenticated");
        write.problem(401, "unauthenticated");
        assert_eq!(graphql.data()["me"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn a_grant_that_ends_ends_at_once() {
    app(async |app| {
        let me = app.user("observer").await;
        let focal_point = app.user("focal_point").await;
        let path = format!("/grants/{}", app.world.id("grant:observer"));
        let task = format!("/tasks/{}", app.world.id("task:national"));
        me.get(&task).await.ok(200);

        focal_point.edit(&path, json!({"valid_until": "2026-11-20"})).await.ok(200);

        me.get(&task).await.problem(404, "not_found");
        assert_eq!(me.get("/me").await.ok(200)["grants"], json!([]));
    })
    .await;
}
