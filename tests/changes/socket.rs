//! Subscriptions over a WebSocket (`graphql-transport-ws`) and as server-sent events.

use std::time::Duration;

use axum::http::{Method, header};
use concord::domain::access::signin::{session, token};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value as Json, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::support::{TestApp, app};

const PROTOCOL: &str = "graphql-transport-ws";
const CHANGES: &str = "subscription { changes { event kind id cursor record } }";

/// A socket to a service on a port of this machine.
struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(app: &TestApp, protocol: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = app.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut request = format!("ws://{address}/graphql/ws").into_client_request().expect("a request");
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", protocol.parse().expect("a header"));
        }
        match connect_async(request).await {
            Ok((socket, _)) => Self(socket),
            Err(error) => panic!("no socket: {error}"),
        }
    }

    /// A socket on which the caller has been let in.
    async fn greeted(app: &TestApp, name: &str) -> Self {
        let token = app.user(name).await.token.expect("a token");
        let mut socket = Self::open(app, Some(PROTOCOL)).await;
        socket
            .say(json!({"type": "connection_init", "payload": {"Authorization": format!("Bearer {token}")}}))
            .await;
        assert_eq!(socket.hear().await, json!({"type": "connection_ack"}));
        socket
    }

    async fn say(&mut self, message: Json) {
        self.0.send(Message::text(message.to_string())).await.expect("a message is sent");
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({"id": id, "type": "subscribe", "payload": {"query": query}})).await;
    }

    /// What is said next: a message, or `{"closed": code}`.
    async fn hear(&mut self) -> Json {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), self.0.next())
                .await
                .expect("a message in time");
            match next {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).expect("JSON"),
                Some(Ok(Message::Close(frame))) => {
                    return json!({ "closed": frame.map(|frame| u16::from(frame.code)) });
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return json!({ "closed": null }),
            }
        }
    }
}

/// What the service answers to these messages on a socket of nobody yet.
async fn closed_after(app: &TestApp, messages: &[Json]) -> Json {
    let mut socket = Socket::open(app, Some(PROTOCOL)).await;
    for message in messages {
        socket.say(message.clone()).await;
    }
    loop {
        let heard = socket.hear().await;
        if heard.get("closed").is_some() {
            return heard["closed"].clone();
        }
    }
}

#[tokio::test]
async fn changes_are_told_over_a_socket() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let mut socket = Socket::greeted(app, "observer").await;
        socket.subscribe("a", CHANGES).await;
        socket.say(json!({"type": "ping"})).await;
        let pong = socket.hear().await;
        tokio::time::sleep(Duration::from_millis(300)).await;

        me.edit(&path, json!({"title": "Told"})).await.ok(200);
        let next = socket.hear().await;
        socket.say(json!({"id": "a", "type": "complete"})).await;
        let after = next["payload"]["data"]["changes"]["cursor"].as_str().expect("a cursor").to_owned();
        me.edit(&path, json!({"title": "Missed"})).await.ok(200);
        socket.subscribe("a", &CHANGES.replace("changes", &format!("changes(after: \"{after}\")"))).await;
        let resumed = socket.hear().await;

        assert_eq!(pong, json!({"type": "pong"}));
        assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!("a")));
        assert_eq!(next["payload"]["data"]["changes"]["record"]["title"], "Told");
        assert_eq!(resumed["payload"]["data"]["changes"]["record"]["title"], "Missed");
    })
    .await;
}

