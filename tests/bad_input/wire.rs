//! What cannot be read at all: bytes, encodings, media types, sizes, addresses.

use axum::http::Method;
use serde_json::json;

use super::{CREATE_TASK, at, by_graphql, head, pair};
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

const JSON: Option<&str> = Some("application/json");

async fn post(who: &Client<'_>, kind: Option<&str>, body: &[u8]) -> Answer {
    who.send(Method::POST, "/api/v1/tasks", kind, body.to_vec()).await
}

async fn graphql(who: &Client<'_>, body: &[u8]) -> Answer {
    who.send(Method::POST, "/graphql", JSON, body.to_vec()).await
}

/// Codes of bodies that are no JSON, by REST and by GraphQL.
async fn unreadable(who: &Client<'_>, bodies: &[&[u8]]) -> Vec<String> {
    let mut codes = Vec::new();
    for body in bodies {
        let rest = post(who, JSON, body).await;
        rest.problem(400, "malformed_json");
        codes.push(graphql(who, body).await.body["code"].as_str().unwrap_or("none").to_owned());
    }
    codes
}

/// Statuses of addresses, each of which must answer a problem.
async fn refused(app: &TestApp, who: &Client<'_>, paths: &[&str]) -> Vec<(String, u16)> {
    let before = head(app).await;
    let mut found = Vec::new();
    for path in paths {
        let answer = who.get(path).await;
        let problem = answer.body["code"].is_string() || answer.status == 200;
        let status = if problem { answer.status } else { 0 };
        found.push(((*path).to_owned(), status));
    }
    assert_eq!(head(app).await, before);
    found.retain(|(_, status)| ![200, 400, 404].contains(status));
    found
}

#[tokio::test]
async fn what_is_no_json_object_is_malformed() {
    app(async |app| {
        let me = app.user("officer").await;
        let before = head(app).await;
        let deep = "[".repeat(100_000);
        let bodies: [&[u8]; 9] = [
            b"",
            b"{",
            b"{\"title\": }",
            b"[]",
            b"\"text\"",
            b"{\"title\": \"\\ud800\"}",
            b"{\"title\": 1e999}",
            b"{\"title\": \"\xff\"}",
            deep.as_bytes(),
        ];

        let codes = unreadable(&me, &bodies).await;

        assert_eq!(codes, ["malformed_json"; 9]);
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn members_given_twice_and_null_characters_are_listed_together() {
    app(async |app| {
        let me = app.user("officer").await;
        let before = head(app).await;
        let body = br#"{"owner": "KGZ", "title": "a\u0000b", "owner": "KAZ", "origin": {"kind": "\u0000"}}"#;

        let refused = post(&me, JSON, body).await;

        refused.problem(400, "bad_request");
        let expected = [
            pair("/origin/kind", "null_character"),
            pair("/owner", "duplicate_member"),
            pair("/title", "null_character"),
        ];
        assert_eq!(refused.violations(), expected);
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn null_characters_are_refused_wherever_a_text_comes_in() {
    app(async |app| {
        let me = app.user("officer").await;
        let paths = [
            "/tasks?q=a%00b",
            "/tasks?owner=KGZ%00",
            "/tasks?external_key=%00",
            "/tasks?source_system=%00",
            "/tasks?lead_agency=%00",
            "/tasks?country=%00",
            "/tasks?region=%00",
            "/tasks?after=%00",
            "/users?email=%00",
            "/countries/%00",
            "/tasks/%00",
            "/tasks/by-key/agency:MES/a%00b",
            "/tasks/by-key/%00/a",
            "/tasks?lang=%00",
        ];

        assert_eq!(refused(app, &me, &paths).await, []);
    })
    .await;
}

#[tokio::test]
async fn null_characters_are_refused_on_the_graphql_face_too() {
    app(async |app| {
        let me = app.user("officer").await;
        let id = app.world.id("task:national");
        let list = "query { tasks(filter: {q: \"\\u0000\", owner: [\"\\u0000\"]}) { totalCount } }";
        let code = "query { country(code: \"\\u0000\") { id } }";
        let key = "query { taskByKey(sourceSystem: \"\\u0000\", key: \"\\u0000\") { id } }";
        me.act(&at(app, "national"), "assign", json!({"due_on": "2027-01-01"})).await.ok(200);

        let create =
            "mutation { createTask(input: {owner: \"KGZ\", language: \"en\", title: \"a\\u0000\", leadAgency: \"MES\"})
            { task { id } } }";
        let block = format!(
            "mutation {{ blockTask(input: {{id: \"{id}\", expectedVersion: 2, reason: \"\\u0000\"}})
            {{ task {{ id }} }} }}"
        );

        let variable = json!({"input": {"owner": "KGZ", "title": "a\u{0}b", "leadAgency": "MES"}});
        let variable = me.graphql(CREATE_TASK, variable).await;
        let created = by_graphql(&me, create, json!({})).await;
        let moved = by_graphql(&me, &block, json!({})).await;
        let listed = me.graphql(list, json!({})).await;
        let read = me.graphql(code, json!({})).await;
        let keyed = me.graphql(key, json!({})).await;

        variable.problem(400, "null_character");
        assert_eq!(variable.violations(), [pair("/variables/input/title", "null_character")]);
        assert_eq!(created, [pair("/title", "null_character")]);
        assert_eq!(moved, [pair("/reason", "null_character")]);
        assert_ne!(listed.fault(), "internal");
        assert_ne!(read.fault(), "internal");
        assert_ne!(keyed.fault(), "internal");
    })
    .await;
}

#[tokio::test]
async fn moves_hold_their_texts_to_the_published_lengths_on_both_faces() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "national");
        let id = app.world.id("task:national");
        let cancel = "mutation($input: MoveTaskInput!) { cancelTask(input: $input) { task { id } } }";
        let long = "x".repeat(5001);

        let rest = me.act(&path, "cancel", json!({"reason": long})).await;
        let rest_empty = me.act(&path, "cancel", json!({"reason": ""})).await;
        let input = json!({"id": id, "expectedVersion": 1, "reason": long});
        let graphql = by_graphql(&me, cancel, input).await;
        let input = json!({"id": id, "expectedVersion": 1, "reason": ""});
        let graphql_empty = by_graphql(&me, cancel, input).await;

        assert_eq!(rest.violations(), [pair("/reason", "too_long")]);
        assert_eq!(rest_empty.violations(), [pair("/reason", "too_short")]);
        assert_eq!(graphql, rest.violations());
        assert_eq!(graphql_empty, rest_empty.violations());
    })
    .await;
}

