//! Access tokens that are not ours, not for us, or not good any more.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use concord::signin::{keys::KeyRing, secret::InstallationSecret, session, token};
use kernel::db::Db;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{
    TestApp, app,
    client::{Answer, Client},
    db, start,
};

/// Right claims of the focal point.
async fn claims(app: &TestApp) -> Json {
    let user = app.world.id("focal_point");
    let session = session::open_session(&app.system(), user).await.expect("a session");
    let now = start().timestamp();
    json!({"iss": "concord", "aud": "concord-api", "sub": user, "sid": session, "jti": Uuid::nil(),
        "iat": now, "nbf": now, "exp": now + 900})
}

/// A token with these claims, signed with our key.
fn signed(app: &TestApp, claims: &Json) -> String {
    token::sign_claims(&app.state.keys, claims).expect("a token")
}

/// The claims with one of them changed or, for null, taken away.
fn with(claims: &Json, name: &str, value: Json) -> Json {
    let mut other = claims.clone();
    if value.is_null() {
        other.as_object_mut().and_then(|all| all.remove(name));
    } else {
        other[name] = value;
    }
    other
}

/// What public addresses on both faces say to a token.
async fn tried(app: &TestApp, token: &str) -> (u16, u16) {
    let who = Client::new(app, Some(token.to_owned()));
    let rest = who.get("/countries").await;
    let graphql = who.graphql("{ countries { totalCount } }", json!({})).await;
    assert!(rest.status == 200 || rest.headers.contains_key("www-authenticate"));
    (rest.status, graphql.status)
}

/// Tries tokens with each of these claims changed; answers those that were taken.
async fn taken(app: &TestApp, changes: &[(&str, Json)]) -> Vec<String> {
    let right = claims(app).await;
    let mut taken = Vec::new();
    for (name, value) in changes {
        let token = signed(app, &with(&right, name, value.clone()));
        if tried(app, &token).await != (401, 401) {
            taken.push(format!("{name} = {value}"));
        }
    }
    taken
}

/// A token with its header or claims replaced, the signature kept.
fn altered(token: &str, part: usize, to: &Json) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts[part] = BASE64.encode(to.to_string());
    parts.join(".")
}

async fn authorization(app: &TestApp, value: &str) -> Answer {
    app.anonymous().with("authorization", value).get("/countries").await
}

#[tokio::test]
async fn right_claims_are_taken() {
    app(async |app| {
        let right = signed(app, &claims(app).await);

        assert_eq!(tried(app, &right).await, (200, 200));
    })
    .await;
}

