//! Calls that are repeated under an `Idempotency-Key`.

mod jobs;
mod keys;
mod killed;
mod outcomes;

use axum::http::HeaderMap;
use futures_util::future::join_all;
use kernel::{db::Db, idempotency::Call};
use serde_json::{Value as Json, json};

use crate::support::{
    TestApp, app,
    client::{Answer, Client},
    db::is_postgres,
};

/// A task of Kyrgyzstan's ministry.
fn task(title: &str) -> Json {
    json!({ "owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en" })
}

/// Somebody who calls under a key.
async fn keyed<'a>(app: &'a TestApp, who: &str, key: &str) -> Client<'a> {
    app.user(who).await.with("idempotency-key", key)
}

fn is_replayed(answer: &Answer) -> bool {
    answer.headers.get("idempotency-replayed").is_some_and(|value| value == "true")
}

/// The headers that a repeated answer has in common with the first.
fn telling(headers: &HeaderMap) -> Vec<Option<String>> {
    let names = ["content-type", "content-language", "etag", "location"];
    names.map(|name| headers.get(name).map(|value| value.to_str().expect("a text").to_owned())).into()
}

/// Tasks, change sets and keys there are.
async fn counts(app: &TestApp) -> [i64; 3] {
    [app.count("task").await, app.count("change_set").await, app.count("idempotency_key").await]
}

#[tokio::test]
async fn a_repeated_creation_is_answered_as_the_first_one_and_done_once() {
    app(async |app| {
        let me = keyed(app, "focal_point", "creation-1").await;
        let [tasks, sets, _] = counts(app).await;

        let first = me.post("/tasks", task("Once")).await;
        let again = me.post("/tasks", task("Once")).await;

        assert_eq!(first.ok(201), again.ok(201));
        assert_eq!(telling(&first.headers), telling(&again.headers));
        assert_eq!((is_replayed(&first), is_replayed(&again)), (false, true));
        assert_eq!(counts(app).await, [tasks + 1, sets + 1, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_call_tells_the_record_as_it_was_then() {
    app(async |app| {
        let me = keyed(app, "focal_point", "creation-1").await;
        let first = me.post("/tasks", task("Before")).await;
        me.edit(&format!("/tasks/{}", first.id()), json!({ "title": "After" })).await.ok(200);

        let again = me.post("/tasks", task("Before")).await;

        assert_eq!(again.ok(201), first.ok(201));
        assert_eq!(telling(&first.headers), telling(&again.headers));
    })
    .await;
}

#[tokio::test]
async fn a_repeated_call_about_a_deleted_record_is_like_a_read_of_it() {
    app(async |app| {
        let me = keyed(app, "focal_point", "creation-1").await;
        let first = me.post("/tasks", task("Short-lived")).await;
        me.delete(&format!("/tasks/{}", first.id()), &first.etag()).await.ok(204);

        let again = me.post("/tasks", task("Short-lived")).await;

        again.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_call_about_a_record_that_is_hidden_by_now_is_like_a_read_of_it() {
    app(async |app| {
        let me = keyed(app, "officer", "creation-1").await;
        let mut narrow = task("Moves on");
        narrow["visibility"] = json!("agency");
        let first = me.post("/tasks", narrow.clone()).await;
        // The lead of the agency hands it on, by the service's own hand, to one its officers do not read.
        hand_on(app, &first).await;

        let again = me.post("/tasks", narrow).await;

        again.problem(404, "not_found");
        me.get(&format!("/tasks/{}", first.id())).await.problem(404, "not_found");
    })
    .await;
}

async fn hand_on(app: &TestApp, first: &Answer) {
    let id = first.ok(201)["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let fields = json!({ "lead_agency": "MOF" }).as_object().cloned().expect("an object");
    let op = kernel::record::Op::Update { id, version: Some(1), fields };
    let def = <entity::Task as concord::domain::Registered>::def();
    app.system().run(async |unit| unit.apply_one(def, op.clone()).await).await.expect("an edit");
}

#[tokio::test]
async fn moves_are_made_once() {
    app(async |app| {
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let read = app.user("focal_point").await.get(&path).await;
        let me = keyed(app, "focal_point", "assignment-1").await.with("if-match", read.etag());
        let body = json!({ "due_on": "2027-03-31" });

        let first = me.post(&format!("{path}/assign"), body.clone()).await;
        let again = me.post(&format!("{path}/assign"), body).await;

        assert_eq!(first.ok(200)["version"], 2);
        assert_eq!(again.ok(200), first.ok(200));
        assert_eq!(telling(&first.headers), telling(&again.headers));
        assert_eq!((is_replayed(&first), is_replayed(&again)), (false, true));
    })
    .await;
}

#[tokio::test]
async fn a_repeated_call_is_answered_by_a_service_that_was_restarted() {
    app(async |app| {
        let first = keyed(app, "focal_point", "creation-1").await.post("/tasks", task("Kept")).await;
        let db = Db::connect(&app.url, 2).await.expect("the database opens");
        let restarted = TestApp::on(db, app.world.clone(), app.url.clone()).await;

        let again = keyed(&restarted, "focal_point", "creation-1").await.post("/tasks", task("Kept")).await;

        assert_eq!(again.ok(201), first.ok(201));
        assert!(is_replayed(&again));
        restarted.state.db.close().await.expect("the database closes");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_callers_under_one_key_make_one_record_and_one_change_set() {
    app(async |app| {
        let me = keyed(app, "focal_point", "creation-1").await;
        let [tasks, sets, _] = counts(app).await;

        let answers = join_all((0..100).map(|_| me.post("/tasks", task("Wanted once")))).await;

        let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        let early: Vec<_> = answers.iter().filter(|answer| answer.status == 409).collect();
        assert_eq!(made.len() + early.len(), 100, "{answers:?}");
        assert!(made.iter().all(|answer| answer.bytes == made[0].bytes));
        assert_eq!(made.iter().filter(|answer| !is_replayed(answer)).count(), 1);
        assert!(early.iter().all(|answer| answer.body["code"] == "idempotency_in_flight"));
        assert_eq!(counts(app).await, [tasks + 1, sets + 1, 1]);
    })
    .await;
}

/// A second process on the database; on SQLite, where one process writes, the same one.
async fn second(app: &TestApp) -> TestApp {
    let (world, url) = (app.world.clone(), app.url.clone());
    if is_postgres() {
        let db = Db::connect(&app.url, 2).await.expect("the database opens");
        return TestApp::on(db, world, url).await;
    }
    TestApp { state: app.state.clone(), router: app.router.clone(), world, url }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_call_whose_twin_still_runs_is_told_to_come_again() {
    app(async |app| {
        let other = second(app).await;
        let me = keyed(&other, "focal_point", "creation-1").await;
        let mut ctx = app.state.ctx(None).acting(app.actor("focal_point").await);
        ctx.idempotency = Some(Call::under("creation-1").expect("a key"));

        let asked = std::sync::Mutex::new(None);
        let done = ctx
            .write(async |_| {
                *asked.lock().expect("a lock") = Some(me.post("/tasks", task("Too early")).await);
                Ok(())
            })
            .await;

        let early = asked.into_inner().expect("a lock").expect("an answer");
        early.problem(409, "idempotency_in_flight");
        assert_eq!((early.headers["retry-after"].as_bytes(), done.is_ok()), (&b"1"[..], true));
    })
    .await;
}
