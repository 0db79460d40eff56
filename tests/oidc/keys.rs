//! The keys of an issuer: fetched when they are needed, seldom, and from nowhere else.

use chrono::TimeDelta;
use serde_json::json;

use super::{Stage, stage};
use crate::support::provider::{Key, Mood};

const GOOD: u16 = 200;

/// Status of a read with a token, and the code of the refusal.
async fn read(stage: &Stage<'_>, token: &str) -> (u16, String) {
    let (rest, graphql, code) = stage.tried(token).await;
    assert_eq!(rest, graphql);
    (rest, code)
}

fn unreachable() -> (u16, String) {
    (503, "issuer_unreachable".into())
}

fn refused() -> (u16, String) {
    (401, "unauthenticated".into())
}

fn pass(stage: &Stage<'_>, seconds: i64) {
    stage.service.state.clock.advance(TimeDelta::seconds(seconds));
}

/// A token that stays good for two hours.
fn lasting(stage: &Stage<'_>, key: &Key) -> String {
    let mut claims = stage.provider.claims();
    claims["exp"] = json!(claims["iat"].as_i64().expect("seconds") + 7200);
    key.token(&claims)
}

#[tokio::test]
async fn keys_are_fetched_once() {
    stage("secretariat", &[], async |stage| {
        let before = stage.provider.asked();
        let statuses = [read(stage, &stage.token(|_| {})).await.0, read(stage, &stage.token(|_| {})).await.0];

        assert_eq!((before, statuses, stage.provider.asked()), (0, [GOOD; 2], 2));
    })
    .await;
}

