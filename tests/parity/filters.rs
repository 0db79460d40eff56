//! Filters on both faces: what one refuses, the other refuses.

use serde_json::{Value as Json, json};

use super::camel;
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};
use concord::domain::KINDS;
use kernel::policy::Class;

/// The filters all kinds have in common: name, value by REST, value by GraphQL.
const COMMON: &[(&str, &str, &str)] = &[
    ("id", "0198c0de-0000-7000-8000-000000000001", "[\"0198c0de-0000-7000-8000-000000000001\"]"),
    ("owner", "KGZ", "[\"KGZ\"]"),
    ("external_key", "k", "[\"k\"]"),
    ("source_system", "s", "[\"s\"]"),
    ("visibility", "agency", "[AGENCY]"),
    ("country", "KGZ", "[\"KGZ\"]"),
    ("region", "CA", "[\"CA\"]"),
    ("updated_since", "2026-01-01T00:00:00Z", "\"2026-01-01T00:00:00Z\""),
    ("q", "nothing", "\"nothing\""),
];

/// Violations of an answer of GraphQL.
fn faults(answer: &Answer) -> Vec<(String, String)> {
    let all = answer.body["errors"][0]["extensions"]["errors"].as_array().cloned().unwrap_or_default();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    all.iter().map(|one| (text(&one["pointer"]), text(&one["code"]))).collect()
}

/// Where the list of a kind takes other common filters on one face than on the other.
async fn differing(who: &Client<'_>, collection: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (name, by_rest, by_graphql) in COMMON {
        let rest = who.get(&format!("/{collection}?{name}={by_rest}")).await;
        let query = format!(
            "{{ {}(filter: {{{}: {by_graphql}}}) {{ nodes {{ id }} }} }}",
            camel(collection),
            camel(name)
        );
        let graphql = who.graphql(&query, json!({})).await;
        if rest.violations() != faults(&graphql) || (rest.status == 200) != graphql.body["errors"].is_null() {
            found.push(format!("{collection}.{name}: {} {}", rest.body, graphql.body));
        }
    }
    found
}

async fn all_differing(app: &TestApp) -> Vec<String> {
    let who = app.user("focal_point").await;
    let mut found = Vec::new();
    for def in KINDS.all().iter().filter(|def| def.class != Class::Shared) {
        found.extend(differing(&who, def.collection).await);
    }
    found
}

#[tokio::test]
async fn common_filters_are_taken_and_refused_alike() {
    app(async |app| assert_eq!(all_differing(app).await, [""; 0])).await;
}

#[tokio::test]
async fn a_filter_that_says_nothing_about_the_kind_is_refused_by_graphql() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let edge = "query($id: String!) { framework(code: $id) { participations(filter: {q: \"x\"}) { nodes { id } } } }";

        let list = me.graphql("{ participations(filter: {q: \"x\", visibility: [AGENCY]}) { nodes { id } } }", json!({})).await;
        let edge = me.graphql(edge, json!({"id": "CWC"})).await;

        assert_eq!((list.fault(), edge.fault()), ("unknown_parameter", "unknown_parameter"));
        assert_eq!(faults(&list), [("?q".to_owned(), "unknown_parameter".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn a_filter_by_id_refuses_what_is_no_id() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let plan = me.get("/tasks?plan_id=garbage&depends_on=garbage").await;
        let id = me.get("/tasks?id=garbage").await;
        let graphql =
            me.graphql("{ tasks(filter: {planId: [\"garbage\"]}) { nodes { id } } }", json!({})).await;

        let bad = |name: &str| (format!("?{name}"), "bad_format".to_owned());
        assert_eq!((plan.status, id.status), (400, 400));
        assert_eq!(plan.violations(), [bad("depends_on"), bad("plan_id")]);
        assert_eq!(id.violations(), [bad("id")]);
        assert!(graphql.body["errors"].is_array(), "{}", graphql.body);
    })
    .await;
}
