//! Past states: who sees which, and how they are numbered.

use kernel::change;
use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Answer};

/// Numbers of the states an answer tells.
fn numbers(answer: &Answer) -> Vec<i64> {
    let items = answer.ok(200)["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item["number"].as_i64()).collect()
}

/// Sets who sees the agency's own task inside the country.
async fn set_visibility(app: &TestApp, level: &str) {
    let path = format!("/tasks/{}", app.world.id("task:agency"));
    app.user("lead").await.edit(&path, json!({ "visibility": level })).await.ok(200);
}

#[tokio::test]
async fn a_past_state_is_hidden_when_its_facts_would_be() {
    app(async |app| {
        let path = format!("/tasks/{}/history", app.world.id("task:agency"));
        set_visibility(app, "national").await;

        let lead = app.user("lead").await.get(&path).await;
        let observer = app.user("observer").await.get(&path).await;

        assert_eq!(numbers(&lead), [1, 2]);
        assert_eq!(numbers(&observer), [2]);
        assert_eq!(observer.body["items"][0]["changes"]["visibility"], json!([null, "national"]));
    })
    .await;
}

#[tokio::test]
async fn a_hidden_state_between_two_visible_ones_leaves_no_trace() {
    app(async |app| {
        let path = format!("/tasks/{}", app.world.id("task:agency"));
        set_visibility(app, "national").await;
        set_visibility(app, "agency").await;
        app.user("lead").await.edit(&path, json!({ "title": "Hidden title" })).await.ok(200);
        app.user("lead").await.edit(&path, json!({ "title": "Shown title" })).await.ok(200);
        set_visibility(app, "national").await;

        let observer = app.user("observer").await.get(&format!("{path}/history")).await;

        assert_eq!(numbers(&observer), [2, 6]);
        assert!(!String::from_utf8_lossy(&observer.bytes).contains("Hidden title"));
    })
    .await;
}

#[tokio::test]
async fn the_history_of_a_hidden_record_does_not_exist() {
    app(async |app| {
        let path = format!("/tasks/{}/history", app.world.id("task:agency"));

        let observer = app.user("observer").await.get(&path).await;
        let abroad = app.user("foreign_focal_point").await.get(&path).await;

        observer.problem(404, "not_found");
        abroad.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn the_history_of_outsiders_begins_at_the_release_and_is_numbered_from_there() {
    app(async |app| {
        let path = format!("/plans/{}", app.world.id("plan:released"));
        app.user("focal_point").await.edit(&path, json!({ "title": "Plan, second title" })).await.ok(200);

        let outside = app.user("partner").await.get(&format!("{path}/history")).await;
        let inside = app.user("focal_point").await.get(&format!("{path}/history")).await;

        assert_eq!(numbers(&inside), [1, 2, 3]);
        assert_eq!(numbers(&outside), [1, 2]);
        assert_eq!(
            outside.body["items"][1]["changes"]["title"],
            json!(["Plan released", "Plan, second title"])
        );
    })
    .await;
}

#[tokio::test]
async fn outsiders_learn_neither_writers_nor_versions_from_history() {
    app(async |app| {
        let path = format!("/plans/{}", app.world.id("plan:released"));
        app.user("focal_point").await.edit(&path, json!({ "title": "Plan, second title" })).await.ok(200);

        let outside = app.user("partner").await.get(&format!("{path}/history")).await;
        let inside = app.user("focal_point").await.get(&format!("{path}/history")).await;

        let newest = &outside.ok(200)["items"][1];
        assert_eq!(newest["by"], Json::Null);
        assert_eq!(newest["record"]["version"], Json::Null);
        assert_eq!(newest["record"]["shared_with"], Json::Null);
        assert_eq!(inside.ok(200)["items"][2]["by"], app.world.id("focal_point").to_string());
    })
    .await;
}

#[tokio::test]
async fn changes_shown_to_outsiders_name_only_what_the_record_shows_them() {
    app(async |app| {
        let path = format!("/plans/{}/history", app.world.id("plan:released"));

        let outside = app.user("partner").await.get(&path).await;

        let first = &outside.ok(200)["items"][0];
        let told: Vec<&String> = first["changes"].as_object().expect("changes").keys().collect();
        let shown = first["record"].as_object().expect("a record");
        let more: Vec<_> = told.into_iter().filter(|field| !shown.contains_key(*field)).collect();
        assert_eq!(more, Vec::<&String>::new(), "fields of the table that no view has");
    })
    .await;
}

#[tokio::test]
async fn history_is_read_in_pages() {
    app(async |app| {
        let path = format!("/plans/{}", app.world.id("plan:released"));
        let me = app.user("focal_point").await;
        me.edit(&path, json!({ "title": "Plan, second title" })).await.ok(200);

        let first = me.get(&format!("{path}/history?limit=2")).await;
        let next = first.ok(200)["next"].as_str().unwrap_or_default().to_owned();
        let second = me.get(&format!("{path}/history?limit=2&after={next}")).await;

        assert_eq!((numbers(&first), numbers(&second)), (vec![1, 2], vec![3]));
        assert_eq!(second.body["next"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn a_write_that_changes_nothing_logs_nothing() {
    app(async |app| {
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let me = app.user("focal_point").await;
        let before = change::head(&app.system()).await.expect("a head");

        let answer = me.edit(&path, json!({ "title": "Task national", "priority": "normal" })).await;

        assert_eq!(answer.ok(200)["version"], 1);
        assert_eq!(change::head(&app.system()).await.expect("a head"), before);
    })
    .await;
}

#[tokio::test]
async fn a_change_set_says_who_wrote_it_and_why() {
    app(async |app| {
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let me = app.user("focal_point").await;

        me.edit(&path, json!({ "title": "Task, second title" })).await.ok(200);
        let past = me.get(&format!("{path}/history")).await;

        let newest = &past.ok(200)["items"][1];
        assert_eq!(newest["by"], app.world.id("focal_point").to_string());
        assert_eq!((&newest["op"], &newest["cause"]), (&json!("update"), &json!("request")));
        assert_eq!(past.body["items"][0]["cause"], "seed");
    })
    .await;
}
