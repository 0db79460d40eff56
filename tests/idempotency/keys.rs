//! What a key may be, whose it is, what it stands for, and how long.

use axum::http::Method;
use chrono::TimeDelta;
use kernel::idempotency::expire;
use serde_json::json;

use super::{counts, is_replayed, keyed, task};
use crate::support::{TestApp, app, start};

#[tokio::test]
async fn a_key_stands_for_one_content_and_one_address() {
    app(async |app| {
        let me = keyed(app, "focal_point", "creation-1").await;
        me.post("/tasks", task("One")).await.ok(201);
        let before = counts(app).await;

        let content = me.post("/tasks", task("Another")).await;
        let address = me.post("/tasks?lang=ru", task("One")).await;
        let kind = me.post("/agencies", task("One")).await;

        content.problem(422, "idempotency_key_reused");
        address.problem(422, "idempotency_key_reused");
        kind.problem(422, "idempotency_key_reused");
        assert_eq!(counts(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_key_belongs_to_its_caller() {
    app(async |app| {
        let mine = keyed(app, "focal_point", "creation-1").await.post("/tasks", task("One")).await;

        let theirs = keyed(app, "secretariat", "creation-1").await.post("/tasks", task("One")).await;

        assert_ne!(theirs.ok(201)["id"], mine.ok(201)["id"]);
        assert!(!is_replayed(&theirs));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_does_not_use_up_a_key() {
    app(async |app| {
        let me = keyed(app, "focal_point", "creation-1").await;
        let refused =
            me.post("/tasks", json!({ "owner": "KGZ", "language": "en", "title": "No agency" })).await;

        let repaired = me.post("/tasks", task("With agency")).await;

        refused.problem(422, "invalid");
        repaired.ok(201);
        assert_eq!((is_replayed(&repaired), app.count("idempotency_key").await), (false, 1));
    })
    .await;
}

#[tokio::test]
async fn a_key_has_up_to_255_visible_characters() {
    app(async |app| {
        let longest = "k".repeat(255);
        let given = ["k".repeat(256), String::new(), "two words".into(), "Schlüssel".into()];

        let mut refused = Vec::new();
        for key in given {
            refused.push(keyed(app, "focal_point", &key).await.post("/tasks", task("Never")).await);
        }
        let twice = keyed(app, "focal_point", "one").await.with("idempotency-key", "two");
        refused.push(twice.post("/tasks", task("Never")).await);

        refused.iter().for_each(|answer| drop(answer.problem(400, "idempotency_key_invalid").clone()));
        keyed(app, "focal_point", &longest).await.post("/tasks", task("Longest")).await.ok(201);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_so_before_the_key_is_looked_at() {
    app(async |app| {
        let nobody = app.anonymous().with("idempotency-key", "two words");

        let answer = nobody.post("/tasks", task("Never")).await;

        answer.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_as_without_a_key() {
    app(async |app| {
        let me = keyed(app, "focal_point", "creation-1").await;
        let body = vec![b' '; app.state.limits.bodies.write_bytes + 1];

        let answer = me.send(Method::POST, "/api/v1/tasks", Some("application/json"), body).await;

        answer.problem(413, "payload_too_large");
    })
    .await;
}

#[tokio::test]
async fn signing_in_is_never_repeated() {
    app(async |app| {
        let me = app.anonymous().with("idempotency-key", "sign-in-1");
        let wrong = json!({ "email": "nobody@example.org", "password": "not the right password" });

        let first = me.post("/auth/login", wrong.clone()).await;
        let again = me.post("/auth/login", wrong).await;

        assert_eq!((first.status, again.status), (401, 401));
        assert_eq!((is_replayed(&again), app.count("idempotency_key").await), (false, 0));
    })
    .await;
}

#[tokio::test]
async fn after_a_day_a_key_is_as_if_it_had_never_been_used() {
    app(async |app| {
        let first = keyed(app, "focal_point", "creation-1").await.post("/tasks", task("One")).await;
        app.state.clock.advance(TimeDelta::hours(24));

        let later = keyed(app, "focal_point", "creation-1").await.post("/tasks", task("Another")).await;
        let again = keyed(app, "focal_point", "creation-1").await.post("/tasks", task("Another")).await;

        assert_ne!(later.ok(201)["id"], first.ok(201)["id"]);
        assert_eq!((is_replayed(&later), is_replayed(&again)), (false, true));
        assert_eq!(app.count("idempotency_key").await, 1);
    })
    .await;
}

/// Uses five keys, two hours apart.
async fn five_keys(app: &TestApp) {
    for number in 0..5 {
        let me = keyed(app, "focal_point", &format!("key-{number}")).await;
        me.post("/tasks", task("One of five")).await.ok(201);
        app.state.clock.advance(TimeDelta::hours(2));
    }
}

#[tokio::test]
async fn keys_older_than_a_day_are_deleted_in_batches() {
    app(async |app| {
        five_keys(app).await;
        app.state.clock.advance(start() + TimeDelta::hours(30) - app.state.clock.now());
        let ctx = app.system();

        let deleted = [
            expire(&ctx, 3).await.expect("a number"),
            expire(&ctx, 3).await.expect("a number"),
            expire(&ctx, 3).await.expect("a number"),
        ];

        assert_eq!((deleted, app.count("idempotency_key").await), ([3, 1, 0], 1));
    })
    .await;
}
