//! Bad input: each gets its documented problem, with everything that is wrong, and writes nothing.

mod coding;
mod dates;
mod named;
mod order;
mod wire;

use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

pub fn task(title: &str) -> Json {
    json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en"})
}

pub fn at(app: &TestApp, name: &str) -> String {
    format!("/tasks/{}", app.world.id(&format!("task:{name}")))
}

/// Position of the newest change set: a refusal leaves it where it is.
pub async fn head(app: &TestApp) -> i64 {
    kernel::change::head(&app.system()).await.expect("the log is read").seq
}

pub fn pair(at: &str, code: &str) -> (String, String) {
    (at.to_owned(), code.to_owned())
}

/// Violations a GraphQL mutation lists, sorted.
pub async fn by_graphql(who: &Client<'_>, query: &str, input: Json) -> Vec<(String, String)> {
    let answer = who.graphql(query, json!({ "input": input })).await;
    let errors = answer.body["errors"][0]["extensions"]["errors"].as_array().cloned().unwrap_or_default();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> = errors.iter().map(|one| (text(&one["pointer"]), text(&one["code"]))).collect();
    found.sort();
    found
}

pub const CREATE_TASK: &str = "mutation($input: NewTask!) { createTask(input: $input) { task { id } } }";

#[tokio::test]
async fn all_violations_are_answered_at_once_with_their_places() {
    app(async |app| {
        let me = app.user("officer").await;
        let before = head(app).await;
        let body = json!({
            "owner": "KGZ", "title": "x".repeat(501), "lead_agency": 7, "estimate_days": 3651,
            "priority": "highest", "due_on": "31.03.2027", "colour": "red", "progress_percent": "much",
            "contributing_agencies": ["MOH", 1], "origin": {"kind": "finding"}, "language": "english"
        });

        let refused = me.post("/tasks", body).await;

        refused.problem(422, "invalid");
        let expected = [
            pair("/colour", "unknown_member"),
            pair("/contributing_agencies/1", "wrong_type"),
            pair("/due_on", "bad_format"),
            pair("/estimate_days", "out_of_range"),
            pair("/language", "bad_format"),
            pair("/lead_agency", "wrong_type"),
            pair("/origin/id", "required"),
            pair("/priority", "not_in_list"),
            pair("/progress_percent", "wrong_type"),
            pair("/title", "too_long"),
        ];
        assert_eq!(refused.violations(), expected);
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn both_faces_list_the_same_violations() {
    app(async |app| {
        let me = app.user("officer").await;
        let before = head(app).await;
        let rest = json!({"owner": "KGZ", "title": "", "lead_agency": "MES", "estimate_days": -1,
            "external_key": "k".repeat(201), "language": "english"});
        let graphql = json!({"owner": "KGZ", "title": "", "leadAgency": "MES", "estimateDays": -1,
            "externalKey": "k".repeat(201), "language": "english"});

        let refused = me.post("/tasks", rest).await;
        let listed = by_graphql(&me, CREATE_TASK, graphql).await;

        let expected = [
            pair("/estimate_days", "out_of_range"),
            pair("/external_key", "too_long"),
            pair("/language", "bad_format"),
            pair("/title", "too_short"),
        ];
        assert_eq!(refused.violations(), expected);
        assert_eq!(listed, expected);
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_member_names_the_nearest_known_one() {
    app(async |app| {
        let me = app.user("officer").await;

        let refused = me.edit(&at(app, "national"), json!({"titel": "Typo", "status": "done"})).await;

        refused.problem(422, "invalid");
        assert_eq!(
            refused.violations(),
            [pair("/status", "unknown_member"), pair("/titel", "unknown_member")]
        );
        assert!(refused.body.to_string().contains("did you mean `title`"));
    })
    .await;
}

#[tokio::test]
async fn hidden_and_missing_references_answer_alike() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let before = head(app).await;
        let mut body = task("Refers");
        body["lead_agency"] = json!(app.world.id("agency:KAZ/MES").to_string());
        body["contributing_agencies"] = json!(["MOH", "NONE"]);
        body["depends_on"] =
            json!([app.world.id("task:others").to_string(), "0198c0de-0000-7000-8000-000000000001"]);
        body["shared_with"] = json!({"agencies": ["NONE"]});

        let refused = me.post("/tasks", body).await;

        refused.problem(422, "invalid");
        let places = [
            "/contributing_agencies/1",
            "/depends_on/0",
            "/depends_on/1",
            "/lead_agency",
            "/shared_with/agencies/0",
        ];
        assert_eq!(refused.violations(), places.map(|at| pair(at, "reference_not_found")));
        let details = refused.body["errors"].as_array().expect("errors");
        // The value that was sent is told, and nothing else that could differ.
        let told = |at: usize| {
            details[at]["detail"].as_str().map(|text| text.split('"').step_by(2).collect::<Vec<_>>())
        };
        assert_eq!(told(1), told(2));
        assert!(told(1).is_some_and(|text| text == ["there is no task ", " here"]));
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn null_clears_what_may_be_empty_and_nothing_else() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "national");
        me.edit(&path, json!({"description": "Text", "due_on": "2027-01-01", "estimate_days": 4}))
            .await
            .ok(200);

        let cleared =
            me.edit(&path, json!({"description": null, "due_on": null, "contributing_agencies": null})).await;
        let refused = me.edit(&path, json!({"title": null, "priority": null, "lead_agency": null})).await;

        assert_eq!(cleared.ok(200)["description"], json!(null));
        assert_eq!(cleared.body["due_on"], json!(null));
        assert_eq!(cleared.body["contributing_agencies"], json!([]));
        assert_eq!(cleared.body["estimate_days"], 4);
        refused.problem(422, "invalid");
        let places = ["/lead_agency", "/priority", "/title"];
        assert_eq!(refused.violations(), places.map(|at| pair(at, "required")));
    })
    .await;
}

#[tokio::test]
async fn numbers_at_the_edges_are_no_faults_of_ours() {
    app(async |app| {
        let me = app.user("officer").await;
        let with = |days: Json| {
            let mut body = task("Number");
            body["estimate_days"] = days;
            body
        };

        let least = me.post("/tasks", with(json!(0))).await;
        let most = me.post("/tasks", with(json!(3650))).await;
        let huge = me.post("/tasks", with(json!(9_223_372_036_854_775_807_i64))).await;
        let part = me.post("/tasks", with(json!(1.5))).await;
        let late = me.edit(&at(app, "national"), json!({"due_on": "9999-12-31"})).await;
        let no_day = me.edit(&at(app, "national"), json!({"due_on": "2027-02-30"})).await;

        least.ok(201);
        most.ok(201);
        assert_eq!(huge.violations(), [pair("/estimate_days", "out_of_range")]);
        assert_eq!(part.violations(), [pair("/estimate_days", "wrong_type")]);
        late.ok(200);
        assert_eq!(no_day.violations(), [pair("/due_on", "bad_format")]);
    })
    .await;
}

#[tokio::test]
async fn translations_are_checked_like_texts() {
    app(async |app| {
        let me = app.user("officer").await;
        let body = json!({"translations": {"russian": {"title": "x"}, "ru": {"colour": "x", "title": ""}}});

        let refused = me.edit(&at(app, "national"), body).await;

        refused.problem(422, "invalid");
        let expected = [
            pair("/translations/ru/colour", "unknown_member"),
            pair("/translations/ru/title", "too_short"),
            pair("/translations/russian", "bad_format"),
        ];
        assert_eq!(refused.violations(), expected);
    })
    .await;
}

#[tokio::test]
async fn values_that_are_taken_name_their_member() {
    app(async |app| {
        let me = app.user("secretariat").await;
        me.put("/tasks/by-key/register/1", task("First")).await.ok(201);
        let agency =
            json!({"owner": "KGZ", "language": "en", "code": "MES", "name": "Again", "kind": "ministry"});

        let key =
            me.edit(&at(app, "national"), json!({"source_system": "register", "external_key": "1"})).await;
        let code = me.post("/agencies", agency).await;

        key.problem(422, "invalid");
        assert_eq!(key.violations(), [pair("/external_key", "not_unique")]);
        assert_eq!(code.violations(), [pair("/code", "not_unique")]);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_a_hidden_record_has_is_refused_to_its_owner_only() {
    app(async |app| {
        let mut quiet = task("Quiet");
        quiet["visibility"] = json!("agency");
        app.user("officer").await.put("/tasks/by-key/agency:MES/1", quiet).await.ok(201);

        let other = app.user("contributor").await;
        let body = json!({"owner": "KGZ", "language": "en", "title": "Mine", "lead_agency": "MOH"});
        let refused = other.put("/tasks/by-key/agency:MES/1", body).await;

        assert_eq!(refused.violations(), [pair("/source_system", "source_system_reserved")]);
    })
    .await;
}

#[tokio::test]
async fn parameters_that_cannot_be_read_are_all_named() {
    app(async |app| {
        let me = app.user("officer").await;

        let refused = me.get("/tasks?limit=many&status=late&due_from=soon&total=perhaps&id=7&x=1").await;

        refused.problem(400, "bad_request");
        let expected = [
            pair("?due_from", "bad_format"),
            pair("?id", "bad_format"),
            pair("?limit", "bad_format"),
            pair("?status", "bad_format"),
            pair("?total", "bad_format"),
            pair("?x", "unknown_parameter"),
        ];
        assert_eq!(refused.violations(), expected);
    })
    .await;
}

#[tokio::test]
async fn problems_have_the_published_form() {
    app(async |app| {
        let refused = app.user("officer").await.post("/tasks", json!({})).await;

        let body = refused.problem(422, "invalid");
        assert_eq!(body["type"], "/problems/invalid");
        assert_eq!(body["title"], "The content breaks rules");
        assert_eq!(body["status"], 422);
        assert_eq!(body["instance"], "/api/v1/tasks");
        assert_eq!(refused.headers["x-request-id"], body["request_id"].as_str().unwrap_or_default());
        let places = ["/lead_agency", "/owner", "/title"];
        assert_eq!(refused.violations(), places.map(|at| pair(at, "required")));
    })
    .await;
}

#[tokio::test]
async fn what_is_about_hazards_names_at_least_one() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let steward = app.user("steward").await;
        let plan = json!({"owner": "KGZ", "language": "en", "kind": "cbrn_nap", "title": "Plan"});
        let mut none = plan.clone();
        none["domains"] = json!([]);
        let framework = json!({"domains": []});

        let missing = me.post("/plans", plan).await;
        let empty = me.post("/plans", none).await;
        let edited = steward.edit("/frameworks/CWC", framework).await;

        missing.problem(422, "invalid");
        assert_eq!(missing.violations(), [pair("/domains", "required")]);
        empty.problem(422, "invalid");
        assert_eq!(empty.violations(), [pair("/domains", "too_short")]);
        edited.problem(422, "invalid");
        assert_eq!(edited.violations(), [pair("/domains", "too_short")]);
    })
    .await;
}
