//! Whose snapshots are, and how long.

use chrono::TimeDelta;
use concord::domain::Registered;
use entity::Grant;
use kernel::record::Op;
use serde_json::{Value as Json, json};

use super::{delete, file, make, path_of};
use crate::support::{TestApp, app, client::Client};

#[tokio::test]
async fn a_snapshot_is_there_for_who_asked_alone() {
    app(async |app| {
        let me = app.user("officer").await;
        let snapshot = make(&me, json!({"kinds": ["task"]})).await;

        for name in ["secretariat", "focal_point", "operator", "partner", "anonymous"] {
            let other = if name == "anonymous" { app.anonymous() } else { app.user(name).await };
            other.get(&path_of(&snapshot)).await.problem(404, "not_found");
            file(&other, &snapshot, "tasks.ndjson.gz").await.problem(404, "not_found");
            file(&other, &snapshot, "nothing.csv").await.problem(404, "not_found");
            assert_eq!(other.get("/exports").await.ok(200)["items"], json!([]));
        }
        delete(&app.user("secretariat").await, &snapshot).await.problem(404, "not_found");
        delete(&app.anonymous(), &snapshot).await.problem(401, "unauthenticated");
        file(&me, &snapshot, "tasks.ndjson.gz").await.ok(200);
        file(&me, &snapshot, "plans.ndjson.gz").await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn who_views_as_others_has_no_snapshots() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let snapshot = make(&me, json!({"kinds": ["task"]})).await;
        let viewing = me.with("x-concord-view-as", "partners");

        viewing.post("/exports", json!({})).await.problem(403, "viewing_as");

        viewing.get(&path_of(&snapshot)).await.problem(404, "not_found");
        assert_eq!(viewing.get("/exports").await.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_key_has_what_it_asked_for_and_its_person_has_not() {
    app(async |app| {
        let me = app.user("officer").await;
        let issued = me.post("/api-keys", json!({"name": "Copies", "is_read_only": false})).await;
        let key = Client::new(app, issued.ok(201)["secret"].as_str().map(str::to_owned));

        let snapshot = make(&key, json!({"kinds": ["task"]})).await;

        assert_eq!(snapshot["api_key"], issued.body["api_key"]["id"]);
        file(&key, &snapshot, "tasks.ndjson.gz").await.ok(200);
        me.get(&path_of(&snapshot)).await.problem(404, "not_found");
        let id = issued.body["api_key"]["id"].as_str().expect("an id");
        me.act(&format!("/api-keys/{id}"), "revoke", json!({})).await.ok(200);
        file(&key, &snapshot, "tasks.ndjson.gz").await.problem(401, "unauthenticated");
    })
    .await;
}

/// Whether the caller may read what a snapshot holds: the manifest and the file say the same.
async fn is_readable(me: &Client<'_>, snapshot: &Json) -> bool {
    let told = me.get(&path_of(snapshot)).await;
    let is_readable = told.ok(200)["is_readable"] == true;
    let name = told.body["files"][0]["name"].as_str().unwrap_or("tasks.ndjson.gz").to_owned();
    let answer = file(me, snapshot, &name).await;
    if is_readable {
        answer.ok(200);
    } else {
        answer.problem(410, "rights_changed");
        assert_eq!((&told.body["files"], &told.body["changes_after"]), (&json!([]), &Json::Null));
    }
    is_readable
}

#[tokio::test]
async fn a_grant_that_ends_or_comes_ends_what_was_copied_before() {
    app(async |app| {
        let me = app.user("officer").await;
        let snapshot = make(&me, json!({"kinds": ["task"]})).await;
        assert!(is_readable(&me, &snapshot).await);
        let mut unit = app.system().begin().await.expect("a unit");
        let grant = json!({"owner": "KGZ", "user": "officer@test", "role": "observer"});
        let op = Op::Create(grant.as_object().cloned().expect("fields"));
        let granted = unit.apply_one(Grant::def(), op).await.expect("granted").id.expect("an id");
        unit.commit().await.expect("committed");

        assert!(!is_readable(&me, &snapshot).await);
        let wider = make(&me, json!({"kinds": ["task"]})).await;
        assert!(is_readable(&me, &wider).await);
        let mut unit = app.system().begin().await.expect("a unit");
        let fields = json!({"valid_until": "2026-11-01"}).as_object().cloned().expect("fields");
        let op = Op::Update { id: granted, version: Some(1), fields };
        unit.apply_one(Grant::def(), op).await.expect("ended");
        unit.commit().await.expect("committed");
        assert!(!is_readable(&me, &wider).await);
        assert!(is_readable(&me, &snapshot).await, "the rights are those of then");
    })
    .await;
}

/// Releases a plan of the country to partners.
async fn released(app: &TestApp, plan: &str) -> Json {
    let release = json!({"subject": {"plan": app.world.id(plan)}, "audiences": ["partners"], "basis": "Order 12", "purpose": "Coordination"});
    app.user("focal_point").await.post("/releases", release).await.ok(201).clone()
}

#[tokio::test]
async fn a_release_that_ends_ends_what_was_copied_by_it() {
    app(async |app| {
        let partner = app.user("partner").await;
        let before = make(&partner, json!({"kinds": ["task"]})).await;
        let release = released(app, "plan:national").await;
        app.state.clock.advance(TimeDelta::seconds(1));
        let snapshot = make(&partner, json!({"kinds": ["plan", "task"]})).await;
        assert!(is_readable(&partner, &snapshot).await);
        assert!(is_readable(&partner, &before).await, "nothing was taken from it");

        let path = format!("/releases/{}", release["id"].as_str().expect("an id"));
        app.user("focal_point")
            .await
            .act(&path, "revoke", json!({"status_reason": "No longer"}))
            .await
            .ok(200);

        assert!(!is_readable(&partner, &snapshot).await);
        assert!(is_readable(&partner, &before).await);
    })
    .await;
}

#[tokio::test]
async fn what_is_purged_is_in_no_copy() {
    app(async |app| {
        let officer = app.user("officer").await;
        let task = officer
            .post(
                "/tasks",
                json!({"owner": "KGZ", "title": "By mistake", "lead_agency": "MES", "language": "en", "visibility": "national"}),
            )
            .await;
        let path = format!("/tasks/{}", task.ok(201)["id"].as_str().expect("an id"));
        let holder = make(&officer, json!({"kinds": ["task"]})).await;
        let other = make(&officer, json!({"kinds": ["plan"]})).await;
        let partner = app.user("partner").await;
        let outside = make(&partner, json!({"kinds": ["task"]})).await;
        let being_made = make(&officer, json!({"kinds": ["agency"]})).await;
        let id = being_made["id"].as_str().expect("an id").parse().expect("a uuid");
        app.lay_open_snapshot(id, 1).await;

        let purged = app.user("focal_point").await.act(&path, "purge", json!({"reason": "By mistake"})).await;

        assert!(purged.status < 300, "{}", purged.body);
        let told = officer.get(&path_of(&holder)).await;
        assert_eq!((&told.ok(200)["state"], &told.body["files"]), (&json!("failed"), &json!([])));
        file(&officer, &holder, "tasks.ndjson.gz").await.problem(404, "not_found");
        assert!(is_readable(&officer, &other).await);
        assert!(is_readable(&partner, &outside).await, "who did not see it is told nothing");
        let begun = officer.get(&path_of(&being_made)).await;
        assert_eq!(begun.ok(200)["state"], "waiting", "it may hold what is gone");
    })
    .await;
}
