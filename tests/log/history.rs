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
        assert_eq!(inside.ok(200)["items"][2]["by"]["id"], app.world.id("focal_point").to_string());
    })
    .await;
}

/// Fields that changes of an answer name, but the record beside them does not have.
fn unknown_fields(answer: &Answer) -> Vec<String> {
    let items = answer.ok(200)["items"].as_array().cloned().unwrap_or_default();
    let mut more = Vec::new();
    for item in items {
        let told = item["changes"].as_object().cloned().unwrap_or_default();
        more.extend(told.into_iter().map(|(field, _)| field).filter(|field| item["record"][field].is_null()));
    }
    more.retain(|field| !items_clear(answer, field));
    more
}

/// Whether the last state an answer tells emptied a field.
fn items_clear(answer: &Answer, field: &str) -> bool {
    let items = answer.body["items"].as_array().cloned().unwrap_or_default();
    items.iter().any(|item| item["changes"][field][1].is_null() && item["changes"][field].is_array())
}

/// Unknown fields of the histories of all the world's records of a kind, as this user reads them; there must be some.
async fn unknown_in(app: &TestApp, name: &str, collection: &str) -> Vec<String> {
    let me = app.user(name).await;
    let list = me.get(&format!("/{collection}?limit=200")).await;
    let items = list.ok(200)["items"].as_array().cloned().unwrap_or_default();
    assert!(!items.is_empty(), "{name} reads no {collection}");
    let mut found = Vec::new();
    for item in items {
        let id = item["id"].as_str().unwrap_or_default();
        let past = me.get(&format!("/{collection}/{id}/history?lang=*")).await;
        assert!(!numbers(&past).is_empty(), "{name} reads no history of {collection} {id}");
        found.extend(unknown_fields(&past).into_iter().map(|field| format!("{collection}: {field}")));
    }
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn changes_shown_to_outsiders_name_only_what_the_record_shows_them() {
    app(async |app| {
        let plans = unknown_in(app, "partner", "plans").await;
        let actions = unknown_in(app, "partner", "actions").await;
        let tasks = unknown_in(app, "partner", "tasks").await;

        assert_eq!([plans, actions, tasks].concat(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn changes_name_fields_as_the_record_does() {
    app(async |app| {
        let action = format!("/actions/{}", app.world.id("action:national"));
        let task = format!("/tasks/{}", app.world.id("task:national"));
        let me = app.user("focal_point").await;
        me.edit(&action, json!({ "cost": { "amount": "12.50", "currency": "KGS" } })).await.ok(200);
        let origin = json!({ "kind": "decision", "id": app.world.id("plan:national") });
        me.edit(&task, json!({ "origin": origin })).await.ok(200);

        let actions = unknown_in(app, "focal_point", "actions").await;
        let tasks = unknown_in(app, "focal_point", "tasks").await;

        assert_eq!([actions, tasks].concat(), Vec::<String>::new());
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
        let next = first.ok(200)["page"]["next"].as_str().unwrap_or_default().to_owned();
        let second = me.get(&format!("{path}/history?limit=2&after={next}&total=true")).await;

        assert_eq!((numbers(&first), numbers(&second)), (vec![1, 2], vec![3]));
        let changes = &second.body["items"][0]["changes"];
        assert_eq!(changes, &json!({ "title": ["Plan released", "Plan, second title"] }));
        let link = first.headers["link"].to_str().unwrap_or_default();
        assert_eq!(link, format!("</api/v1{path}/history?limit=2&after={next}>; rel=\"next\""));
        assert_eq!(first.body["page"], json!({ "next": next, "limit": 2 }));
        assert_eq!(second.body["page"], json!({ "next": null, "limit": 2, "total": 3 }));
        assert!(second.headers.get("link").is_none());
    })
    .await;
}

#[tokio::test]
async fn history_is_a_connection_that_is_read_forwards() {
    app(async |app| {
        let plan = app.world.id("plan:released");
        let me = app.user("focal_point").await;
        me.edit(&format!("/plans/{plan}"), json!({ "title": "Plan, second title" })).await.ok(200);
        let query = "query($id: ID!, $after: String) { plan(id: $id) { history(first: 2, after: $after) {
            totalCount edges { cursor node { number op } } nodes { number }
            pageInfo { hasNextPage hasPreviousPage endCursor } } } }";

        let first = me.graphql(query, json!({ "id": plan })).await;
        let past = &first.data()["plan"]["history"];
        let second = me.graphql(query, json!({ "id": plan, "after": past["pageInfo"]["endCursor"] })).await;
        let strange = me.graphql(query, json!({ "id": plan, "after": "x" })).await;

        let rest = &second.data()["plan"]["history"];
        assert_eq!(past["edges"][1]["node"], json!({ "number": 2, "op": "UPDATE" }));
        assert_eq!(past["edges"][1]["cursor"], past["pageInfo"]["endCursor"]);
        assert_eq!((&past["totalCount"], &past["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
        assert_eq!(rest["nodes"], json!([{ "number": 3 }]));
        assert_eq!(rest["pageInfo"]["hasNextPage"], false);
        assert_eq!(strange.fault(), "cursor_invalid");
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
        assert_eq!(newest["by"]["id"], app.world.id("focal_point").to_string());
        assert_eq!((&newest["op"], &newest["cause"]), (&json!("update"), &json!("request")));
        assert_eq!(past.body["items"][0]["cause"], "seed");
    })
    .await;
}
