//! The order of answers: 405/406, 401, 413/415/400, 422 shape, 404, 403, 428, 412, 409, 422 rules.

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::{at, head, pair};
use crate::support::{app, client::Client};

const UPDATE: &str = "mutation($input: UpdateTaskInput!) { updateTask(input: $input) { task { id } } }";
const START: &str = "mutation($input: MoveTaskInput!) { startTask(input: $input) { task { id } } }";
const NOWHERE: &str = "0198c0de-0000-7000-8000-000000000001";

async fn code(who: &Client<'_>, query: &str, input: Json) -> String {
    who.graphql(query, json!({ "input": input })).await.fault().to_owned()
}

#[tokio::test]
async fn each_refusal_comes_before_the_next_on_an_edit() {
    app(async |app| {
        let before = head(app).await;
        let path = at(app, "national");
        let hidden = at(app, "foreign");
        let bad = json!({"titel": 1});
        let rule = json!({"visibility": "agency", "external_key": "k"});
        let officer = app.user("officer").await;
        let observer = app.user("observer").await;
        let anonymous = app.anonymous();
        let full = format!("/api/v1{path}");
        let none = Vec::new;

        let method = anonymous.send(Method::PUT, &full, Some("text/plain"), none()).await;
        let accept = anonymous.with("accept", "text/csv").send(Method::PATCH, &full, None, none()).await;
        let caller = anonymous.send(Method::PATCH, &full, Some("text/plain"), b"{".to_vec()).await;
        let media = observer.send(Method::PATCH, &full, Some("text/plain"), b"{".to_vec()).await;
        let json = observer.send(Method::PATCH, &full, Some("application/json"), b"{".to_vec()).await;
        let shape = observer.patch(&hidden, "\"9.000000000000\"", bad.clone()).await;
        let absent = observer.patch(&hidden, "\"9.000000000000\"", rule.clone()).await;
        let right = observer.patch(&path, "\"9.000000000000\"", rule.clone()).await;
        let required =
            officer.send(Method::PATCH, &full, Some("application/json"), rule.to_string().into_bytes()).await;
        let star = officer.patch(&path, "*", rule.clone()).await;
        let stale = officer.patch(&path, "\"9.000000000000\"", rule.clone()).await;
        let strange = officer.patch(&path, "\"one\"", rule.clone()).await;
        let rules = officer.patch(&path, "\"1.000000000000\"", rule).await;

        method.problem(405, "method_not_allowed");
        accept.problem(406, "not_acceptable");
        caller.problem(401, "unauthenticated");
        media.problem(415, "unsupported_media_type");
        json.problem(400, "malformed_json");
        shape.problem(422, "invalid");
        absent.problem(404, "not_found");
        right.problem(403, "forbidden");
        required.problem(428, "version_required");
        star.problem(428, "version_required");
        assert_eq!(stale.problem(412, "stale_version")["current_version"], 1);
        strange.problem(412, "stale_version");
        rules.problem(422, "invalid");
        assert_eq!(rules.violations(), [pair("/source_system", "required")]);
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn each_refusal_comes_before_the_next_by_graphql() {
    app(async |app| {
        let before = head(app).await;
        let (id, hidden) = (app.world.id("task:national"), app.world.id("task:foreign"));
        let officer = app.user("officer").await;
        let observer = app.user("observer").await;
        let bad = |id: &str| json!({"id": id, "expectedVersion": 9, "title": ""});
        let rule = |id: &str, version: i32| json!({"id": id, "expectedVersion": version, "externalKey": "k"});

        let caller = code(&app.anonymous(), UPDATE, bad(&hidden.to_string())).await;
        let shape = code(&observer, UPDATE, bad(&hidden.to_string())).await;
        let absent = code(&observer, UPDATE, rule(&hidden.to_string(), 9)).await;
        let missing = code(&observer, UPDATE, rule(NOWHERE, 9)).await;
        let right = code(&observer, UPDATE, rule(&id.to_string(), 9)).await;
        let stale = code(&officer, UPDATE, rule(&id.to_string(), 9)).await;
        let rules = code(&officer, UPDATE, rule(&id.to_string(), 1)).await;

        let found = [caller, shape, absent, missing, right, stale, rules];
        let expected =
            ["unauthenticated", "invalid", "not_found", "not_found", "forbidden", "stale_version", "invalid"];
        assert_eq!(found, expected);
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn each_refusal_comes_before_the_next_on_a_move() {
    app(async |app| {
        let path = at(app, "national");
        let id = app.world.id("task:national");
        let officer = app.user("officer").await;
        let observer = app.user("observer").await;
        let move_to = |version: i32| json!({"id": id, "expectedVersion": version});

        let shape = observer
            .with("if-match", "\"9.000000000000\"")
            .post(&format!("{path}/start"), json!({"x": 1}))
            .await;
        let right =
            observer.with("if-match", "\"9.000000000000\"").post(&format!("{path}/start"), json!({})).await;
        let required = officer.post(&format!("{path}/start"), json!({})).await;
        let stale =
            officer.with("if-match", "\"9.000000000000\"").post(&format!("{path}/start"), json!({})).await;
        let state =
            officer.with("if-match", "\"1.000000000000\"").post(&format!("{path}/start"), json!({})).await;

        shape.problem(422, "invalid");
        right.problem(403, "forbidden");
        required.problem(428, "version_required");
        stale.problem(412, "stale_version");
        state.problem(409, "illegal_move");
        assert_eq!(code(&app.anonymous(), START, move_to(9)).await, "unauthenticated");
        assert_eq!(code(&observer, START, move_to(9)).await, "forbidden");
        assert_eq!(code(&officer, START, move_to(9)).await, "stale_version");
        assert_eq!(code(&officer, START, move_to(1)).await, "illegal_move");
    })
    .await;
}

#[tokio::test]
async fn shape_comes_before_an_address_that_leads_nowhere() {
    app(async |app| {
        let steward = app.user("steward").await;
        let officer = app.user("officer").await;
        let bad = json!({"nmae": 1});

        let by_code = steward.patch("/countries/XYZ", "\"1.000000000000\"", bad.clone()).await;
        let by_id = officer.patch(&format!("/tasks/{NOWHERE}"), "\"1.000000000000\"", bad.clone()).await;
        let by_nonsense = officer.patch("/tasks/nonsense", "\"1.000000000000\"", bad).await;
        let good = officer.patch("/tasks/nonsense", "\"1.000000000000\"", json!({"title": "x"})).await;

        by_code.problem(422, "invalid");
        by_id.problem(422, "invalid");
        by_nonsense.problem(422, "invalid");
        good.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn state_comes_before_rules() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/plans/{}", app.world.id("plan:national"));
        crate::plans::adopt(app, &path).await;

        let state = me.edit(&path, json!({"title": "Another", "external_key": "k"})).await;
        let rule = me.edit(&path, json!({"external_key": "k"})).await;

        state.problem(409, "plan_adopted");
        rule.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn creating_where_one_has_no_right_is_forbidden() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let create = "mutation($input: NewPlan!) { createPlan(input: $input) { plan { id } } }";
        let plan = |owner: &str, title: &str| {
            json!({"owner": owner, "kind": "cbrn_nap", "title": title, "domains": ["C"]})
        };

        let abroad = me.post("/plans", plan("KAZ", "Abroad")).await;
        let shape = me.post("/plans", plan("KAZ", "")).await;
        let nobody = me.post("/plans", plan("XYZ", "Nobody")).await;
        let input = json!({"owner": "KAZ", "language": "en", "kind": "CBRN_NAP", "title": "Abroad", "domains": ["C"]});

        abroad.problem(403, "forbidden");
        shape.problem(422, "invalid");
        let unknown = ("/owner".to_owned(), "reference_not_found".to_owned());
        nobody.problem(422, "invalid");
        assert!(nobody.violations().contains(&unknown), "{}", nobody.body);
        assert_eq!(code(&me, create, input).await, "forbidden");
        app.anonymous().post("/plans", plan("KAZ", "")).await.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_so_before_anything_of_the_input() {
    app(async |app| {
        let who = app.anonymous();
        let upsert = "mutation($input: NewTask!) { upsertTask(input: $input) { task { id } } }";
        let batch = "mutation($input: BatchInput!) { tasksBatch(input: $input) { outcomes { result } } }";
        let keyless = json!({"owner": "KGZ", "language": "en", "title": "", "leadAgency": "MES"});

        let upserted = code(&who, upsert, keyless).await;
        let batched = code(&who, batch, json!({"items": []})).await;
        let huge = vec![b'x'; 9 << 20];
        let sized = who.with("content-length", huge.len().to_string());
        let sized = sized.send(Method::POST, "/api/v1/tasks", Some("application/json"), huge).await;

        assert_eq!(upserted, "unauthenticated");
        assert_eq!(batched, "unauthenticated");
        sized.problem(401, "unauthenticated");
    })
    .await;
}