#[tokio::test]
async fn wrong_claims_are_refused_and_never_anonymous() {
    app(async |app| {
        let now = start().timestamp();
        let wrong = [
            ("iss", json!("somebody")),
            ("iss", json!(["concord"])),
            ("iss", json!(null)),
            ("aud", json!("another-api")),
            ("aud", json!(["concord-api", "another-api"])),
            ("aud", json!(null)),
            ("exp", json!(now)),
            ("exp", json!(now - 1)),
            ("exp", json!("never")),
            ("exp", json!(null)),
            ("nbf", json!(now + 60)),
            ("nbf", json!(null)),
            ("iat", json!(now + 60)),
            ("sub", json!("0198c0de-0000-7000-8000-000000000001")),
            ("sub", json!("nobody")),
            ("sub", json!(null)),
            ("sid", json!("0198c0de-0000-7000-8000-000000000001")),
            ("sid", json!(null)),
        ];

        assert_eq!(taken(app, &wrong).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_session_serves_only_its_own_user() {
    app(async |app| {
        let other = json!(app.world.id("secretariat"));

        assert_eq!(taken(app, &[("sub", other)]).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_token_without_signature_is_refused() {
    app(async |app| {
        let right = signed(app, &claims(app).await);
        let none = altered(&right, 0, &json!({"alg": "none", "typ": "JWT"}));
        let bare = format!("{}.", none.rsplit_once('.').expect("a token").0);
        let hmac = altered(&right, 0, &json!({"alg": "HS256", "typ": "JWT"}));

        assert_eq!(tried(app, &none).await, (401, 401));
        assert_eq!(tried(app, &bare).await, (401, 401));
        assert_eq!(tried(app, &hmac).await, (401, 401));
    })
    .await;
}

#[tokio::test]
async fn altered_claims_are_refused() {
    app(async |app| {
        let claims = claims(app).await;
        let right = signed(app, &claims);
        let longer = altered(&right, 1, &with(&claims, "exp", json!(4_000_000_000_i64)));
        let other = altered(&right, 1, &with(&claims, "sub", json!(app.world.id("operator"))));
        let cut = &right[..right.len() - 4];

        assert_eq!(tried(app, &longer).await, (401, 401));
        assert_eq!(tried(app, &other).await, (401, 401));
        assert_eq!(tried(app, cut).await, (401, 401));
    })
    .await;
}

#[tokio::test]
async fn a_token_of_another_installation_is_refused() {
    app(async |app| {
        let url = db::blank().await;
        let elsewhere = Db::connect(&url, 1).await.expect("a database");
        let secret = InstallationSecret::from_text(crate::support::SECRET).expect("a secret");
        let ring = KeyRing::open(&elsewhere, &app.state.clock, &secret).await.expect("keys");
        let foreign = token::sign_claims(&ring, &claims(app).await).expect("a token");
        let kid = json!({"alg": "EdDSA", "typ": "JWT", "kid": our_kid(app)});
        drop(ring);
        elsewhere.close().await.expect("the database closes");
        db::remove(&url).await;

        assert_eq!(tried(app, &foreign).await, (401, 401));
        assert_eq!(tried(app, &altered(&foreign, 0, &kid)).await, (401, 401));
    })
    .await;
}

fn our_kid(app: &TestApp) -> Json {
    app.state.keys.jwks()["keys"][0]["kid"].clone()
}

#[tokio::test]
async fn what_is_no_bearer_token_is_refused() {
    app(async |app| {
        authorization(app, "Bearer").await.problem(401, "unauthenticated");
        authorization(app, "Bearer ").await.problem(401, "unauthenticated");
        authorization(app, "Bearer nonsense").await.problem(401, "unauthenticated");
        authorization(app, "Basic b2ZmaWNlcjpwYXNz").await.problem(401, "unauthenticated");
        authorization(app, "nonsense").await.problem(401, "unauthenticated");
        authorization(app, &format!("Bearer {}", "a".repeat(9000))).await.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn the_public_keys_verify_what_is_signed() {
    app(async |app| {
        let right = signed(app, &claims(app).await);
        let header = BASE64.decode(right.split('.').next().expect("a header")).expect("base64");
        let header: Json = serde_json::from_slice(&header).expect("JSON");

        let keys =
            app.anonymous().send(axum::http::Method::GET, "/.well-known/jwks.json", None, Vec::new()).await;

        let key = &keys.ok(200)["keys"][0];
        assert_eq!(key["kid"], header["kid"]);
        assert_eq!(key["kty"], "OKP");
        assert_eq!(key["crv"], "Ed25519");
        assert!(key["d"].is_null());
    })
    .await;
}

#[tokio::test]
async fn tokens_carry_identity_and_no_roles() {
    app(async |app| {
        let user = app.world.id("focal_point");
        let session = session::open_session(&app.system(), user).await.expect("a session");
        let issued = token::issue(&app.state.keys, &app.state.clock, user, session).expect("a token");

        let claims = BASE64.decode(issued.split('.').nth(1).expect("claims")).expect("base64");
        let claims: Json = serde_json::from_slice(&claims).expect("JSON");

        let mut names: Vec<&String> = claims.as_object().expect("an object").keys().collect();
        names.sort();
        assert_eq!(names, ["aud", "exp", "iat", "iss", "jti", "nbf", "sid", "sub"]);
    })
    .await;
}
