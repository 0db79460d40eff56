//! API keys: made once and shown once, met with the grants of their person now, gone with the next request.

mod attacks;
mod faces;
mod narrowing;
mod wider;

use chrono::TimeDelta;
use concord::domain::KINDS;
use kernel::{db::Db, record::Op};
use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client, start};

/// A key with its secret.
struct Made {
    id: String,
    prefix: String,
    secret: String,
}

impl Made {
    fn path(&self) -> String {
        format!("/api-keys/{}", self.id)
    }

    /// Whoever calls with it.
    fn client<'a>(&self, app: &'a TestApp) -> Client<'a> {
        Client::new(app, Some(self.secret.clone()))
    }
}

/// Makes a key of somebody with these limits.
async fn made(person: &Client<'_>, limits: Json) -> Made {
    let mut body = json!({ "name": "Nightly copy" });
    body.as_object_mut().expect("members").extend(limits.as_object().cloned().expect("members"));
    let answer = person.post("/api-keys", body).await;
    let text = |at: &str| answer.ok(201).pointer(at).and_then(Json::as_str).expect("a text").to_owned();
    Made { id: text("/api_key/id"), prefix: text("/api_key/prefix"), secret: text("/secret") }
}

/// A key of a person of the world with these limits.
async fn key_of(app: &TestApp, name: &str, limits: Json) -> Made {
    made(&app.user(name).await, limits).await
}

/// Another process on the same database.
async fn process(app: &TestApp) -> TestApp {
    let db = Db::connect(&app.url, 4).await.expect("the database opens");
    TestApp::on(db, app.world.clone(), app.url.clone()).await
}

/// Edits a record of the world in a process, as the service itself.
async fn edit(process: &TestApp, name: &str, fields: Json) {
    let def = KINDS.get(name.split(':').next().expect("a kind")).expect("a kind");
    let fields = fields.as_object().cloned().expect("fields");
    let op = Op::Update { id: process.world.id(name), version: Some(1), fields };
    let mut unit = process.system().begin().await.expect("a unit");
    unit.apply_one(def, op).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    unit.commit().await.expect("committed");
}

/// Titles of a list, sorted; the status where there is none.
async fn titles(who: &Client<'_>, path: &str) -> Json {
    let answer = who.get(path).await;
    let Some(items) = answer.body["items"].as_array() else { return json!(answer.status) };
    let mut titles: Vec<&str> = items.iter().filter_map(|item| item["title"].as_str()).collect();
    titles.sort_unstable();
    json!(titles)
}

#[tokio::test]
async fn a_key_is_shown_once() {
    app(async |app| {
        let me = app.user("officer").await;
        let answer = me.post("/api-keys", json!({ "name": "Copy", "read_kinds": ["task"] })).await;
        let made = answer.ok(201);
        let (secret, key) = (made["secret"].as_str().expect("a secret"), &made["api_key"]);
        let path = format!("/api-keys/{}", key["id"].as_str().expect("an id"));

        let read = me.get(&path).await;
        let history = me.get(&format!("{path}/history")).await;
        let images = app.stored("change_payload", "after").await.concat();
        let hashes = app.stored("api_key_secret", "hash").await;

        assert!(secret.starts_with(&format!("{}_", key["prefix"].as_str().expect("a prefix"))), "{secret}");
        assert_eq!(secret.len(), 57);
        assert_eq!(
            (&key["owner"], &key["status"], &key["read_kinds"]),
            (&json!("KGZ"), &json!("active"), &json!(["task"]))
        );
        assert_eq!(key["user"]["id"], app.world.id("officer").to_string());
        assert_eq!(answer.headers["location"], format!("/api/v1{path}"));
        assert_eq!(answer.headers["cache-control"], "no-store");
        let half = &secret[14..];
        for kept in [read.ok(200).to_string(), history.ok(200).to_string(), images, hashes.concat()] {
            assert!(!kept.contains(half), "{kept}");
        }
        assert_eq!(hashes, [kernel::crypto::sha256(&[secret.as_bytes()])]);
    })
    .await;
}

