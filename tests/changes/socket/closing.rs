//! With which code a socket is closed, and when.

use std::num::NonZeroU32;

use concord::{
    config::{Config, Front},
    limits::streams::STREAMS_OF_A_USER,
    server,
    signin::{session, token},
};
use kernel::db::Db;
use serde_json::{Value as Json, json};

use super::{CHANGES, PROTOCOL, Socket, greeting};
use crate::{
    changes::{stream, until_open},
    support::{TestApp, app, client::Client},
};

/// What the service answers to these messages on a socket of nobody yet.
async fn closed_after(app: &TestApp, messages: &[Json]) -> Json {
    let mut socket = Socket::open(app, Some(PROTOCOL)).await;
    for message in messages {
        socket.say(message.clone()).await;
    }
    socket.closed().await
}

#[tokio::test]
async fn a_socket_is_closed_with_the_code_of_the_protocol() {
    app(async |app| {
        let init = json!({"type": "connection_init"});
        let subscribe = json!({"id": "a", "type": "subscribe", "payload": {"query": CHANGES}});
        let bad_token = json!({"type": "connection_init", "payload": {"authorization": "Bearer nonsense"}});
        let cases: [(&[Json], u16); 8] = [
            (&[json!({"type": "dance"})], 4400),
            (&[json!(["no", "object"])], 4400),
            (&[init.clone(), json!({"id": "a", "type": "subscribe"})], 4400),
            (&[init.clone(), json!({"id": "", "type": "subscribe", "payload": {"query": CHANGES}})], 4400),
            (std::slice::from_ref(&subscribe), 4401),
            (&[bad_token], 4403),
            (&[init.clone(), subscribe.clone(), subscribe.clone()], 4409),
            (&[init.clone(), init.clone()], 4429),
        ];

        let mut codes = Vec::new();
        for (messages, _) in &cases {
            codes.push(closed_after(app, messages).await);
        }
        let mut other = Socket::open(app, None).await;
        let late = closed_after(app, &[]).await;

        assert_eq!(codes, cases.map(|(_, code)| json!(code)));
        assert_eq!(other.hear().await, json!({"closed": 4406}));
        assert_eq!(late, json!(4408));
    })
    .await;
}

#[tokio::test]
async fn a_socket_is_closed_when_the_service_stops() {
    app(async |app| {
        let mut socket = Socket::greeted(app, "observer").await;
        socket.subscribe("a", CHANGES).await;

        app.state.stopping.cancel();
        let code = socket.closed().await;

        assert_eq!(code, json!(1001));
    })
    .await;
}

#[tokio::test]
async fn a_socket_is_closed_when_its_caller_holds_as_many_streams_as_it_may() {
    app(async |app| {
        let me = app.user("observer").await;
        let mut held = Vec::new();
        for _ in 0..STREAMS_OF_A_USER {
            held.push(stream::open(app, &me, "/changes?after=now").await);
        }

        let full = closed_after(app, &[greeting(&me)]).await;
        drop(held);
        until_open(app, 0).await;
        let free = Socket::greeted(app, "observer").await;

        assert_eq!(full, json!(4429));
        drop(free);
    })
    .await;
}

#[tokio::test]
async fn a_socket_is_closed_when_its_caller_has_spent_its_quota() {
    app(async |app| {
        let front = Front { caller_rate: NonZeroU32::MIN, ..Front::default() };
        let state = app.under(&Config { front, ..Config::default() }).await;
        let router = server::app(state.clone());
        let narrow = TestApp { state, router, world: app.world.clone(), url: app.url.clone() };

        let first = Socket::greeted(&narrow, "observer").await;
        let spent = closed_after(&narrow, &[greeting(&narrow.user("observer").await)]).await;

        assert_eq!(spent, json!(4429));
        drop(first);
    })
    .await;
}

#[tokio::test]
async fn a_socket_is_told_to_come_again_when_its_caller_cannot_be_looked_up() {
    app(async |app| {
        let db = Db::connect(&app.url, 2).await.expect("the database opens");
        let cut_off = TestApp::on(db, app.world.clone(), app.url.clone()).await;
        let me = cut_off.user("observer").await;
        cut_off.state.db.clone().close().await.expect("the database closes");

        let code = closed_after(&cut_off, &[greeting(&me)]).await;

        assert_eq!(code, json!(1013));
    })
    .await;
}

#[tokio::test]
async fn a_socket_closes_when_its_session_is_revoked_or_its_token_expires() {
    app(async |app| {
        let user = app.world.id("observer");
        let ctx = app.system();
        let id = session::open_session(&ctx, user).await.expect("a session");
        let token = token::issue(&app.state.keys, &app.state.clock, user, id).expect("a token");
        let mut revoked = Socket::open(app, Some(PROTOCOL)).await;
        revoked.say(greeting(&Client::new(app, Some(token)))).await;
        let greeted = revoked.hear().await;
        let mut expired = Socket::greeted(app, "officer").await;

        session::logout(&ctx, id).await.expect("the session ends");
        let first = revoked.hear().await;
        app.state.clock.advance(chrono::TimeDelta::minutes(token::LIFETIME_MINUTES));
        let second = expired.hear().await;

        assert_eq!(greeted, json!({"type": "connection_ack"}));
        assert_eq!((first, second), (json!({"closed": 4401}), json!({"closed": 4401})));
    })
    .await;
}

#[tokio::test]
async fn a_socket_of_a_key_is_closed_when_the_key_is_revoked() {
    app(async |app| {
        let person = app.user("officer").await;
        let made = person.post("/api-keys", json!({ "name": "Listener" })).await;
        let bound = person.post("/api-keys", json!({ "name": "Bound", "networks": ["192.0.2.0/24"] })).await;
        let secret = |made: &Json| Some(made["secret"].as_str().expect("a secret").to_owned());
        let mut socket = Socket::open(app, Some(PROTOCOL)).await;
        socket.say(greeting(&Client::new(app, secret(made.ok(201))))).await;
        let greeted = socket.hear().await;
        let elsewhere = closed_after(app, &[greeting(&Client::new(app, secret(bound.ok(201))))]).await;

        let path = format!("/api-keys/{}", made.body["api_key"]["id"].as_str().expect("an id"));
        person.act(&path, "revoke", json!({})).await.ok(200);

        assert_eq!(greeted, json!({"type": "connection_ack"}));
        assert_eq!((elsewhere, socket.closed().await), (json!(4403), json!(4401)));
    })
    .await;
}
