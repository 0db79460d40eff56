//! What a write expects of the record it is made on, by key and otherwise.

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::{at, task};
use crate::support::{
    app,
    client::{Answer, Client},
};

const PATH: &str = "/tasks/by-key/agency:MES/17";

/// Writes by key under a condition.
async fn put(who: &Client<'_>, condition: (&'static str, &str), title: &str) -> Answer {
    who.with(condition.0, condition.1).put(PATH, task(title)).await
}

async fn upsert(who: &Client<'_>, expected: Json, title: &str) -> Answer {
    let text = "mutation($i: NewTask!, $v: Int) { upsertTask(input: $i, expectedVersion: $v) { task { version title } } }";
    let input = json!({"owner": "KGZ", "title": title, "leadAgency": "MES", "language": "en",
        "sourceSystem": "agency:MES", "externalKey": "17"});
    who.graphql(text, json!({ "i": input, "v": expected })).await
}

#[tokio::test]
async fn an_outdated_write_by_key_overwrites_nothing() {
    app(async |app| {
        let me = app.user("officer").await;
        let first = me.put(PATH, task("First")).await;
        me.put(PATH, task("Of somebody else")).await.ok(200);

        let outdated = put(&me, ("if-match", &first.etag()), "Overwritten").await;
        let foreign = put(&me, ("if-match", "\"abc\""), "Overwritten").await;
        let two = me.with("if-match", "\"2\"").with("if-match", "\"1\"").put(PATH, task("Two lines")).await;
        let kept = me.get(PATH).await;
        let current = put(&me, ("if-match", &kept.etag()), "Third").await;
        let any = put(&me, ("if-match", "*"), "Fourth").await;

        assert_eq!(outdated.problem(412, "stale_version")["current_version"], 2);
        foreign.problem(412, "stale_version");
        two.problem(412, "stale_version");
        assert_eq!(kept.ok(200)["title"], "Of somebody else");
        assert_eq!(current.ok(200)["version"], 3);
        assert_eq!(any.ok(200)["version"], 4);
    })
    .await;
}

#[tokio::test]
async fn a_write_by_key_that_must_be_new_edits_nothing() {
    app(async |app| {
        let me = app.user("officer").await;

        let missing = put(&me, ("if-match", "*"), "Missing").await;
        let missing_version = put(&me, ("if-match", "\"1\""), "Missing").await;
        let new = put(&me, ("if-none-match", "*"), "New").await;
        let known = put(&me, ("if-none-match", "*"), "Overwritten").await;
        let tag = put(&me, ("if-none-match", "\"1\""), "Overwritten").await;
        let both = me.with("if-match", "*").with("if-none-match", "*").put(PATH, task("Both")).await;

        let by_time = put(&me, ("if-unmodified-since", "Sat, 21 Nov 2026 10:00:00 GMT"), "By time").await;

        by_time.problem(400, "bad_request");
        missing.problem(412, "stale_version");
        missing_version.problem(412, "stale_version");
        new.ok(201);
        known.problem(412, "already_exists");
        tag.problem(400, "bad_request");
        both.problem(400, "bad_request");
        assert_eq!(me.get(PATH).await.ok(200)["title"], "New");
    })
    .await;
}

#[tokio::test]
async fn upserts_of_graphql_and_batches_take_a_version_too() {
    app(async |app| {
        let me = app.user("officer").await;
        let item = |version: i32| {
            json!({"op": "upsert", "source_system": "agency:MES", "external_key": "17", "version": version,
                "data": task("By batch")})
        };
        let batch = async |version| {
            me.post("/tasks/batch", json!({"atomic": "each", "items": [item(version)]})).await
        };

        let new = upsert(&me, json!(0), "New").await;
        let known = upsert(&me, json!(0), "Overwritten").await;
        let edited = upsert(&me, json!(1), "Second").await;
        let outdated = upsert(&me, json!(1), "Overwritten").await;
        let stale = batch(1).await;
        let taken = batch(0).await;
        let fitting = batch(2).await;

        assert_eq!(new.data()["upsertTask"]["task"]["version"], 1);
        assert_eq!(known.fault(), "already_exists");
        assert_eq!(edited.data()["upsertTask"]["task"]["version"], 2);
        assert_eq!(outdated.fault(), "stale_version");
        assert_eq!(stale.ok(200)["outcomes"][0]["errors"][0]["code"], "stale_version");
        assert_eq!(taken.ok(200)["outcomes"][0]["errors"][0]["code"], "already_exists");
        assert_eq!(fitting.ok(200)["outcomes"][0]["result"], "updated");
    })
    .await;
}

#[tokio::test]
async fn no_write_ignores_a_condition() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "national");
        let unless = |condition: &str| me.with("if-none-match", condition);
        let items = json!({"items": [{"op": "create", "data": task("In a batch")}]});

        let edit = unless("*").patch(&path, "\"1\"", json!({"title": "Overwritten"})).await;
        let same = unless("\"1\"").patch(&path, "\"1\"", json!({"title": "Overwritten"})).await;
        let moved = unless("*").with("if-match", "\"1\"").post(&format!("{path}/start"), json!({})).await;
        let gone = unless("*").delete(&path, "\"1\"").await;
        let based = me.with("if-match", "\"1\"").post("/tasks", task("Based on nothing")).await;
        let batch = me.with("if-match", "\"1\"").post("/tasks/batch", items.clone()).await;
        let new = unless("*").post("/tasks", task("New")).await;
        let other = unless("\"7\"").patch(&path, "\"1\"", json!({"title": "Edited"})).await;

        edit.problem(412, "stale_version");
        same.problem(412, "stale_version");
        moved.problem(412, "stale_version");
        gone.problem(412, "stale_version");
        based.problem(400, "bad_request");
        batch.problem(400, "bad_request");
        new.ok(201);
        assert_eq!(other.ok(200)["version"], 2);
        assert_eq!(
            me.send(Method::GET, "/api/v1/tasks?total=true", None, Vec::new()).await.body["page"]["total"],
            5
        );
    })
    .await;
}

#[test]
fn the_contract_describes_conditions_of_every_write_by_key() {
    let document: Json = serde_json::from_str(&concord::contracts::openapi()).expect("the document");
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let headers = |operation: &Json| {
        let all = operation["parameters"].as_array().cloned().unwrap_or_default();
        let named = ["If-Match", "If-None-Match"];
        let found = named.map(|name| all.iter().any(|one| one["name"] == name && one["required"] == false));
        found == [true, true]
    };

    let by_key = |(path, item): &(&String, &Json)| path.contains("/by-key/") && item["put"].is_object();
    let writes: Vec<_> = paths.iter().filter(by_key).collect();

    assert!(writes.len() > 15, "{} writes by key", writes.len());
    assert!(writes.iter().all(|(_, item)| headers(&item["put"])));
}
