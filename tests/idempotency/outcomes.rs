//! What is told again of batches and mutations.

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::{counts, is_replayed, keyed, task};
use crate::support::{
    app,
    client::{Answer, Client},
};

/// A batch that creates one task, edits and deletes one, and in which two items are refused.
async fn mixed(me: &Client<'_>) -> Json {
    let edited = me.post("/tasks", task("To be edited")).await.id();
    let deleted = me.post("/tasks", task("To be deleted")).await.id();
    json!({ "atomic": "each", "items": [
        { "op": "create", "data": task("Made in the batch") },
        { "op": "update", "id": edited, "version": 1, "data": { "title": "Edited" } },
        { "op": "delete", "id": deleted, "version": 1 },
        { "op": "create", "data": { "owner": "KGZ" } },
        { "op": "update", "id": edited.replace(char::is_alphanumeric, "0"), "version": 1, "data": {} },
        { "op": "update", "id": deleted.clone(), "version": 9, "data": { "title": "Stale" } },
    ] })
}

fn results(answer: &Answer) -> Vec<&str> {
    let outcomes = answer.body["outcomes"].as_array().expect("outcomes");
    outcomes.iter().filter_map(|outcome| outcome["result"].as_str()).collect()
}

#[tokio::test]
async fn the_report_of_a_batch_is_from_kept() {
    app(async |app| {
        let batch = json!({ "atomic": "each", "items": [
            { "op": "create", "data": task("Made in the batch") },
            { "op": "create", "data": { "owner": "KGZ" } },
        ] });
        let me = keyed(app, "focal_point", "batch-1").await;

        let first = me.post("/tasks/batch", batch.clone()).await;
        let before = counts(app).await;
        let again = me.post("/tasks/batch", batch).await;

        assert_eq!(results(&first), ["created", "rejected"]);
        assert_eq!(again.ok(200), first.ok(200));
        assert!(is_replayed(&again));
        assert_eq!(counts(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn every_sort_of_outcome_is_from_kept() {
    app(async |app| {
        let plain = app.user("focal_point").await;
        let batch = mixed(&plain).await;
        let me = plain.with("idempotency-key", "batch-1");

        let first = me.post("/tasks/batch", batch.clone()).await;
        let again = me.post("/tasks/batch", batch).await;

        assert_eq!(results(&first)[..4], ["created", "updated", "deleted", "rejected"]);
        assert_eq!(again.ok(200), first.ok(200));
        assert!(is_replayed(&again));
    })
    .await;
}

#[tokio::test]
async fn an_item_whose_record_is_gone_is_told_without_its_content() {
    app(async |app| {
        let plain = app.user("focal_point").await;
        let batch = json!({ "items": [{ "op": "create", "data": task("Short-lived") }] });
        let first = plain.with("idempotency-key", "batch-1").post("/tasks/batch", batch.clone()).await;
        let id = first.ok(200)["outcomes"][0]["id"].clone();
        let path = format!("/tasks/{}", id.as_str().expect("an id"));
        plain.delete(&path, "\"1.000000000000\"").await.ok(204);

        let sent = batch["items"][0].clone();
        let again = plain.with("idempotency-key", "batch-1").post("/tasks/batch", batch).await;

        // What was sent is the caller's own.
        let told = json!({ "result": "created", "id": id, "version": 1, "changes": {}, "errors": [],
            "position": 0, "source_system": null, "external_key": null, "input": sent });
        assert_eq!(again.ok(200)["outcomes"], json!([told]));
    })
    .await;
}

#[tokio::test]
async fn what_a_batch_left_unchanged_is_kept_too() {
    app(async |app| {
        let plain = app.user("focal_point").await;
        let made = plain.post("/tasks", task("The same")).await;
        let same = json!({ "op": "update", "id": made.id(), "version": 1, "data": { "title": "The same" } });
        let batch = json!({ "items": [same] });
        let me = plain.with("idempotency-key", "batch-1");
        let first = me.post("/tasks/batch", batch.clone()).await;
        plain.edit(&format!("/tasks/{}", made.id()), json!({ "title": "Another" })).await.ok(200);

        let again = me.post("/tasks/batch", batch).await;

        assert_eq!(results(&first), ["unchanged"]);
        assert_eq!(again.ok(200), first.ok(200));
    })
    .await;
}

#[tokio::test]
async fn rehearsals_and_refused_batches_are_not_kept() {
    app(async |app| {
        let me = keyed(app, "focal_point", "batch-1").await;
        let rehearsal =
            json!({ "dry_run": true, "items": [{ "op": "create", "data": task("Judged only") }] });
        let refused = json!({ "items": [{ "op": "create", "data": { "owner": "KGZ" } }] });

        let judged = me.post("/tasks/batch", rehearsal).await;
        let whole = me.post("/tasks/batch", refused).await;

        assert_eq!((judged.status, is_replayed(&judged)), (200, false));
        whole.problem(422, "invalid");
        assert_eq!(app.count("idempotency_key").await, 0);
    })
    .await;
}

/// A mutation with two root fields.
const TWO: &str = "mutation($a: NewTask!, $b: NewTask!) {
    first: createTask(input: $a) { task { id title version } }
    second: createTask(input: $b) { task { id title version } } }";

fn two(second: &str) -> Json {
    let input = |title| json!({ "owner": "KGZ", "title": title, "leadAgency": "MES", "language": "en" });
    json!({ "a": input("The first"), "b": input(second) })
}

#[tokio::test]
async fn each_root_field_of_a_mutation_is_done_once() {
    app(async |app| {
        let me = keyed(app, "focal_point", "mutation-1").await;
        let [tasks, ..] = counts(app).await;

        let first = me.graphql(TWO, two("The second")).await;
        let again = me.graphql(TWO, two("The second")).await;

        assert_eq!(again.data(), first.data());
        assert_eq!((is_replayed(&first), is_replayed(&again)), (false, true));
        let [now, _, keys] = counts(app).await;
        assert_eq!((now, keys), (tasks + 2, 2));
    })
    .await;
}

#[tokio::test]
async fn a_root_field_that_was_refused_is_done_by_the_repeated_call() {
    app(async |app| {
        let me = keyed(app, "focal_point", "mutation-1").await;
        let mut variables = two("The second");
        variables["b"]["action"] = json!("external_key:later:A-1");
        let first = me.graphql(TWO, variables.clone()).await;
        let [tasks, _, kept] = counts(app).await;
        let objective = app.world.id("objective:national");
        let action = json!({ "objective": objective, "title": "Made later", "lead_agency": "MES" });
        app.user("secretariat").await.put("/actions/by-key/later/A-1", action).await.ok(201);

        let again = me.graphql(TWO, variables).await;

        assert_eq!((first.fault(), kept, is_replayed(&again)), ("invalid", 1, true));
        assert_eq!(again.data()["first"]["task"]["title"], "The first");
        assert_eq!(again.data()["second"]["task"]["title"], "The second");
        let [now, _, keys] = counts(app).await;
        assert_eq!((now, keys), (tasks + 1, 2));
    })
    .await;
}

#[tokio::test]
async fn another_document_under_the_key_is_refused() {
    app(async |app| {
        let me = keyed(app, "focal_point", "mutation-1").await;
        me.graphql(TWO, two("The second")).await.data();

        let other = me.graphql(TWO, two("Another")).await;

        assert_eq!(other.fault(), "idempotency_key_reused");
        assert_eq!(other.body["errors"][0]["extensions"]["status"], 422);
    })
    .await;
}

#[tokio::test]
async fn a_deletion_is_from_kept() {
    app(async |app| {
        let plain = app.user("focal_point").await;
        let id = plain.post("/tasks", task("Short-lived")).await.id();
        let me = plain.with("idempotency-key", "deletion-1");
        let mutation = "mutation($id: ID!) { deleteTask(input: { id: $id, expectedVersion: 1 }) { id } }";

        let first = me.graphql(mutation, json!({ "id": id })).await;
        let again = me.graphql(mutation, json!({ "id": id })).await;

        assert_eq!(again.data(), first.data());
        assert!(is_replayed(&again));
    })
    .await;
}

#[tokio::test]
async fn queries_are_read_anew_under_any_key() {
    app(async |app| {
        let me = keyed(app, "focal_point", "query-1").await;
        let body = json!({ "query": "{ tasks(first: 1) { nodes { id } } }" }).to_string().into_bytes();

        let answer = me.send(Method::POST, "/graphql", Some("application/json"), body).await;

        answer.data();
        assert_eq!((is_replayed(&answer), app.count("idempotency_key").await), (false, 0));
    })
    .await;
}