#[tokio::test]
async fn an_id_given_again_at_once_is_a_subscription_of_its_own() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let mut socket = Socket::greeted(app, "observer").await;

        for _ in 0..20 {
            socket.subscribe("a", CHANGES).await;
            socket.say(json!({"id": "a", "type": "complete"})).await;
        }
        socket.subscribe("a", CHANGES).await;
        socket.say(json!({"type": "ping"})).await;
        let pong = socket.hear().await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        me.edit(&format!("/tasks/{}", app.world.id("task:national")), json!({"title": "Told"})).await.ok(200);
        let next = socket.hear().await;

        assert_eq!(pong, json!({"type": "pong"}));
        assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!("a")), "{next}");
    })
    .await;
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
async fn a_socket_closes_when_its_session_is_revoked_or_its_token_expires() {
    app(async |app| {
        let user = app.world.id("observer");
        let ctx = app.system();
        let id = session::open_session(&ctx, user).await.expect("a session");
        let token = token::issue(&app.state.keys, &app.state.clock, user, id).expect("a token");
        let mut revoked = Socket::open(app, Some(PROTOCOL)).await;
        revoked
            .say(json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {token}")}}))
            .await;
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
async fn what_cannot_be_subscribed_to_is_refused_and_the_socket_stays() {
    app(async |app| {
        let mut socket = Socket::greeted(app, "observer").await;
        let deep = format!("subscription {{ changes {}id{} }}", "{ a ".repeat(20), "}".repeat(20));

        let mut codes = Vec::new();
        for (id, query) in [
            ("syntax", "subscription {"),
            ("query", "{ me { id } }"),
            ("deep", &deep),
            ("cursor", "subscription { changes(after: \"nonsense\") { id } }"),
            ("kind", "subscription { changes(kinds: [\"cookie\"]) { id } }"),
        ] {
            socket.subscribe(id, query).await;
            let said = socket.hear().await;
            assert_eq!((&said["type"], &said["id"]), (&json!("error"), &json!(id)), "{said}");
            codes.push(said["payload"][0]["extensions"]["code"].clone());
        }
        for at in 0..20 {
            socket.subscribe(&at.to_string(), CHANGES).await;
        }
        socket.subscribe("more", CHANGES).await;
        let more = socket.hear().await;

        assert_eq!(
            codes,
            ["bad_request", "bad_request", "query_too_costly", "cursor_invalid", "bad_request"]
        );
        assert_eq!(
            (&more["id"], &more["payload"][0]["extensions"]["code"]),
            (&json!("more"), &json!("rate_limited"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_subscription_ends_when_other_records_become_visible() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let mut socket = Socket::greeted(app, "officer").await;
        socket.subscribe("a", CHANGES).await;
        tokio::time::sleep(Duration::from_millis(300)).await;

        let seat = json!({"working_group": app.world.id("working_group:KGZ"), "agency": "MES"});
        me.post("/memberships", seat).await.ok(201);
        let said = socket.hear().await;

        assert_eq!((&said["type"], &said["id"]), (&json!("error"), &json!("a")));
        assert_eq!(said["payload"][0]["extensions"]["code"], "rights_changed");
    })
    .await;
}

#[tokio::test]
async fn without_a_socket_the_address_says_what_it_is() {
    app(async |app| {
        let plain = app.anonymous().send(Method::GET, "/graphql/ws", None, Vec::new()).await;
        let stranger = app.anonymous().with("authorization", "Bearer nonsense");
        let bad = stranger.send(Method::GET, "/graphql/ws", None, Vec::new()).await;

        plain.problem(400, "bad_request");
        bad.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_subscription_is_streamed_as_events_too() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let query = "subscription { changes(after: \"nonsense\") { id } }";
        let body = json!({ "query": query }).to_string();
        let streamed = me.with("accept", "text/event-stream");

        let refused =
            streamed.send(Method::POST, "/graphql", Some("application/json"), body.into_bytes()).await;
        let body = json!({ "query": "{ me { id } }" }).to_string();
        let query =
            streamed.send(Method::POST, "/graphql", Some("application/json"), body.into_bytes()).await;

        assert_eq!(
            (refused.status, refused.headers[header::CONTENT_TYPE].as_bytes()),
            (200, &b"text/event-stream"[..])
        );
        let text = String::from_utf8(refused.bytes).expect("UTF-8");
        assert!(text.starts_with("event: next\ndata: ") && text.contains("cursor_invalid"), "{text}");
        assert!(text.trim_end().ends_with("event: complete"), "{text:?}");
        assert_eq!((query.status, query.fault()), (400, "bad_request"));
    })
    .await;
}
