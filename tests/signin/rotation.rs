//! Signing keys are replaced without a restart, and no token that is good stops being so.

use axum::http::Method;
use chrono::TimeDelta;
use concord::{
    jobs,
    signin::{cleaning, keys::KeyRing, secret::InstallationSecret, session, token},
};
use kernel::db::Db;
use tokio_util::sync::CancellationToken;

use crate::support::{SECRET, TestApp, app, client::Client};

/// Rotates as another process does.
async fn rotate_elsewhere(app: &TestApp) -> KeyRing {
    let secret = InstallationSecret::from_text(SECRET).expect("a secret");
    let ring = KeyRing::open(&app.state.db, &app.state.clock, &secret).await.expect("keys");
    app.state.clock.advance(TimeDelta::seconds(1));
    app.system().run(async |unit| ring.rotate(unit.conn()).await).await.expect("rotated");
    ring.reload().await.expect("reloaded");
    ring
}

async fn token_by(app: &TestApp, ring: &KeyRing) -> String {
    let user = app.world.id("officer");
    let session = session::open_session(&app.system(), user).await.expect("a session");
    token::issue(ring, &app.state.clock, user, session).expect("a token")
}

async fn status(app: &TestApp, token: &str) -> u16 {
    Client::new(app, Some(token.to_owned())).get("/me").await.status
}

async fn kids(app: &TestApp) -> usize {
    let keys = app.anonymous().send(Method::GET, "/.well-known/jwks.json", None, Vec::new()).await;
    keys.ok(200)["keys"].as_array().expect("keys").len()
}

#[tokio::test]
async fn tokens_of_both_keys_are_good_and_both_are_listed() {
    app(async |app| {
        let old = token_by(app, &app.state.keys).await;

        let ring = rotate_elsewhere(app).await;
        let new = token_by(app, &ring).await;

        assert_eq!((status(app, &old).await, status(app, &new).await), (200, 200));
        assert_eq!(kids(app).await, 2);
        assert_eq!(app.state.keys.signing_kid(), ring.signing_kid());
    })
    .await;
}

#[tokio::test]
async fn a_process_that_sees_no_token_notices_by_its_job() {
    app(async |app| {
        let ring = rotate_elsewhere(app).await;
        let before = app.state.keys.signing_kid();

        let job = jobs::ALL.iter().find(|job| job.name() == "signing_keys").expect("the job");
        job.run(&app.state.service(CancellationToken::new())).await;

        assert_ne!(before, ring.signing_kid());
        assert_eq!(app.state.keys.signing_kid(), ring.signing_kid());
    })
    .await;
}

#[tokio::test]
async fn an_old_key_is_gone_once_its_last_token_is_over() {
    app(async |app| {
        let ring = rotate_elsewhere(app).await;
        app.state.clock.advance(TimeDelta::minutes(21));

        app.state.keys.reload().await.expect("reloaded");
        let deleted = cleaning::signing_keys(&app.system(), 10).await.expect("deleted");
        let new = token_by(app, &ring).await;

        assert_eq!((kids(app).await, deleted), (1, 1));
        assert_eq!(status(app, &new).await, 200);
    })
    .await;
}

#[tokio::test]
async fn forged_key_ids_do_not_make_a_process_read_its_keys_again_and_again() {
    app(async |app| {
        let token = token_by(app, &app.state.keys).await;
        let db: Db = app.state.db.counted();
        let secret = InstallationSecret::from_text(SECRET).expect("a secret");
        let ring = KeyRing::open(&db, &app.state.clock, &secret).await.expect("keys");
        let forged = |n: u32| {
            use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
            let header = format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"forged-{n}"}}"#);
            let rest = token.split_once('.').expect("a token").1;
            format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
        };
        let opened = db.statements();

        token::verify(&ring, &app.state.clock, &forged(1)).await.expect_err("refused");
        let once = db.statements();
        token::verify(&ring, &app.state.clock, &forged(2)).await.expect_err("refused");

        assert_eq!((opened, once, db.statements()), (1, 2, 2));
    })
    .await;
}
