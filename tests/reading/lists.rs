//! Lists that hold hidden records: read without them, written back without losing them.

use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

/// An agency that only focal point and secretariat see, as a contributor of the national action.
async fn with_hidden_contributor(app: &TestApp) -> (String, String) {
    let me = app.user("focal_point").await;
    let hidden = json!({"owner": "KGZ", "code": "HID", "name": "Hidden body", "kind": "service",
        "visibility": "group", "language": "en"});
    let agency = me.post("/agencies", hidden).await.id();
    let path = format!("/actions/{}", app.world.id("action:national"));
    me.edit(&path, json!({"contributing_agencies": ["HID", "MOH"]})).await.ok(200);
    (path, agency)
}

async fn contributors(who: &Client<'_>, path: &str) -> Vec<Json> {
    let answer = who.get(path).await;
    let listed = answer.ok(200)["contributing_agencies"].as_array().cloned().unwrap_or_default();
    listed.iter().map(|agency| agency["code"].clone()).collect()
}

#[tokio::test]
async fn writing_back_what_was_read_changes_nothing() {
    app(async |app| {
        let (path, _) = with_hidden_contributor(app).await;
        let officer = app.user("lead").await;
        let read = officer.get(&path).await;

        let written = officer.edit(&path, json!({"contributing_agencies": ["MOH"]})).await;

        assert_eq!(contributors(&officer, &path).await, ["MOH"]);
        assert_eq!(written.ok(200)["version"], read.ok(200)["version"]);
        assert_eq!(contributors(&app.user("focal_point").await, &path).await, ["HID", "MOH"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_writer_does_not_see_stays_in_the_list() {
    app(async |app| {
        let (path, _) = with_hidden_contributor(app).await;
        let officer = app.user("lead").await;

        officer.edit(&path, json!({"contributing_agencies": ["MOF"]})).await.ok(200);
        let changed = contributors(&app.user("focal_point").await, &path).await;
        officer.edit(&path, json!({"contributing_agencies": null})).await.ok(200);
        let emptied = contributors(&app.user("focal_point").await, &path).await;

        assert_eq!(changed, ["MOF", "HID"]);
        assert_eq!(emptied, ["HID"]);
    })
    .await;
}

#[tokio::test]
async fn who_sees_all_of_a_list_writes_all_of_it() {
    app(async |app| {
        let (path, _) = with_hidden_contributor(app).await;
        let me = app.user("focal_point").await;

        me.edit(&path, json!({"contributing_agencies": ["MOH"]})).await.ok(200);

        assert_eq!(contributors(&me, &path).await, ["MOH"]);
    })
    .await;
}

#[tokio::test]
async fn sharing_names_only_what_its_reader_sees() {
    app(async |app| {
        let (_, hidden) = with_hidden_contributor(app).await;
        let path = format!("/tasks/{}", app.world.id("task:group"));
        let me = app.user("focal_point").await;
        me.edit(&path, json!({"shared_with": {"agencies": ["MOF", "HID"]}})).await.ok(200);
        let query = "query($id: ID!) { task(id: $id) { sharedWith { agencies } } }";
        let id = json!({"id": app.world.id("task:group")});
        let officer = app.user("lead").await;

        let read = officer.get(&path).await;
        let edge = officer.graphql(query, id).await;
        let written = officer.edit(&path, json!({"shared_with": {"agencies": ["MOF"]}})).await;
        let after = me.get(&path).await;

        let shown = json!([app.world.id("agency:KGZ/MOF")]);
        assert_eq!(read.ok(200)["shared_with"]["agencies"], shown);
        assert_eq!(edge.data()["task"]["sharedWith"]["agencies"], shown);
        assert_eq!(written.ok(200)["version"], read.body["version"]);
        let kept = after.ok(200)["shared_with"]["agencies"].to_string();
        assert!(kept.contains(&hidden), "{kept}");
    })
    .await;
}

#[tokio::test]
async fn a_new_record_is_shared_as_it_says_and_no_wider() {
    app(async |app| {
        let plan = app.world.id("plan:national");
        let new = |with: Json| {
            json!({"owner": "KGZ", "title": "Shared", "lead_agency": "MES", "language": "en",
            "plan": plan, "shared_with": with})
        };
        let me = app.user("secretariat").await;

        let made = me.post("/tasks", new(json!({"agencies": ["MOF"]}))).await;
        let plain = me.post("/tasks", new(Json::Null)).await;
        let path = format!("/tasks/{}", made.id());

        assert_eq!(made.ok(201)["visibility"], "group");
        assert_eq!(made.body["shared_with"]["agencies"], json!([app.world.id("agency:KGZ/MOF")]));
        assert_eq!(plain.ok(201)["visibility"], "national");
        app.user("bystander").await.get(&path).await.ok(200);
        app.user("observer").await.get(&path).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_child_given_a_list_does_not_take_its_parents_wider_one() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let plan = json!({"owner": "KGZ", "kind": "sectoral", "title": "Shared plan", "domains": ["C"], "language": "en",
            "visibility": "group", "shared_with": {"agencies": ["MOH", "MOF"]}});
        let plan = me.post("/plans", plan).await.id();
        let task = json!({"owner": "KGZ", "title": "For one", "lead_agency": "MES", "language": "en", "plan": plan,
            "shared_with": {"agencies": ["MOH"]}});

        let made = me.post("/tasks", task).await;

        assert_eq!(made.ok(201)["shared_with"]["agencies"], json!([app.world.id("agency:KGZ/MOH")]));
        let path = format!("/tasks/{}", made.id());
        app.user("contributor").await.get(&path).await.ok(200);
        app.user("bystander").await.get(&path).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn an_origin_is_told_to_those_who_see_it() {
    app(async |app| {
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let origin = json!({"kind": "task", "id": app.world.id("task:agency")});
        app.user("lead").await.edit(&path, json!({"origin": origin})).await.ok(200);
        let query = "query($id: ID!) { task(id: $id) { origin { id } } }";
        let id = json!({"id": app.world.id("task:national")});

        let lead = app.user("lead").await.get(&path).await;
        let observer = app.user("observer").await.get(&path).await;
        let edge = app.user("observer").await.graphql(query, id.clone()).await;
        let seen = app.user("lead").await.graphql(query, id).await;

        assert_eq!(lead.ok(200)["origin"], origin);
        assert_eq!(observer.ok(200)["origin"], Json::Null);
        assert_eq!(edge.data()["task"]["origin"], Json::Null);
        assert_eq!(seen.data()["task"]["origin"]["id"], origin["id"]);
        let past = app.user("observer").await.get(&format!("{path}/history")).await;
        let told = String::from_utf8_lossy(&past.bytes).into_owned();
        assert!(!told.contains(&app.world.id("task:agency").to_string()), "{told}");
    })
    .await;
}

#[tokio::test]
async fn circles_through_hidden_tasks_are_not_told() {
    app(async |app| {
        let me = app.user("lead").await;
        let new = |title: &str, lead: &str, level: &str| {
            json!({"owner": "KGZ", "title": title, "lead_agency": lead,
            "visibility": level, "language": "en"})
        };
        let first = me.post("/tasks", new("First", "MES", "national")).await.id();
        let mut hidden = new("Hidden", "MOF", "agency");
        hidden["depends_on"] = json!([first]);
        let hidden = app.user("bystander").await.post("/tasks", hidden).await.id();
        let path = format!("/tasks/{}", app.world.id("task:others"));
        app.user("bystander").await.edit(&path, json!({"depends_on": [hidden]})).await.ok(200);
        app.user("bystander").await.edit(&path, json!({"visibility": "national"})).await.ok(200);

        let across =
            me.edit(&format!("/tasks/{first}"), json!({"depends_on": [app.world.id("task:others")]})).await;
        let direct = me.edit(&path, json!({"depends_on": [first]})).await;

        across.ok(200);
        direct.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn filters_take_as_much_as_a_statement_holds() {
    app(async |app| {
        let long = vec!["a"; 1_200].join("%20");
        let ids: Vec<String> = (0..40_000).map(|at| format!("01a1fd8c-6900-7098-82d6-{at:012}")).collect();
        let query = "query($ids: [ID!]) { plans(filter: {id: $ids}) { totalCount } }";

        let words = app.anonymous().get(&format!("/plans?q={long}")).await;
        let values = app.user("officer").await.graphql(query, json!({"ids": ids})).await;
        let enough = app.anonymous().get("/plans?q=a%20b%20c&owner=KGZ").await;

        words.problem(400, "bad_request");
        assert_eq!(words.violations(), [("?q".into(), "out_of_range".into())]);
        assert_eq!(values.fault(), "bad_request");
        enough.ok(200);
    })
    .await;
}
