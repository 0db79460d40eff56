//! Keys on every face: what they cost, whose quota they take, and streams that end with them.

use std::num::NonZeroU32;

use axum::http::header;
use base64::{Engine, engine::general_purpose::STANDARD};
use concord::{
    config::{Config, Front},
    server,
};
use serde_json::{Value as Json, json};

use super::{key_of, made};
use crate::{
    limits::{ask, peer, read, text},
    support::{TestApp, app, client::Client},
};

/// Statements of a first and a second request of one caller.
async fn costs(app: &TestApp, who: &Client<'_>, request: impl AsyncFn(&Client<'_>)) -> [u64; 2] {
    let counted = crate::statements::counted(app);
    let counted = TestApp {
        state: counted.state.with(|parts| parts.standings = kernel::standings::Standings::default()),
        ..counted
    };
    let counted = TestApp { router: server::app(counted.state.clone()), ..counted };
    let who = who.at(&counted);
    let mut found = [0; 2];
    for cost in &mut found {
        let before = counted.state.db.statements();
        request(&who).await;
        *cost = counted.state.db.statements() - before;
    }
    found
}

#[tokio::test]
async fn a_key_costs_no_more_statements_than_a_token() {
    app(async |app| {
        let person = app.user("officer").await;
        let limits = json!({ "read_kinds": ["task"], "networks": [], "read_ceiling": "national", "is_read_only": true });
        let key = made(&person, limits).await.client(app);
        let one = format!("/tasks/{}", app.world.id("task:national"));
        let paths = [one.as_str(), "/tasks?total=true", "/changes?limit=5", "/me"];
        for path in paths {
            let ask = async |who: &Client<'_>| drop(who.get(path).await);
            let (by_key, by_token) = (costs(app, &key, ask).await, costs(app, &person, ask).await);
            assert!(by_key[0] <= by_token[0] && by_key[1] <= by_token[1], "{path}: {by_key:?}, {by_token:?}");
        }
        let query = async |who: &Client<'_>| drop(who.graphql("{ tasks { nodes { title } } }", json!({})).await);

        assert_eq!(costs(app, &key, async |who| drop(who.get(&one).await.ok(200).clone())).await[1], 1);
        assert_eq!(costs(app, &key, query).await, costs(app, &person, query).await);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_charged_like_a_user_of_its_own() {
    app(async |app| {
        let (one, other) = (key_of(app, "officer", json!({})).await, key_of(app, "officer", json!({})).await);
        let person = app.user("officer").await.token.expect("a token");
        let caller_rate = NonZeroU32::new(2).expect("units");
        let router = server::app(
            app.under(&Config { front: Front { caller_rate, ..Front::default() }, ..Config::default() })
                .await,
        );
        let status = async |secret: &str| {
            let bearer = format!("Bearer {secret}");
            let answer = ask(
                &router,
                read("/api/v1/vocabularies", peer("192.0.2.7"), &[(header::AUTHORIZATION.as_str(), &bearer)]),
            )
            .await;
            (answer.status().as_u16(), text(&answer, "ratelimit-policy").contains("caller"))
        };

        let spent = [status(&one.secret).await, status(&one.secret).await, status(&one.secret).await];

        assert_eq!(spent, [(200, true), (200, true), (429, true)]);
        assert_eq!([status(&other.secret).await, status(&person).await], [(200, true); 2]);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_the_password_of_basic_on_both_faces() {
    app(async |app| {
        let made = key_of(app, "officer", json!({})).await;
        let given = format!("basic {}", STANDARD.encode(format!("spreadsheet:{}", made.secret)));
        let by_basic = Client::new(app, None).with("authorization", given);
        let by_bearer = made.client(app);
        let query = "{ tasks { nodes { title } } me { id } }";

        assert_eq!(by_basic.get("/tasks").await.ok(200), by_bearer.get("/tasks").await.ok(200));
        assert_eq!(
            by_basic.graphql(query, json!({})).await.data(),
            by_bearer.graphql(query, json!({})).await.data()
        );
        assert_eq!(by_basic.get("/me").await.ok(200)["email"], "officer@test");
    })
    .await;
}

#[tokio::test]
async fn both_faces_list_read_and_revoke_keys() {
    app(async |app| {
        let person = app.user("officer").await;
        let made = made(&person, json!({ "read_kinds": ["task"] })).await;
        let list = "query($u: [ID!]) { apiKeys(filter: { userId: $u, status: [ACTIVE] }) { nodes { id prefix readKinds user { id } history { totalCount } } } }";
        let revoke = "mutation($id: ID!) { revokeApiKey(input: { id: $id, expectedVersion: 1, statusReason: \"Old\" }) { apiKey { status statusReason } } }";
        let by_rest = person.get(&format!("/api-keys?status=active&user_id={}", app.world.id("officer"))).await;

        let by_graphql = person.graphql(list, json!({ "u": [app.world.id("officer")] })).await;
        let revoked = person.graphql(revoke, json!({ "id": made.id })).await;

        assert_eq!(by_rest.ok(200)["items"][0]["prefix"], json!(made.prefix));
        let node = &by_graphql.data()["apiKeys"]["nodes"][0];
        assert_eq!((&node["prefix"], &node["readKinds"]), (&json!(made.prefix), &json!(["task"])));
        assert_eq!(node["history"]["totalCount"], 1);
        assert_eq!(revoked.data()["revokeApiKey"]["apiKey"], json!({ "status": "REVOKED", "statusReason": "Old" }));
        made.client(app).get("/tasks").await.problem(401, "unauthenticated");
        assert_eq!(person.get("/api-keys?status=active").await.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_with_its_key() {
    app(async |app| {
        let made = key_of(app, "officer", json!({})).await;
        let key = made.client(app);
        let cursor =
            key.get("/changes?after=now").await.ok(200)["next"].as_str().expect("a cursor").to_owned();
        let path = format!("/changes?wait=20&after={cursor}");
        let waiting = key.get(&path);
        let revoke = async {
            let person = app.user("officer").await;
            person.act(&made.path(), "revoke", json!({})).await.ok(200).clone()
        };

        let (waited, revoked): (_, Json) = tokio::join!(waiting, revoke);

        assert_eq!(revoked["status"], "revoked");
        waited.problem(401, "unauthenticated");
    })
    .await;
}
