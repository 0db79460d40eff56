//! Snapshots as jobs: those of processes that ended, and those whose time is over.

use chrono::TimeDelta;
use concord::{jobs, jobs::Service};
use serde_json::{Value as Json, json};

use super::{delete, file, make, path_of};
use crate::support::{TestApp, app};

/// What jobs work with.
fn service(app: &TestApp) -> Service {
    Service {
        ctx: app.system(),
        keys: app.state.keys.clone(),
        hooks: app.state.hooks.clone(),
        stopping: app.state.stopping.clone(),
    }
}

async fn left_behind(app: &TestApp, snapshot: &Json, attempts: i32) {
    let id = snapshot["id"].as_str().expect("an id").parse().expect("a uuid");
    app.lay_open_snapshot(id, attempts).await;
}

#[tokio::test]
async fn a_snapshot_that_nobody_is_at_is_made_anew() {
    app(async |app| {
        let me = app.user("officer").await;
        let snapshot = make(&me, json!({"kinds": ["task", "plan"], "gzip": false})).await;
        let before = file(&me, &snapshot, "tasks.ndjson").await;
        // As a process leaves it that ends while it is at work: with parts of files.
        left_behind(app, &snapshot, 1).await;
        assert_eq!(me.get(&path_of(&snapshot)).await.ok(200)["files"], json!([]));
        file(&me, &snapshot, "tasks.ndjson").await.problem(404, "not_found");

        jobs::exports::take_up(service(app)).await.expect("taken up");

        let again = me.get(&path_of(&snapshot)).await;
        assert_eq!(again.ok(200)["state"], "completed");
        assert_eq!(again.body["files"], snapshot["files"]);
        assert_eq!(file(&me, &snapshot, "tasks.ndjson").await.bytes, before.bytes);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_that_ends_its_processes_is_given_up() {
    app(async |app| {
        let me = app.user("officer").await;
        let snapshot = make(&me, json!({"kinds": ["task"]})).await;
        left_behind(app, &snapshot, 3).await;

        jobs::exports::take_up(service(app)).await.expect("taken up");

        let failed = me.get(&path_of(&snapshot)).await;
        assert_eq!(
            (&failed.ok(200)["state"], &failed.body["is_readable"]),
            (&json!("failed"), &json!(false))
        );
        assert!(
            failed.body["error"].as_str().is_some_and(|why| why.contains("3 attempts")),
            "{}",
            failed.body
        );
        assert_eq!(app.count("export_part").await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_act_any_more_gets_no_snapshot() {
    app(async |app| {
        let me = app.user("officer").await;
        let snapshot = make(&me, json!({"kinds": ["task"]})).await;
        left_behind(app, &snapshot, 1).await;
        let operator = app.user("operator").await;
        let user = format!("/users/{}", app.world.id("officer"));
        operator.edit(&user, json!({"valid_until": "2026-11-21T10:00:00Z"})).await.ok(200);
        app.state.clock.advance(TimeDelta::seconds(1));

        jobs::exports::take_up(service(app)).await.expect("taken up");

        assert_eq!(app.stored("export_job", "state").await, ["failed"]);
        assert_eq!(app.count("export_part").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_is_deleted_after_a_day() {
    app(async |app| {
        let me = app.user("portal").await;
        let snapshot = make(&me, json!({"kinds": ["task"]})).await;

        app.state.clock.advance(TimeDelta::hours(23));
        jobs::housekeeping::sweep(service(app)).await.expect("swept");
        let kept = [app.count("export_job").await, app.count("export_part").await];
        app.state.clock.advance(TimeDelta::hours(2));
        let me = app.user("portal").await;
        me.get(&path_of(&snapshot)).await.problem(404, "not_found");
        jobs::housekeeping::sweep(service(app)).await.expect("swept");

        assert_eq!((kept, [app.count("export_job").await, app.count("export_part").await]), ([1, 1], [0, 0]));
    })
    .await;
}

#[tokio::test]
async fn what_is_deleted_leaves_nothing() {
    app(async |app| {
        let me = app.user("officer").await;
        let snapshot = make(&me, json!({})).await;

        delete(&me, &snapshot).await.ok(204);

        delete(&me, &snapshot).await.problem(404, "not_found");
        for table in ["export_job", "export_part", "export_list"] {
            assert_eq!(app.count(table).await, 0, "{table}");
        }
    })
    .await;
}
