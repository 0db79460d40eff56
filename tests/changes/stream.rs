//! The feed as server-sent events.

use std::{num::NonZeroU32, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, Request, header},
};
use concord::{config::Front, server, signin::session};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::{now, until_open};
use crate::{
    limits::config,
    support::{TestApp, app, client::Client},
};

/// Opens the stream of a caller.
pub async fn open(app: &TestApp, client: &Client<'_>, path: &str) -> Events {
    let request = Request::get(format!("/api/v1{path}"));
    Events::asked(app, client, request.body(Body::empty()).expect("a request")).await
}

/// A stream of events that is read one by one.
pub struct Events {
    body: Body,
    text: String,
}

impl Events {
    /// What answers the request of a caller as a stream.
    pub async fn asked(app: &TestApp, client: &Client<'_>, mut request: Request<Body>) -> Self {
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(token) = &client.token {
            headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().expect("a header"));
        }
        let answer = app.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self { body: answer.into_body(), text: String::new() }
    }

    /// The next event with its fields; none when the stream has ended.
    pub async fn next(&mut self) -> Option<(String, String, Json)> {
        loop {
            let (event, id, data) = self.part().await?;
            if !event.is_empty() {
                return Some((event, id, data));
            }
        }
    }

    /// The next part, which may have an id and nothing else.
    async fn part(&mut self) -> Option<(String, String, Json)> {
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
async fn a_stream_that_broke_before_anything_happened_is_resumed_without_a_gap() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let mut events = open(app, &me, "/changes?after=now").await;

        let (event, begun, _) = events.part().await.expect("where the stream begins");
        drop(events);
        me.edit(&path, json!({"title": "Meanwhile"})).await.ok(200);
        let mut resumed = open(app, &me, &format!("/changes?after={begun}")).await;
        let missed = resumed.next().await.expect("an event");

        assert_eq!(event, "");
        assert_eq!(missed.2["record"]["title"], "Meanwhile");
    })
    .await;
}

#[tokio::test]
async fn a_stream_whose_caller_cannot_pay_ends_before_what_it_does_not_tell() {
    app(async |app| {
        let caller_rate = NonZeroU32::new(3).expect("units");
        let state = app.under(&config(Front { caller_rate, ..Front::default() })).await;
        let router = server::app(state.clone());
        let poor = TestApp { state, router, world: app.world.clone(), url: app.url.clone() };
        let me = app.user("focal_point").await;
        let spent = Client::new(&poor, me.token.clone());
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let mut events = open(&poor, &spent, "/changes?after=now").await;
        let (_, begun, _) = events.part().await.expect("where the stream begins");
        for _ in 0..2 {
            spent.get("/vocabularies").await.ok(200);
        }

        me.edit(&path, json!({"title": "Unpaid"})).await.ok(200);
        let last = events.next().await.expect("an event");
        let end = events.next().await;
        let mut resumed = open(app, &me, &format!("/changes?after={begun}")).await;
        let again = resumed.next().await.expect("an event");

        assert_eq!((last.0.as_str(), &last.2["code"]), ("problem", &json!("rate_limited")));
        assert!(end.is_none());
        assert_eq!(again.2["record"]["title"], "Unpaid");
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_when_its_session_is_revoked() {
    app(async |app| {
        let user = app.world.id("observer");
        let ctx = app.system();
        let id = session::open_session(&ctx, user).await.expect("a session");
        let token = concord::signin::token::issue(&app.state.keys, &app.state.clock, user, id);
        let me = Client::new(app, Some(token.expect("a token")));
        let mut events = open(app, &me, "/changes?after=now").await;

        session::logout(&ctx, id).await.expect("the session ends");
        let last = events.next().await.expect("an event");
        let end = events.next().await;

        assert_eq!((last.0.as_str(), &last.2["code"]), ("problem", &json!("unauthenticated")));
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
        let opening = futures_util::stream::iter(0..concord::limits::streams::STREAMS_OF_A_USER);
        let held: Vec<Events> = opening.then(|_| open(app, &me, &path)).collect().await;

        let refused = me.with("accept", "text/event-stream").get(&path).await;
        let other = open(app, &app.user("officer").await, "/changes?after=now").await;
        let plain = me.get(&path).await;
        drop(held);

        refused.problem(429, "rate_limited");
        plain.ok(200);
        drop(other);
        until_open(app, 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_dropped() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let unread = open(app, &me, "/changes?after=now").await;
        let before = app.state.streams.open();

        for number in 0..10 {
            let task = json!({"owner": "KGZ", "title": format!("Task {number}"), "lead_agency": "MES", "language": "en"});
            me.post("/tasks", task).await.ok(201);
        }
        until_open(app, 0).await;

        assert_eq!(before, 1);
        drop(unread);
    })
    .await;
}
