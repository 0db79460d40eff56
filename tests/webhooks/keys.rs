//! Signatures, held against the specification by code that is not the service's.

use aws_lc_rs::{
    hmac,
    signature::{ED25519, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use serde_json::{Value as Json, json};

use super::{Got, Receiver, hooked, made, run, task};

fn bytes(key: &Json, mark: &str) -> Vec<u8> {
    let text = key.as_str().expect("a key").strip_prefix(mark).expect("its mark");
    STANDARD.decode(text).expect("base64")
}

fn signed(got: &Got) -> String {
    format!("{}.{}.{}", got.header("webhook-id"), got.header("webhook-timestamp"), got.body)
}

fn signatures<'a>(got: &'a Got, version: &str) -> Vec<&'a str> {
    got.header("webhook-signature").split(' ').filter_map(|one| one.strip_prefix(version)).collect()
}

/// How many of the signatures this secret verifies.
fn by_secret(got: &Got, secret: &Json) -> usize {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes(secret, "whsec_"));
    let verifies = |one: &&str| {
        hmac::verify(&key, signed(got).as_bytes(), &STANDARD.decode(one).expect("base64")).is_ok()
    };
    signatures(got, "v1,").iter().filter(|one| verifies(one)).count()
}

#[tokio::test]
async fn messages_are_signed_with_the_secret_that_was_told_once() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let (path, hook) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        let (_, other) = made(&me, &receiver.url, json!({ "kinds": ["plan"] })).await;
        task(app, "focal_point", "One", json!({})).await;

        run(app).await;

        let got = receiver.got();
        assert_eq!(bytes(&hook["secret"], "whsec_").len(), 32);
        assert_eq!((got.len(), by_secret(&got[0], &hook["secret"])), (1, 1));
        assert_eq!(by_secret(&got[0], &other["secret"]), 0);
        assert_eq!(got[0].header("webhook-timestamp"), app.state.clock.now().timestamp().to_string());
        assert!(got[0].header("webhook-id").starts_with("msg_"));
        assert_eq!(got[0].header("content-type"), "application/json");
        assert_eq!(me.get(&path).await.ok(200)["secret"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_was_replaced_signs_until_its_grace_is_over() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let (path, hook) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;

        let rotated = me.post(&format!("{path}/rotate"), json!({ "grace_hours": 48 })).await;
        let new = rotated.ok(200)["secret"].clone();
        task(app, "focal_point", "One", json!({})).await;
        run(app).await;
        let both = receiver.got();
        app.state.clock.advance(TimeDelta::hours(48));
        task(app, "focal_point", "Two", json!({})).await;
        run(app).await;
        let after = receiver.got();

        assert_ne!(new, hook["secret"]);
        assert_eq!(signatures(&both[0], "v1,").len(), 2);
        assert_eq!((by_secret(&both[0], &new), by_secret(&both[0], &hook["secret"])), (1, 1));
        assert_eq!(signatures(&after[0], "v1,").len(), 1);
        assert_eq!((by_secret(&after[0], &new), by_secret(&after[0], &hook["secret"])), (1, 0));
        let me = app.user("focal_point").await;
        let wrong = me.post(&format!("{path}/rotate"), json!({ "grace_hours": 169 })).await;
        assert_eq!(wrong.problem(422, "invalid")["errors"][0]["pointer"], "/grace_hours");
    })
    .await;
}

#[tokio::test]
async fn a_public_key_verifies_what_the_private_one_signs() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let (path, hook) =
            made(&me, &receiver.url, json!({ "kinds": ["task"], "signature": "ed25519" })).await;
        let new = me.post(&format!("{path}/rotate"), json!({})).await.ok(200)["public_key"].clone();
        task(app, "focal_point", "One", json!({})).await;

        run(app).await;

        let got = receiver.got();
        let signs = signatures(&got[0], "v1a,");
        assert_eq!((signs.len(), &hook["secret"]), (2, &Json::Null));
        for (key, sign) in [&new, &hook["public_key"]].into_iter().zip(signs) {
            let key = UnparsedPublicKey::new(&ED25519, bytes(key, "whpk_"));
            let sign = STANDARD.decode(sign).expect("base64");
            assert!(key.verify(signed(&got[0]).as_bytes(), &sign).is_ok());
        }
    })
    .await;
}
