//! The second factor: enrolled, asked for, each code once, and taken away again.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use super::{PASSWORD, holding, with_password};
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

/// The authenticator that was given this secret.
fn authenticator(enrolled: &Answer) -> Totp {
    let secret = enrolled.ok(201)["secret"].as_str().expect("a secret");
    let secret = Secret::try_from_base32(secret).expect("base32");
    Builder::new().with_secret(secret.as_bytes().to_vec()).build().expect("an authenticator")
}

/// What the authenticator shows now.
fn code(app: &TestApp, totp: &Totp) -> String {
    let now = u64::try_from(app.state.clock.now().timestamp()).expect("a second");
    totp.generate(now).to_string()
}

/// Signs the officer in with the password only.
async fn without_code(app: &TestApp) -> Answer {
    app.anonymous().login("officer@test", PASSWORD).await
}

async fn with_code(app: &TestApp, code: &str) -> Answer {
    app.anonymous().login_with_code("officer@test", PASSWORD, code).await
}

/// Gives the officer a password and a second factor; answers both and a signed-in caller.
async fn enrolled(app: &TestApp) -> (Client<'_>, Totp, Vec<String>) {
    with_password(app).await;
    let me = app.user("officer").await;
    let totp = authenticator(&me.post("/auth/second-factor", json!({"password": PASSWORD})).await);
    let confirmed = me.post("/auth/second-factor/confirm", json!({"code": code(app, &totp)})).await;
    let codes = confirmed.ok(200)["recovery_codes"].as_array().expect("codes").iter();
    let codes = codes.map(|code| code.as_str().expect("a code").to_owned()).collect();
    app.state.clock.advance(TimeDelta::seconds(30));
    (me, totp, codes)
}

