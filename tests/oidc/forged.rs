//! Tokens that are not good: each is refused, and by the same answer.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value as Json, json};

use super::{Stage, stage};
use crate::support::{
    provider::{Key, Provider},
    start,
};

/// What the service says to a token, without what differs with each request.
async fn answer(stage: &Stage<'_>, token: &str) -> (u16, Json) {
    let who = stage.service.holder(token.to_owned());
    let mut rest = who.get("/tasks?limit=1").await;
    assert_eq!(who.graphql("{ tasks(first: 1) { totalCount } }", json!({})).await.status, rest.status);
    rest.body["request_id"] = Json::Null;
    (rest.status, if rest.status == 200 { Json::Null } else { rest.body })
}

/// What is said to the plainest of bad tokens.
async fn refusal(stage: &Stage<'_>) -> (u16, Json) {
    let refused = answer(stage, &stage.token(|claims| claims["aud"] = json!("another-api"))).await;
    assert_eq!((refused.0, &refused.1["code"]), (401, &json!("unauthenticated")));
    refused
}

/// The tokens among these that were answered otherwise than by the one refusal.
async fn answered_otherwise(stage: &Stage<'_>, tokens: &[(&str, String)]) -> Vec<(String, u16, Json)> {
    let (refused, mut found) = (refusal(stage).await, Vec::new());
    for (name, token) in tokens {
        let (status, body) = answer(stage, token).await;
        if (status, &body) != (refused.0, &refused.1) {
            found.push(((*name).to_owned(), status, body));
        }
    }
    found
}

/// A token whose header has other members.
fn with_header(stage: &Stage<'_>, change: impl FnOnce(&mut Json)) -> String {
    let mut header = stage.key.header();
    change(&mut header);
    stage.key.signed(&header.to_string(), &stage.provider.claims().to_string())
}

fn part(token: &str, at: usize) -> &str {
    token.split('.').nth(at).expect("a part")
}

