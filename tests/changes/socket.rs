//! Subscriptions over a WebSocket (`graphql-transport-ws`) and as server-sent events.

mod closing;
mod issuers;

use std::time::Duration;

use axum::http::{Method, Request, header};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value as Json, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::{now, stream::Events};
use crate::support::{TestApp, app, client::Client};

const PROTOCOL: &str = "graphql-transport-ws";
const CHANGES: &str = "subscription { changes { event kind id cursor record } }";

/// A subscription that goes on after a cursor.
fn changes_after(cursor: &str) -> String {
    CHANGES.replace("changes", &format!("changes(after: \"{cursor}\")"))
}

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
        let mut socket = Self::open(app, Some(PROTOCOL)).await;
        socket.say(greeting(&app.user(name).await)).await;
        assert_eq!(socket.hear().await, json!({"type": "connection_ack"}));
        socket
    }

    async fn say(&mut self, message: Json) {
        self.0.send(Message::text(message.to_string())).await.expect("a message is sent");
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({"id": id, "type": "subscribe", "payload": {"query": query}})).await;
    }

    /// The code with which the socket is closed, whatever is said before.
    async fn closed(&mut self) -> Json {
        loop {
            let heard = self.hear().await;
            if let Some(code) = heard.get("closed") {
                return code.clone();
            }
        }
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

/// The message with which a caller is let in; members are named as headers are, in any case.
fn greeting(client: &Client<'_>) -> Json {
    let token = client.token.as_ref().expect("a token");
    json!({"type": "connection_init", "payload": {"Authorization": format!("Bearer {token}")}})
}

#[tokio::test]
async fn changes_are_told_over_a_socket() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let before = now(&app.user("observer").await).await;
        let mut socket = Socket::greeted(app, "observer").await;
        socket.subscribe("a", &changes_after(&before)).await;
        socket.say(json!({"type": "ping"})).await;
        let pong = socket.hear().await;

        me.edit(&path, json!({"title": "Told"})).await.ok(200);
        let next = socket.hear().await;
        socket.say(json!({"id": "a", "type": "complete"})).await;
        let after = next["payload"]["data"]["changes"]["cursor"].as_str().expect("a cursor").to_owned();
        me.edit(&path, json!({"title": "Missed"})).await.ok(200);
        socket.subscribe("a", &changes_after(&after)).await;
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
        let subscription = changes_after(&now(&app.user("observer").await).await);
        let mut socket = Socket::greeted(app, "observer").await;

        for _ in 0..20 {
            socket.subscribe("a", &subscription).await;
            socket.say(json!({"id": "a", "type": "complete"})).await;
        }
        socket.subscribe("a", &subscription).await;
        socket.say(json!({"type": "ping"})).await;
        let pong = socket.hear().await;
        me.edit(&format!("/tasks/{}", app.world.id("task:national")), json!({"title": "Told"})).await.ok(200);
        let next = socket.hear().await;

        assert_eq!(pong, json!({"type": "pong"}));
        assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!("a")), "{next}");
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
        let before = now(&app.user("officer").await).await;
        let mut socket = Socket::greeted(app, "officer").await;
        socket.subscribe("a", &changes_after(&before)).await;
        me.edit(&format!("/tasks/{}", app.world.id("task:national")), json!({"title": "Told"})).await.ok(200);
        let told = socket.hear().await;

        let seat = json!({"working_group": app.world.id("working_group:KGZ"), "agency": "MES"});
        me.post("/memberships", seat).await.ok(201);
        let said = socket.hear().await;

        assert_eq!((&told["type"], &told["id"]), (&json!("next"), &json!("a")));
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
        let body = json!({ "query": changes_after(&now(&me).await) }).to_string();
        let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        let mut events = Events::asked(app, &me, request.body(body.into()).expect("a request")).await;

        me.edit(&format!("/tasks/{}", app.world.id("task:national")), json!({"title": "Told"})).await.ok(200);
        let (event, _, told) = events.next().await.expect("an event");

        assert_eq!(event, "next");
        assert_eq!(told["data"]["changes"]["record"]["title"], "Told", "{told}");
    })
    .await;
}

#[tokio::test]
async fn a_stream_of_a_refused_subscription_ends_at_once_and_a_query_has_none() {
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