#[tokio::test]
async fn no_two_keys_are_alike_and_no_call_is_repeated() {
    app(async |app| {
        let me = app.user("officer").await.with("idempotency-key", "once");

        let (one, other) = (made(&me, json!({})).await, made(&me, json!({})).await);

        assert_ne!((one.id, one.prefix, one.secret), (other.id, other.prefix, other.secret));
        assert_eq!(app.count("idempotency_key").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_key_does_what_its_person_does() {
    app(async |app| {
        let person = app.user("officer").await;
        let key = made(&person, json!({})).await.client(app);
        let task = json!({ "owner": "KGZ", "title": "By a program", "lead_agency": "MES", "language": "en" });

        let written = key.post("/tasks", task).await;

        assert_eq!(written.ok(201)["created_by"], app.world.id("officer").to_string());
        for path in ["/tasks", "/plans", "/users", "/grants", "/api-keys", "/countries"] {
            assert_eq!(
                key.get(path).await.ok(200)["items"],
                person.get(path).await.ok(200)["items"],
                "{path}"
            );
        }
    })
    .await;
}

/// Lets another process change something, and answers what a key reads before and after.
async fn changes(name: &str, limits: Json, change: impl AsyncFnOnce(&TestApp, &Made)) -> (Json, Json) {
    let mut found = (Json::Null, Json::Null);
    app(async |app| {
        let (made, second) = (key_of(app, name, limits).await, process(app).await);
        let key = made.client(app);
        let before = titles(&key, "/tasks").await;
        assert_eq!(titles(&key, "/tasks").await, before);

        change(&second, &made).await;

        found = (before, titles(&key, "/tasks").await);
        assert_eq!(titles(&key.at(&second), "/tasks").await, found.1);
        second.close().await;
    })
    .await;
    found
}

#[tokio::test]
async fn a_key_that_is_revoked_is_refused_at_the_next_request_of_every_process() {
    let (before, after) = changes("officer", json!({}), async |other, made| {
        let person = other.user("officer").await;
        let revoked = person.act(&made.path(), "revoke", json!({ "status_reason": "Lost" })).await;
        assert_eq!(revoked.ok(200)["status"], "revoked");
        assert_eq!(revoked.body["status_reason"], "Lost");
        person.act(&made.path(), "revoke", json!({})).await.problem(409, "illegal_move");
    })
    .await;

    assert!(before.is_array(), "{before}");
    assert_eq!(after, 401);
}

#[tokio::test]
async fn a_grant_that_ends_takes_the_key_s_right() {
    let (before, after) = changes("officer", json!({}), async |other, _| {
        edit(other, "grant:officer", json!({ "valid_until": "2026-11-01" })).await;
    })
    .await;

    assert!(before.is_array(), "{before}");
    assert_eq!(after, 403);
}

#[tokio::test]
async fn a_grant_that_is_narrowed_narrows_the_key() {
    let (before, after) = changes("portal", json!({ "is_read_only": true }), async |other, _| {
        edit(other, "grant:portal", json!({ "read_ceiling": "public", "write_kinds": [] })).await;
    })
    .await;

    assert_eq!(before, json!(["Task national", "Task released"]));
    assert_eq!(after, json!([]));
}

#[tokio::test]
async fn a_closed_account_closes_its_keys() {
    let (before, after) = changes("officer", json!({}), async |other, _| {
        edit(other, "user:officer", json!({ "valid_until": "2026-11-01T00:00:00Z" })).await;
    })
    .await;

    assert!(before.is_array(), "{before}");
    assert_eq!(after, 401);
}

#[tokio::test]
async fn sessions_that_end_leave_keys_alone() {
    let (before, after) = changes("officer", json!({}), async |other, _| {
        let user = other.world.id("officer");
        concord::signin::session::end_all(&other.system(), user).await.expect("ended");
    })
    .await;

    assert_eq!(before, after);
}

#[tokio::test]
async fn a_key_expires_to_the_instant() {
    app(async |app| {
        let until = start() + TimeDelta::minutes(5);
        let key = key_of(app, "officer", json!({ "expires_at": until })).await.client(app);
        let before = key.get("/tasks").await;
        app.state.clock.advance(TimeDelta::seconds(299));
        let last = key.get("/tasks").await;

        app.state.clock.advance(TimeDelta::seconds(1));
        let after = key.get("/tasks").await;

        assert_eq!((before.status, last.status), (200, 200));
        after.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn keys_are_seen_and_revoked_by_their_person_the_focal_point_and_the_operator() {
    app(async |app| {
        let made = key_of(app, "officer", json!({})).await;
        let mut seen = Vec::new();
        for name in ["officer", "focal_point", "operator", "lead", "secretariat", "foreign_focal_point"] {
            seen.push(app.user(name).await.get(&made.path()).await.status);
        }
        assert_eq!(seen, [200, 200, 200, 404, 404, 404]);

        for name in ["officer", "focal_point", "operator"] {
            let (who, mine) = (app.user(name).await, key_of(app, "officer", json!({})).await);
            mine.client(app).get("/tasks").await.ok(200);
            who.act(&mine.path(), "revoke", json!({})).await.ok(200);
            mine.client(app).get("/tasks").await.problem(401, "unauthenticated");
        }
        let stranger = app.user("secretariat").await.with("if-match", "\"1.x\"");
        stranger.post(&format!("{}/revoke", made.path()), json!({})).await.problem(404, "not_found");
        let late = app.user("officer").await.post(&format!("{}/revoke", made.path()), json!({})).await;
        late.problem(428, "version_required");
    })
    .await;
}

#[tokio::test]
async fn a_key_makes_no_keys_and_touches_no_account() {
    app(async |app| {
        let key = key_of(app, "focal_point", json!({})).await;
        let client = key.client(app);
        let me = format!("/users/{}", app.world.id("focal_point"));
        let grant = json!({ "owner": "KGZ", "user": "officer@test", "role": "observer" });
        let password = json!({ "old_password": "old", "new_password": "seven quiet rivers" });
        let token = format!("/users/{}/password-token", app.world.id("officer"));

        client.post("/api-keys", json!({ "name": "Another" })).await.problem(403, "forbidden");
        client.act(&key.path(), "revoke", json!({})).await.problem(403, "forbidden");
        client.post("/grants", grant).await.problem(403, "forbidden");
        client.edit(&me, json!({ "name": "Mallory" })).await.problem(403, "forbidden");
        client.post(&token, json!({})).await.problem(403, "forbidden");
        client.post("/auth/password", password).await.problem(403, "forbidden");
        client.post("/auth/second-factor", json!({ "password": "p" })).await.problem(403, "forbidden");
        client.post("/auth/logout", json!({})).await.problem(403, "forbidden");
        client.get("/me/sessions").await.problem(403, "forbidden");
        assert_eq!(client.get(&key.path()).await.ok(200)["can"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_key_acts_for_its_owner_only() {
    app(async |app| {
        let grant = json!({ "owner": "KAZ", "user": "officer@test", "role": "observer" });
        app.user("foreign_focal_point").await.post("/grants", grant).await.ok(201);
        let person = app.user("officer").await;
        person.accept_offers().await;
        person.post("/api-keys", json!({ "name": "Which?" })).await.problem(400, "act_as_required");
        let key = made(&person.with("x-concord-act-as", "KAZ"), json!({})).await.client(app);

        let me = key.get("/me").await;
        let other = key.with("x-concord-act-as", "KGZ").get("/tasks").await;
        let own = key.with("x-concord-act-as", "kaz").get("/tasks").await;

        assert_eq!((&me.ok(200)["owners"], &me.body["acting_as"]), (&json!(["KAZ"]), &json!("KAZ")));
        assert_eq!(me.body["grants"][0]["role"], "observer");
        other.problem(403, "forbidden");
        own.ok(200);
    })
    .await;
}

/// When a key was used last, as its person reads it; and its version.
async fn used(app: &TestApp, made: &Made) -> [Json; 2] {
    let read = app.user("officer").await.get(&made.path()).await;
    ["last_used_at", "version"].map(|name| read.ok(200)[name].clone())
}

#[tokio::test]
async fn the_last_use_is_noted_beside_version_and_log() {
    app(async |app| {
        let made = key_of(app, "officer", json!({})).await;
        let sets = app.count("change_set").await;
        let job = concord::jobs::ALL.iter().find(|job| job.name() == "key_uses").expect("a job");
        let service = app.state.service(app.state.stopping.clone());
        made.client(app).get("/tasks").await.ok(200);
        let before = used(app, &made).await;

        job.run(&service).await;
        let noted = used(app, &made).await;
        app.state.clock.advance(TimeDelta::minutes(3));
        job.run(&service).await;
        let unused = used(app, &made).await;
        made.client(app).get("/tasks").await.ok(200);
        job.run(&service).await;

        assert_eq!(before, [Json::Null, json!(1)]);
        assert_eq!((&noted, &unused), (&[json!("2026-11-21T10:00:00Z"), json!(1)], &noted));
        assert_eq!(used(app, &made).await, [json!("2026-11-21T10:03:00Z"), json!(1)]);
        assert_eq!(app.count("change_set").await, sets);
    })
    .await;
}
