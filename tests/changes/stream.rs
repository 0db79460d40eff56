//! The feed as server-sent events.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, header},
};
use concord::domain::access::signin::session;
use futures_util::StreamExt;
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::now;
use crate::support::{TestApp, app, client::Client};

/// Opens the stream of a caller.
async fn open(app: &TestApp, client: &Client<'_>, path: &str) -> Events {
    let mut request = Request::get(format!("/api/v1{path}")).header(header::ACCEPT, "text/event-stream");
    if let Some(token) = &client.token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let answer =
        app.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    Events { body: answer.into_body(), text: String::new() }
}

/// A stream of events that is read one by one.
struct Events {
    body: Body,
    text: String,
}

impl Events {
    /// The next event with its fields; none when the stream has ended.
    async fn next(&mut self) -> Option<(String, String, Json)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    event
                        .lines()
                        .find_map(|line| line.strip_prefix(&format!("{name}: ")))
                        .unwrap_or_default()
                        .to_owned()
                };
                let found =
                    (field("event"), field("id"), serde_json::from_str(&field("data")).unwrap_or_default());
                self.text = rest.to_owned();
                if found.0.is_empty() {
                    continue;
                }
                return Some(found);
            }
            let frame = tokio::time::timeout(Duration::from_secs(20), self.body.frame())
                .await
                .expect("an event in time")?;
            let data = frame.expect("a frame").into_data().unwrap_or_default();
            self.text.push_str(std::str::from_utf8(&data).expect("UTF-8"));
        }
    }
}

#[tokio::test]
async fn changes_are_told_as_they_happen_and_resumed_without_a_gap() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let other = format!("/tasks/{}", app.world.id("task:group"));
        let mut events = open(app, &me, "/changes?after=now").await;

        me.edit(&path, json!({"title": "One"})).await.ok(200);
        let one = events.next().await.expect("an event");
        me.edit(&other, json!({"title": "Two"})).await.ok(200);
        let two = events.next().await.expect("an event");
        drop(events);
        let mut resumed = open(app, &me, &format!("/changes?after={}", one.1)).await;
        let again = resumed.next().await.expect("an event");

        assert_eq!((one.0.as_str(), &one.2["record"]["title"]), ("changed", &json!("One")));
        assert_eq!((two.0.as_str(), &two.2["record"]["title"]), ("changed", &json!("Two")));
        assert_eq!(again.2["id"], two.2["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_when_its_session_is_revoked() {
    app(async |app| {
        let user = app.world.id("observer");
        let ctx = app.system();
        let id = session::open_session(&ctx, user).await.expect("a session");
        let token =
            concord::domain::access::signin::token::issue(&app.state.keys, &app.state.clock, user, id);
        let me = Client::new(app, Some(token.expect("a token")));
        let mut events = open(app, &me, "/changes?after=now").await;

        session::logout(&ctx, id).await.expect("the session ends");
        let last = events.next().await.expect("an event");
        let end = events.next().await;

        assert_eq!((last.0.as_str(), &last.2["code"]), ("error", &json!("unauthenticated")));
        assert!(end.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_refusal_before_the_first_event_has_its_status() {
    app(async |app| {
        let me = app.user("observer").await.with("accept", "text/event-stream");

        let bad = me.get("/changes?after=nonsense").await;
        let elsewhere = me.get("/tasks").await;

        bad.problem(400, "cursor_invalid");
        elsewhere.problem(406, "not_acceptable");
    })
    .await;
}

#[tokio::test]
async fn a_caller_holds_so_many_streams_and_no_more() {
    app(async |app| {
        let me = app.user("observer").await;
        let after = now(&me).await;
        let path = format!("/changes?after={after}");
        let opening = futures_util::stream::iter(0..concord::streams::STREAMS_OF_A_USER);
        let held: Vec<Events> = opening.then(|_| open(app, &me, &path)).collect().await;

        let refused = me.with("accept", "text/event-stream").get(&path).await;
        let other = open(app, &app.user("officer").await, "/changes?after=now").await;
        let plain = me.get(&path).await;
        drop(held);

        refused.problem(429, "rate_limited");
        plain.ok(200);
        drop(other);
        // The seats are given up by the tasks behind the streams, which end by themselves.
        while app.state.streams.open() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}