#[tokio::test]
async fn addresses_that_are_no_utf8_are_problems_too() {
    app(async |app| {
        let me = app.user("officer").await;
        let paths = ["/countries/%FF", "/tasks/by-key/%FF/a", "/tasks?q=%FF", "/tasks/%FF/moves"];

        assert_eq!(refused(app, &me, &paths).await, []);
    })
    .await;
}

#[tokio::test]
async fn bodies_are_json_in_utf8() {
    app(async |app| {
        let me = app.user("officer").await;
        let body = br#"{"owner": "KGZ", "language": "en", "title": "Typed", "lead_agency": "MES"}"#;

        let none = post(&me, None, body).await;
        let form = post(&me, Some("application/x-www-form-urlencoded"), body).await;
        let latin = post(&me, Some("application/json; charset=iso-8859-1"), body).await;
        let utf8 = post(&me, Some("application/json; charset=UTF-8"), body).await;
        let text = me.send(Method::POST, "/graphql", Some("text/plain"), b"{}".to_vec()).await;

        none.problem(415, "unsupported_media_type");
        form.problem(415, "unsupported_media_type");
        latin.problem(415, "unsupported_media_type");
        utf8.ok(201);
        text.problem(415, "unsupported_media_type");
    })
    .await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_a_problem_however_large() {
    app(async |app| {
        let me = app.user("officer").await;
        let before = head(app).await;
        let body = |bytes: usize| format!("{{\"title\": \"{}\"}}", "x".repeat(bytes)).into_bytes();
        let (large, huge) = (body(5 << 20), body(9 << 20));

        let above = post(&me, JSON, &large).await;
        let announced = me.with("content-length", huge.len().to_string());
        let announced = post(&announced, JSON, &huge).await;
        let by_graphql = graphql(&me, &large).await;
        let below = post(&me, JSON, &body(1 << 19)).await;

        above.problem(413, "payload_too_large");
        announced.problem(413, "payload_too_large");
        by_graphql.problem(413, "payload_too_large");
        below.problem(422, "invalid");
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn methods_and_answers_that_are_not_offered_are_named() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = "/api/v1/tasks";

        let method = me.send(Method::DELETE, path, None, Vec::new()).await;
        let accept = me.with("accept", "application/pdf").get("/tasks").await;
        let refused = me.with("accept", "application/json;q=0").get("/tasks").await;
        let any = me.with("accept", "text/html, */*;q=0.1").get("/tasks").await;
        let nowhere = me.with("accept", "application/pdf").get("/nothing").await;
        let neither = me.with("accept", "application/pdf").send(Method::DELETE, path, None, Vec::new()).await;
        let outside = me.send(Method::GET, "/nothing", None, Vec::new()).await;

        method.problem(405, "method_not_allowed");
        assert!(method.headers["allow"].to_str().is_ok_and(|allow| allow.contains("POST")));
        accept.problem(406, "not_acceptable");
        refused.problem(406, "not_acceptable");
        any.ok(200);
        nowhere.problem(404, "not_found");
        neither.problem(405, "method_not_allowed");
        outside.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_graphql_request_that_cannot_be_read_is_a_problem() {
    app(async |app| {
        let me = app.user("officer").await;
        let get = |query: &str| format!("/graphql?query={query}");
        let mutation = get("mutation%20%7B%20deleteTask%20%7B%20id%20%7D%20%7D");

        let no_query = graphql(&me, b"{}").await;
        let variables = graphql(&me, br#"{"query": "{ me { id } }", "variables": []}"#).await;
        let batch = graphql(&me, br#"[{"query": "{ me { id } }"}]"#).await;
        let by_get = me.send(Method::GET, &mutation, None, Vec::new()).await;
        let read = me.send(Method::GET, &get("%7Bme%7Bemail%7D%7D"), None, Vec::new()).await;
        let broken = graphql(&me, br#"{"query": "{ me { "}"#).await;

        no_query.problem(400, "bad_request");
        variables.problem(400, "bad_request");
        batch.problem(400, "malformed_json");
        by_get.problem(405, "method_not_allowed");
        assert_eq!(read.data()["me"]["email"], "officer@test");
        assert!(broken.body["errors"][0]["message"].is_string());
    })
    .await;
}

#[tokio::test]
async fn a_member_with_an_endless_name_is_told_in_short() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let body = format!("{{\"{}\": 1}}", "n".repeat(1_000_000));

        let answer = me.send(Method::POST, "/api/v1/tasks", JSON, body.into_bytes()).await;

        answer.problem(422, "invalid");
        assert!(answer.bytes.len() < 5_000, "{} bytes", answer.bytes.len());
    })
    .await;
}