#[tokio::test]
async fn right_tokens_are_taken() {
    stage("secretariat", &[], async |stage| {
        let now = start().timestamp();
        let right = [
            stage.token(|_| {}),
            stage.token(|claims| claims["aud"] = json!(["another-api", "concord"])),
            stage.token(|claims| claims["exp"] = json!(now - 59)),
            stage.token(|claims| claims["nbf"] = json!(now + 60)),
            stage.token(|claims| claims["iat"] = json!(now + 60)),
            with_header(stage, |header| header["typ"] = json!("JWT")),
            with_header(stage, |header| drop(header.as_object_mut().expect("members").remove("typ"))),
        ];

        for token in &right {
            assert_eq!(stage.tried(token).await, (200, 200, String::new()), "{token}");
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_claims_are_refused_by_one_answer() {
    stage("secretariat", &[], async |stage| {
        let now = start().timestamp();
        let changes = [
            ("aud", json!(["another-api"])),
            ("aud", json!(["concord", 1])),
            ("aud", json!("Concord")),
            ("aud", json!(null)),
            ("iss", json!(format!("{}/", stage.provider.url))),
            ("iss", json!("https://id.example.org")),
            ("exp", json!(now - 60)),
            ("exp", json!(now.to_string())),
            ("exp", json!(null)),
            ("exp", json!(i64::MAX)),
            ("exp", json!(-1)),
            ("nbf", json!(now + 61)),
            ("nbf", json!("now")),
            ("iat", json!(now + 61)),
            ("sub", json!("")),
            ("sub", json!(1)),
            ("sub", json!("x".repeat(256))),
            ("sub", json!("person-1\0")),
            ("sub", json!(null)),
        ];

        let tokens: Vec<(&str, String)> = changes
            .iter()
            .map(|(name, value)| (*name, stage.token(|claims| claims[*name] = value.clone())))
            .collect();

        assert_eq!(answered_otherwise(stage, &tokens).await, []);
    })
    .await;
}

#[tokio::test]
async fn claims_that_are_given_twice_are_refused() {
    stage("secretariat", &[], async |stage| {
        let (header, claims) = (stage.key.header().to_string(), stage.provider.claims().to_string());
        let twice =
            |text: &str, member: &str| format!("{},{member}}}", text.strip_suffix('}').expect("an object"));
        let issuer = format!(r#""iss":"{}""#, stage.provider.url);

        let tokens = [
            ("sub", stage.key.signed(&header, &twice(&claims, r#""sub":"person-2""#))),
            ("iss", stage.key.signed(&header, &twice(&claims, &issuer))),
            ("aud", stage.key.signed(&header, &twice(&claims, r#""aud":"concord""#))),
            ("inner", stage.key.signed(&header, &twice(&claims, r#""x":{"a":1,"a":1}"#))),
            ("alg", stage.key.signed(&twice(&header, r#""alg":"ES256""#), &claims)),
            ("kid", stage.key.signed(&twice(&header, r#""kid":"first""#), &claims)),
        ];

        assert_eq!(answered_otherwise(stage, &tokens).await, []);
    })
    .await;
}

#[tokio::test]
async fn tokens_that_nobody_or_everybody_can_sign_are_refused() {
    stage("secretariat", &[], async |stage| {
        let claims = stage.provider.claims().to_string();
        let headed = |alg: &str| {
            let header = json!({"alg": alg, "typ": "JWT", "kid": "first"}).to_string();
            format!("{}.{}", BASE64.encode(header), BASE64.encode(&claims))
        };
        let hmac = |secret: &[u8]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            format!("{}.{}", headed("HS256"), BASE64.encode(hmac::sign(&key, headed("HS256").as_bytes())))
        };
        let point = |name: &str| BASE64.decode(stage.key.jwk[name].as_str().expect("text")).expect("base64");
        let public = [vec![4], point("x"), point("y")].concat();
        let signature = part(&stage.token(|_| {}), 2).to_owned();

        let tokens = [
            ("none", format!("{}.", headed("none"))),
            ("None", format!("{}.", headed("None"))),
            ("none with a signature", format!("{}.{signature}", headed("none"))),
            ("no signature", format!("{}.", headed("ES256"))),
            ("HS256 by the public point", hmac(&public)),
            ("HS256 by the public key", hmac(stage.key.jwk.to_string().as_bytes())),
            ("another algorithm's name", format!("{}.{signature}", headed("RS256"))),
            ("no algorithm there is", format!("{}.{signature}", headed("XX999"))),
        ];

        assert_eq!(answered_otherwise(stage, &tokens).await, []);
    })
    .await;
}

#[tokio::test]
async fn keys_that_a_token_brings_or_somebody_else_has_are_refused() {
    stage("secretariat", &[], async |stage| {
        let (other, stranger) = (Key::es256("first"), Key::es256("second"));
        let elsewhere = Provider::with(&[&other, &stranger]).await;
        let claims = stage.provider.claims();
        let embedded = |name: &str, value: Json| {
            let mut header = other.header();
            header[name] = value;
            other.signed(&header.to_string(), &claims.to_string())
        };

        let tokens = [
            ("another's key of this name", other.token(&claims)),
            ("a name nobody knows", stranger.token(&claims)),
            ("no name", with_header(stage, |header| header["kid"] = Json::Null)),
            ("jwk", embedded("jwk", other.jwk.clone())),
            ("jku", embedded("jku", json!(format!("{}/keys", elsewhere.url)))),
            ("x5u", embedded("x5u", json!(format!("{}/keys", elsewhere.url)))),
            (
                "jwk beside a right signature",
                with_header(stage, |header| header["jwk"] = stage.key.jwk.clone()),
            ),
            ("crit", with_header(stage, |header| header["crit"] = json!(["exp"]))),
            ("b64", with_header(stage, |header| header["b64"] = json!(false))),
            (
                "a token made for something else",
                with_header(stage, |header| header["typ"] = json!("logout+jwt")),
            ),
        ];

        assert_eq!(answered_otherwise(stage, &tokens).await, []);
        assert_eq!(elsewhere.asked(), 0);
    })
    .await;
}

#[tokio::test]
async fn altered_tokens_are_refused() {
    stage("secretariat", &[], async |stage| {
        let right = stage.token(|_| {});
        let other = stage.token(|claims| claims["realm_access"] = json!({"roles": ["chief"]}));
        let (head, signature) = (part(&right, 0), part(&right, 2));

        let tokens = [
            ("other claims", format!("{head}.{}.{signature}", part(&other, 1))),
            ("a cut signature", right[..right.len() - 4].to_owned()),
            ("a fourth part", format!("{right}.{signature}")),
        ];

        assert_eq!(stage.tried(&right).await.0, 200);
        assert_eq!(answered_otherwise(stage, &tokens).await, []);
    })
    .await;
}

#[tokio::test]
async fn only_pinned_algorithms_and_keys_for_signing_are_taken() {
    stage("secretariat", &[], async |stage| {
        let (edwards, sealing) = (Key::eddsa("ed"), Key::es256("enc").with("use", json!("enc")));
        let (other, secret) = (Key::es256("es").with("alg", json!("ES384")), Key::eddsa("oct"));
        let secret = secret.with("kty", json!("oct")).with("k", json!("c2VjcmV0"));
        stage.provider.has(&[&stage.key, &edwards, &sealing, &other, &secret]);
        let claims = stage.provider.claims();
        let tokens = [&edwards, &sealing, &other, &secret].map(|key| (key.alg, key.token(&claims)));

        assert_eq!(stage.tried(&stage.token(|_| {})).await.0, 200);
        assert_eq!(answered_otherwise(stage, &tokens).await, []);
    })
    .await;
}

#[tokio::test]
async fn every_family_of_algorithms_is_taken_where_it_is_pinned() {
    let pinned = json!(["EdDSA", "RS256", "PS256"]);
    stage("secretariat", &[("algorithms", pinned)], async |stage| {
        let keys = [Key::eddsa("ed"), Key::rs256("rs"), Key::ps256("ps")];
        stage.provider.has(&keys.iter().chain([&stage.key]).collect::<Vec<_>>());
        let claims = stage.provider.claims();

        for key in &keys {
            assert_eq!(stage.tried(&key.token(&claims)).await, (200, 200, String::new()), "{}", key.alg);
        }
        assert_eq!(stage.tried(&stage.key.token(&claims)).await.0, 401);
    })
    .await;
}