#[tokio::test]
async fn a_new_key_is_found_and_the_old_one_is_over() {
    stage("secretariat", &[], async |stage| {
        let (old, second) = (lasting(stage, &stage.key), Key::es256("second"));
        assert_eq!(read(stage, &old).await.0, GOOD);
        stage.provider.has(&[&second]);
        let new = lasting(stage, &second);

        let early = read(stage, &new).await;
        pass(stage, 10);
        let found = read(stage, &new).await;
        let over = read(stage, &old).await;

        assert_eq!((early, found.0, over), (refused(), GOOD, refused()));
        assert_eq!(stage.provider.asked(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_taken_back_is_over_within_ten_minutes() {
    stage("secretariat", &[], async |stage| {
        let token = lasting(stage, &stage.key);
        assert_eq!(read(stage, &token).await.0, GOOD);
        stage.provider.has(&[]);

        pass(stage, 599);
        let before = read(stage, &token).await.0;
        pass(stage, 1);
        let after = read(stage, &token).await;

        assert_eq!((before, after), (GOOD, refused()));
    })
    .await;
}

#[tokio::test]
async fn another_key_of_the_same_name_ends_what_the_first_one_signed() {
    stage("secretariat", &[], async |stage| {
        let (token, other) = (lasting(stage, &stage.key), Key::es256("first"));
        assert_eq!(read(stage, &token).await.0, GOOD);
        stage.provider.has(&[&other]);

        pass(stage, 600);
        let after = [read(stage, &token).await, read(stage, &lasting(stage, &other)).await];

        assert_eq!(after, [refused(), (GOOD, String::new())]);
    })
    .await;
}

#[tokio::test]
async fn unknown_keys_do_not_make_the_issuer_be_asked_often() {
    stage("secretariat", &[], async |stage| {
        let claims = stage.provider.claims();
        let strangers: Vec<String> = (0..20).map(|at| Key::es256(&format!("x{at}")).token(&claims)).collect();
        assert_eq!(read(stage, &stage.token(|_| {})).await.0, GOOD);
        pass(stage, 10);

        for token in &strangers {
            assert_eq!(read(stage, token).await, refused());
        }

        assert_eq!(stage.provider.asked(), 4);
        assert_eq!(read(stage, &stage.token(|_| {})).await.0, GOOD);
    })
    .await;
}

#[tokio::test]
async fn tokens_that_fail_anyhow_do_not_make_the_issuer_be_asked() {
    stage("secretariat", &[], async |stage| {
        let old = stage.token(|claims| claims["aud"] = json!("another-api"));

        assert_eq!(read(stage, &old).await, refused());
        assert_eq!(stage.provider.asked(), 0);
    })
    .await;
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_hinders_its_own_tokens_only() {
    stage("secretariat", &[], async |stage| {
        stage.provider.is(Mood::Ill);
        let token = stage.token(|_| {});

        let refused = stage.service.holder(token.clone()).get("/tasks").await;
        let own = stage.service.user("secretariat").await.get("/tasks").await;
        let open = stage.service.anonymous().get("/countries").await;
        let again = read(stage, &token).await;
        let asked = stage.provider.asked();
        stage.provider.is(Mood::Well);
        pass(stage, 10);
        let later = read(stage, &token).await;

        refused.problem(503, "issuer_unreachable");
        assert!(refused.headers.contains_key("retry-after"));
        assert_eq!((own.status, open.status), (200, 200));
        assert_eq!((again, asked, later.0), (unreachable(), 1, GOOD));
    })
    .await;
}

#[tokio::test]
async fn keys_are_used_for_an_hour_where_the_issuer_stops_answering() {
    stage("secretariat", &[], async |stage| {
        let (token, stranger) = (lasting(stage, &stage.key), lasting(stage, &Key::es256("second")));
        assert_eq!(read(stage, &token).await.0, GOOD);
        stage.provider.is(Mood::Ill);

        pass(stage, 3599);
        let before = read(stage, &token).await.0;
        let unknown = read(stage, &stranger).await;
        pass(stage, 1);
        let after = read(stage, &token).await;

        assert_eq!((before, unknown, after), (GOOD, unreachable(), unreachable()));
    })
    .await;
}

#[tokio::test]
async fn redirects_are_not_followed() {
    stage("secretariat", &[], async |stage| {
        let elsewhere = crate::support::provider::Provider::with(&[&stage.key]).await;
        stage.provider.is(Mood::Elsewhere(format!("{}/.well-known/openid-configuration", elsewhere.url)));

        assert_eq!(read(stage, &stage.token(|_| {})).await, unreachable());
        assert_eq!(elsewhere.asked(), 0);
    })
    .await;
}

#[tokio::test]
async fn huge_answers_are_not_read() {
    stage("secretariat", &[], async |stage| {
        stage.provider.is(Mood::Huge);

        assert_eq!(read(stage, &stage.token(|_| {})).await, unreachable());
    })
    .await;
}

#[tokio::test]
async fn an_issuer_that_says_nothing_is_not_waited_for() {
    stage("secretariat", &[], async |stage| {
        stage.provider.is(Mood::Silent);

        assert_eq!(read(stage, &stage.token(|_| {})).await, unreachable());
    })
    .await;
}

#[tokio::test]
async fn keys_on_a_host_that_the_settings_do_not_name_are_not_fetched() {
    let stranger = |stage: &Stage<'_>| stage.provider.url.replace("127.0.0.1", "localhost");
    stage("secretariat", &[], async |stage| {
        let keys = format!("{}/keys", stranger(stage));
        stage.provider.describes(json!({"issuer": stage.provider.url, "jwks_uri": keys}));

        let refused = read(stage, &stage.token(|_| {})).await;
        let asked = stage.provider.asked();
        let mut settings = stage.provider.settings();
        settings["jwks_host"] = json!(stranger(stage).trim_start_matches("http://"));
        let named = stage.app.trusting(&[settings]).await;
        let taken = named.holder(stage.token(|_| {})).get("/tasks").await;

        assert_eq!((refused, asked), (unreachable(), 1));
        taken.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_describes_another_issuer_is_not_believed() {
    stage("secretariat", &[], async |stage| {
        let keys = format!("{}/keys", stage.provider.url);
        stage.provider.describes(json!({"issuer": "https://id.example.org", "jwks_uri": keys}));

        assert_eq!(read(stage, &stage.token(|_| {})).await, unreachable());
        assert_eq!(stage.provider.asked(), 1);
    })
    .await;
}
