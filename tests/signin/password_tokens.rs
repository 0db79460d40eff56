//! Invitations and resets: who may issue a token for whom, and what it is good for.

use chrono::TimeDelta;
use concord::signin::{cleaning, session};
use futures_util::future::join_all;
use sea_orm::Statement;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{PASSWORD, holding, with_password};
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

const NEW: &str = "nine quiet glaciers";

fn path(app: &TestApp, user: &str) -> String {
    format!("/users/{}/password-token", app.world.id(user))
}

async fn issue(app: &TestApp, by: &str, to: &str) -> Answer {
    app.user(by).await.post(&path(app, to), json!({})).await
}

async fn accept(app: &TestApp, token: &Json, password: &str) -> Answer {
    app.anonymous().post("/auth/accept", json!({"token": token, "password": password})).await
}

/// The address of a token for somebody a grant is offered to.
async fn invited(who: &Client<'_>, email: &str, owner: &str, role: &str) -> String {
    let made = who.post("/grants", json!({"owner": owner, "user": email, "role": role})).await;
    made.ok(201);
    format!("/grants/{}/password-token", made.id())
}

#[tokio::test]
async fn an_invited_person_sets_a_password_and_signs_in() {
    app(async |app| {
        let focal_point = app.user("focal_point").await;
        let path = invited(&focal_point, "new@test", "KGZ", "observer").await;

        let issued = focal_point.post(&path, json!({})).await;
        let accepted = accept(app, &issued.ok(201)["token"], NEW).await;

        assert_eq!(issued.body["expires_at"], "2026-11-22T10:00:00Z");
        accepted.ok(204);
        app.anonymous().login("new@test", NEW).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_good_once_for_a_day_and_until_the_next() {
    app(async |app| {
        let first = issue(app, "focal_point", "officer").await;
        let second = issue(app, "focal_point", "officer").await;

        accept(app, &first.ok(201)["token"], NEW).await.problem(401, "unauthenticated");
        accept(app, &second.ok(201)["token"], NEW).await.ok(204);
        accept(app, &second.body["token"], NEW).await.problem(401, "unauthenticated");
        let late = issue(app, "focal_point", "officer").await;
        app.state.clock.advance(TimeDelta::hours(24));
        accept(app, &late.ok(201)["token"], NEW).await.problem(401, "unauthenticated");

        let deleted = cleaning::password_tokens(&app.system(), 10).await.expect("deleted");
        assert_eq!(deleted, 1);
    })
    .await;
}

#[tokio::test]
async fn twenty_callers_with_one_token_set_one_password() {
    app(async |app| {
        let issued = issue(app, "focal_point", "officer").await;
        let passwords: Vec<String> = (0..20).map(|n| format!("{n} very quiet glaciers")).collect();

        let all = passwords.iter().map(|password| accept(app, &issued.body["token"], password));
        let answers = join_all(all).await;

        let set: Vec<_> = passwords.iter().zip(&answers).filter(|(_, answer)| answer.status == 204).collect();
        assert_eq!(set.len(), 1);
        assert!(answers.iter().all(|answer| answer.status == 204 || answer.status == 401));
        app.anonymous().login("officer@test", set[0].0).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_reset_ends_all_sessions_and_forgives_failed_attempts() {
    app(async |app| {
        with_password(app).await;
        let there = app.anonymous().login("officer@test", PASSWORD).await;
        let issued = issue(app, "focal_point", "officer").await;
        for _ in 0..5 {
            app.anonymous().login("officer@test", "not the right one").await;
        }

        let weak = accept(app, &issued.body["token"], "short").await;
        let accepted = accept(app, &issued.body["token"], NEW).await;

        assert_eq!(weak.problem(422, "invalid")["errors"][0]["pointer"], "/password");
        accepted.ok(204);
        holding(app, &there.body["access_token"]).get("/me").await.problem(401, "unauthenticated");
        app.anonymous().login("officer@test", NEW).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn issuers_are_those_who_could_give_every_grant_of_the_person() {
    app(async |app| {
        issue(app, "focal_point", "secretariat").await.ok(201);
        issue(app, "lead", "officer").await.ok(201);
        issue(app, "operator", "steward").await.ok(201);
        issue(app, "operator", "partner").await.ok(201);

        let focal_point = app.world.id("focal_point");
        session::set_password(&app.system(), focal_point, PASSWORD).await.expect("the password is set");
        issue(app, "operator", "officer").await.problem(403, "forbidden");
        issue(app, "operator", "focal_point").await.problem(403, "forbidden");
        issue(app, "lead", "lead").await.problem(403, "forbidden");
        issue(app, "focal_point", "focal_point").await.problem(403, "forbidden");
        issue(app, "officer", "officer").await.problem(403, "forbidden");
        issue(app, "lead", "contributor").await.problem(404, "not_found");
        issue(app, "focal_point", "foreign_observer").await.problem(404, "not_found");
        issue(app, "observer", "officer").await.problem(404, "not_found");
        app.anonymous().post(&path(app, "officer"), json!({})).await.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn nobody_takes_over_an_account_with_rights_of_another_owner() {
    app(async |app| {
        let grant = json!({"owner": "KAZ", "user": "observer@test", "role": "observer"});
        app.user("foreign_focal_point").await.post("/grants", grant).await.ok(201);
        app.user("observer").await.accept_offers().await;

        let here = issue(app, "focal_point", "observer").await;
        let abroad = issue(app, "foreign_focal_point", "observer").await;
        let operator = issue(app, "operator", "observer").await;

        here.problem(403, "forbidden");
        abroad.problem(403, "forbidden");
        operator.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn rights_granted_after_the_token_was_issued_are_not_for_its_issuer() {
    app(async |app| {
        let operator = app.user("operator").await;
        let made = operator.post("/users", json!({"email": "new@test", "name": "New"})).await;
        let issued = operator.post(&format!("/users/{}/password-token", made.id()), json!({})).await;
        let grant = json!({"owner": "KGZ", "user": "new@test", "role": "observer"});
        app.user("focal_point").await.post("/grants", grant).await.ok(201);
        app.addressee("new@test").await.accept_offers().await;

        let accepted = accept(app, &issued.ok(201)["token"], NEW).await;

        accepted.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn the_operator_invites_the_first_focal_point_once() {
    app(async |app| {
        let operator = app.user("operator").await;
        let country = json!({"code": "QZZ", "iso2": "QZ", "name": "Nowhere", "name_long": "Nowhere",
            "official_languages": ["en"], "time_zone": "Asia/Bishkek", "is_partner": true, "confidence": "high"});
        app.user("steward").await.post("/countries", country).await.ok(201);
        let path = invited(&operator, "first@test", "QZZ", "focal_point").await;

        let issued = operator.post(&path, json!({})).await;
        let accepted = accept(app, &issued.ok(201)["token"], NEW).await;
        let again = operator.post(&path, json!({})).await;

        accepted.ok(204);
        again.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_reset_of_the_second_factor_lets_a_person_back_in() {
    app(async |app| {
        with_password(app).await;
        let me = app.user("officer").await;
        let made = me.post("/auth/second-factor", json!({"password": PASSWORD})).await;
        let secret = totp_rs::Secret::try_from_base32(made.body["secret"].as_str().expect("a secret"));
        let secret = secret.expect("base32").as_bytes().to_vec();
        let totp = totp_rs::Builder::new().with_secret(secret).build().expect("an authenticator");
        let now = u64::try_from(app.state.clock.now().timestamp()).expect("a second");
        let code = json!({"code": totp.generate(now).to_string()});
        me.post("/auth/second-factor/confirm", code).await.ok(200);

        let kept = issue(app, "focal_point", "officer").await;
        accept(app, &kept.ok(201)["token"], NEW).await.ok(204);
        let asked = app.anonymous().login("officer@test", NEW).await;
        let focal_point = app.user("focal_point").await;
        let reset = focal_point.post(&path(app, "officer"), json!({"reset_second_factor": true})).await;
        accept(app, &reset.ok(201)["token"], PASSWORD).await.ok(204);

        asked.problem(401, "second_factor_required");
        app.anonymous().login("officer@test", PASSWORD).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn closed_accounts_get_no_token_and_use_none() {
    app(async |app| {
        let issued = issue(app, "focal_point", "officer").await;
        let user = format!("/users/{}", app.world.id("officer"));
        app.user("operator").await.edit(&user, json!({"valid_until": "2026-11-21T09:00:00Z"})).await.ok(200);

        issue(app, "focal_point", "officer").await.problem(403, "forbidden");
        accept(app, &issued.ok(201)["token"], NEW).await.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn the_log_of_the_country_keeps_who_issued_for_whom_and_never_the_token() {
    app(async |app| {
        let issued = issue(app, "focal_point", "officer").await;

        let conn = app.state.db.reading();
        let sql = "SELECT change_set.owner, actor, request_id, record_id \
                   FROM change_set JOIN change ON set_id = id ORDER BY seq DESC LIMIT 1";
        let set = conn.all_raw(Statement::from_string(conn.backend(), sql)).await.expect("the newest set");
        let (owner, actor, request): (String, i64, String) = (
            set[0].try_get_by_index(0).expect("an owner"),
            set[0].try_get_by_index(1).expect("an actor"),
            set[0].try_get_by_index(2).expect("a request"),
        );

        let token = issued.ok(201)["token"].as_str().expect("a token");
        assert_eq!(owner, "KGZ");
        assert_eq!(Some(actor), app.actor("focal_point").await.number);
        assert_eq!(request, issued.headers["x-request-id"].to_str().expect("a text"));
        assert_eq!(set[0].try_get_by_index::<Uuid>(3).expect("a record"), app.world.id("officer"));
        assert!(!app.stored("change_set", "request_id").await.concat().contains(token));
        assert!(!app.stored("change_payload", "after").await.concat().contains(token));
        assert!(!app.stored("password_token", "token_hash").await.concat().contains(token));
    })
    .await;
}
