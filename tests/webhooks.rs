//! Webhooks: what the feed tells its reader, sent in order, signed, and to nobody else.

mod addresses;
mod keys;
mod managing;
mod rights;
mod sending;
mod summaries;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use concord::{
    jobs::{self, Ran},
    outgoing::hooks::Hooks,
    server,
};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::{TestApp, app, client::Client};

/// Runs a test where webhooks may be sent to this machine.
async fn hooked<F>(test: F)
where
    F: AsyncFnOnce(&TestApp),
{
    app(async |app| {
        let hooks = Hooks::to(&["127.0.0.0/8".parse().expect("a network")]).expect("hooks");
        test(&with(app, hooks)).await;
    })
    .await;
}

/// The same service, which sends otherwise.
fn with(app: &TestApp, hooks: Hooks) -> TestApp {
    let state = app.state.with(|parts| parts.hooks = hooks);
    TestApp { router: server::app(state.clone()), state, world: app.world.clone(), url: app.url.clone() }
}

/// A message as it came.
#[derive(Clone, Debug)]
struct Got {
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("text")
    }

    fn json(&self) -> Json {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// Its type, and the title of the record.
    fn tells(&self) -> (String, String) {
        let json = self.json();
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        (text(&json["type"]), text(&json["data"]["record"]["title"]))
    }
}

/// Somebody who takes messages, on a port of this machine.
#[derive(Clone, Default)]
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<Got>>>,
    /// Statuses of the next answers; 204 where there is none.
    next: Arc<Mutex<VecDeque<u16>>>,
    elsewhere: String,
}

impl Receiver {
    async fn new() -> Self {
        Self::pointing("").await
    }

    /// One whose redirects lead to this address.
    async fn pointing(elsewhere: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook?x=1", listener.local_addr().expect("an address"));
        let receiver = Self { url, elsewhere: elsewhere.to_owned(), ..Self::default() };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    fn answers(&self, statuses: &[u16]) {
        self.next.lock().expect("the answers").extend(statuses);
    }

    /// What came since it was asked last.
    fn got(&self) -> Vec<Got> {
        std::mem::take(&mut *self.got.lock().expect("what came"))
    }

    /// The titles of the records that came since it was asked last.
    fn titles(&self) -> Vec<String> {
        self.got().iter().map(|one| one.tells().1).collect()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    let body = String::from_utf8(body.to_vec()).expect("text");
    receiver.got.lock().expect("what came").push(Got { headers, body });
    let status = receiver.next.lock().expect("the answers").pop_front().unwrap_or(204);
    let location = [(header::LOCATION, receiver.elsewhere)];
    (StatusCode::from_u16(status).expect("a status"), location).into_response()
}

/// Lets the service send what it has to send.
async fn run(app: &TestApp) {
    let job = jobs::ALL.iter().find(|job| job.name() == "webhooks").expect("the job");
    assert_eq!(job.run(&app.state.service(CancellationToken::new())).await, Ran::Done);
}

/// Makes a webhook; answers its path and what is told of it.
async fn made(me: &Client<'_>, url: &str, more: Json) -> (String, Json) {
    let mut body = json!({ "url": url });
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let answer = me.post("/webhooks", body).await;
    let hook = answer.ok(201).clone();
    (format!("/webhooks/{}", hook["id"].as_str().expect("an id")), hook)
}

/// What is told of a webhook now.
async fn seen(app: &TestApp, name: &str, path: &str) -> Json {
    app.user(name).await.get(path).await.ok(200).clone()
}

/// Makes a task; answers its path.
async fn task(app: &TestApp, name: &str, title: &str, more: Json) -> String {
    let mut body = json!({ "owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en" });
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let made = app.user(name).await.post("/tasks", body).await;
    made.ok(201);
    format!("/tasks/{}", made.id())
}

/// Moves the clock to the next attempt; answers how many seconds that is.
async fn wait(app: &TestApp, name: &str, path: &str) -> i64 {
    let next = seen(app, name, path).await["next_attempt_at"].as_str().expect("an instant").to_owned();
    let wait = next.parse::<DateTime<Utc>>().expect("an instant") - app.state.clock.now();
    app.state.clock.advance(wait);
    wait.num_seconds()
}