#[tokio::test]
async fn signing_in_asks_for_a_code_once_the_factor_is_confirmed() {
    app(async |app| {
        with_password(app).await;
        let me = app.user("officer").await;
        let made = me.post("/auth/second-factor", json!({"password": PASSWORD})).await;
        let totp = authenticator(&made);
        without_code(app).await.ok(200);

        me.post("/auth/second-factor/confirm", json!({"code": code(app, &totp)})).await.ok(200);
        app.state.clock.advance(TimeDelta::seconds(30));
        let without = without_code(app).await;
        let with = with_code(app, &code(app, &totp)).await;

        assert!(
            made.body["uri"]
                .as_str()
                .expect("an address")
                .starts_with("otpauth://totp/Concord:officer%40test?")
        );
        without.problem(401, "second_factor_required");
        holding(app, &with.ok(200)["access_token"]).get("/me").await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_taken_one_step_early_or_late_and_once() {
    app(async |app| {
        let (_, totp, _) = enrolled(app).await;
        app.state.clock.advance(TimeDelta::minutes(5));
        let shown = code(app, &totp);

        let first = with_code(app, &shown).await;
        let again = with_code(app, &shown).await;
        let before = {
            app.state.clock.advance(TimeDelta::minutes(2));
            let late = code(app, &totp);
            app.state.clock.advance(TimeDelta::seconds(30));
            with_code(app, &late).await
        };
        app.state.clock.advance(TimeDelta::minutes(2));
        let old = code(app, &totp);
        app.state.clock.advance(TimeDelta::seconds(60));
        let too_old = with_code(app, &old).await;

        first.ok(200);
        again.problem(401, "second_factor_required");
        before.ok(200);
        too_old.problem(401, "second_factor_required");
    })
    .await;
}

#[tokio::test]
async fn callers_at_once_with_one_code_are_one() {
    app(async |app| {
        let (_, _, codes) = enrolled(app).await;

        // Recovery codes: wrong ones are throttled, and the right one is spent by whoever is first.
        let answers = join_all((0..4).map(|_| with_code(app, &codes[0]))).await;

        let signed_in = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(signed_in, 1);
    })
    .await;
}

#[tokio::test]
async fn each_recovery_code_stands_in_once() {
    app(async |app| {
        let (_, _, codes) = enrolled(app).await;

        let first = with_code(app, &codes[0].to_uppercase()).await;
        let again = with_code(app, &codes[0]).await;
        let other = with_code(app, &codes[9]).await;

        assert_eq!(codes.len(), 10);
        first.ok(200);
        again.problem(401, "second_factor_required");
        other.ok(200);
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_wait_like_wrong_passwords_and_a_missing_code_does_not_forgive_them() {
    app(async |app| {
        let (_, totp, _) = enrolled(app).await;
        for _ in 0..5 {
            with_code(app, "ffff-ffff").await.problem(401, "second_factor_required");
        }

        let right = with_code(app, &code(app, &totp)).await;
        app.state.clock.advance(TimeDelta::seconds(1));
        without_code(app).await.problem(401, "second_factor_required");
        with_code(app, "ffff-ffff").await.problem(401, "second_factor_required");
        let longer = with_code(app, &code(app, &totp)).await;

        right.problem(429, "too_many_attempts");
        longer.problem(429, "too_many_attempts");
        assert_eq!(longer.headers["retry-after"], "2");
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_is_made_with_the_password_and_not_over_another() {
    app(async |app| {
        with_password(app).await;
        let me = app.user("officer").await;

        let wrong = me.post("/auth/second-factor", json!({"password": "not the right one"})).await;
        let early = me.post("/auth/second-factor/confirm", json!({"code": "123456"})).await;
        let totp = authenticator(&me.post("/auth/second-factor", json!({"password": PASSWORD})).await);
        let confirm = json!({"code": code(app, &totp)});
        me.post("/auth/second-factor/confirm", confirm.clone()).await.ok(200);
        let again = me.post("/auth/second-factor", json!({"password": PASSWORD})).await;
        let twice = me.post("/auth/second-factor/confirm", confirm).await;

        wrong.problem(422, "invalid");
        assert_eq!(wrong.violations(), [("/password".into(), "rule_broken".into())]);
        early.problem(422, "invalid");
        again.problem(409, "second_factor_set");
        twice.problem(409, "second_factor_set");
    })
    .await;
}

#[tokio::test]
async fn the_second_factor_goes_with_password_and_code() {
    app(async |app| {
        let (me, totp, _) = enrolled(app).await;
        let body = |password: &str, code: &str| json!({"password": password, "code": code});

        let wrong =
            me.post("/auth/second-factor/disable", body("not the right one", &code(app, &totp))).await;
        let without = me.post("/auth/second-factor/disable", body(PASSWORD, "ffff-ffff")).await;
        let gone = me.post("/auth/second-factor/disable", body(PASSWORD, &code(app, &totp))).await;

        assert_eq!(wrong.violations(), [("/password".into(), "rule_broken".into())]);
        assert_eq!(without.violations(), [("/code".into(), "rule_broken".into())]);
        gone.ok(204);
        without_code(app).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn beside_a_second_factor_a_password_may_be_short_and_then_keeps_it() {
    app(async |app| {
        let (me, totp, _) = enrolled(app).await;
        let short = "t7#Kp!vz0";
        let change = json!({"old_password": PASSWORD, "new_password": short});

        let changed = me.post("/auth/password", change).await;
        let disable = json!({"password": short, "code": code(app, &totp)});
        let refused = me.post("/auth/second-factor/disable", disable).await;

        changed.ok(204);
        refused.problem(422, "invalid");
        assert_eq!(refused.violations(), [("/password".into(), "weak_password".into())]);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_says_nothing_of_the_second_factor() {
    app(async |app| {
        enrolled(app).await;

        let wrong = app.anonymous().login("officer@test", "not the right one").await;
        let unknown = app.anonymous().login("nobody@test", "not the right one").await;

        wrong.problem(401, "unauthenticated");
        assert_eq!(wrong.body["detail"], unknown.body["detail"]);
    })
    .await;
}

#[tokio::test]
async fn secrets_and_codes_are_stored_sealed_and_hashed_and_never_logged() {
    app(async |app| {
        let (_, totp, codes) = enrolled(app).await;

        let sealed = app.stored("second_factor", "sealed_secret").await;
        let hashes = app.stored("recovery_code", "code_hash").await;
        let log = app.stored("change_payload", "after").await.concat();

        let opened = STANDARD.decode(&sealed[0]).expect("base64");
        let plain = totp.secret().as_bytes();
        assert!(!opened.windows(plain.len()).any(|part| part == plain));
        assert!(codes.iter().all(|code| !hashes.contains(&code.replace('-', ""))));
        assert!(!log.contains(&totp.secret().to_base32()) && !log.contains(&sealed[0]));
    })
    .await;
}
