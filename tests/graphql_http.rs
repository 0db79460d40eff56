//! GraphQL over HTTP: forms and statuses of answers, and what a document may ask for.

use axum::http::{Method, header};
use serde_json::json;

use crate::support::{
    app,
    client::{Answer, Client},
};

const BOTH: [&str; 2] = ["application/json", "application/graphql-response+json"];

/// A document in a body, with the form the caller takes.
async fn post(who: Client<'_>, accept: &'static str, query: &str) -> Answer {
    let body = json!({ "query": query }).to_string();
    who.with("accept", accept).send(Method::POST, "/graphql", Some("application/json"), body.into()).await
}

/// Status, content type without its charset, and whether there is a member `data`.
fn form(answer: &Answer) -> (u16, String, bool) {
    let kind = answer.headers[header::CONTENT_TYPE].to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().to_owned();
    (answer.status, kind, answer.body.get("data").is_some())
}

/// A chain of fragments, each spreading the next one twice.
fn chain(levels: usize, last: &str) -> String {
    let mut text = "{ countries { nodes { ...F0 } } }".to_owned();
    for at in 0..levels {
        text.push_str(&format!(" fragment F{at} on Country {{ ...F{} ...F{} }}", at + 1, at + 1));
    }
    text + &format!(" fragment F{levels} on Country {{ {last} }}")
}

/// The number a document of a signed-in caller is costed at.
#[tokio::test]
async fn what_cannot_be_run_is_told_by_the_status_in_the_form_made_for_it() {
    app(async |app| {
        let [json_form, own_form] = BOTH;

        let syntax = post(app.anonymous(), json_form, "{ oops").await;
        let own_syntax = post(app.anonymous(), own_form, "{ oops").await;
        let unknown = post(app.anonymous(), json_form, "{ noSuchField }").await;
        let own_unknown = post(app.anonymous(), own_form, "{ noSuchField }").await;
        let run = post(app.anonymous(), own_form, "{ countries { totalCount } }").await;

        assert_eq!(form(&syntax), (200, json_form.into(), false));
        assert_eq!(form(&own_syntax), (400, own_form.into(), false));
        assert_eq!(form(&unknown), (200, json_form.into(), false));
        assert_eq!(form(&own_unknown), (400, own_form.into(), false));
        assert_eq!(form(&run), (200, own_form.into(), true));
    })
    .await;
}

#[tokio::test]
async fn what_a_resolver_refuses_was_run() {
    app(async |app| {
        let [_, own_form] = BOTH;
        let start = r#"mutation { startTask(input: {id: "01a1fd8c-6900-7098-82d6-000000000000", expectedVersion: 1}) { task { id } } }"#;

        let refused = post(app.user("focal_point").await, own_form, start).await;

        assert_eq!(refused.fault(), "not_found");
        assert_eq!(form(&refused), (200, own_form.into(), true));
    })
    .await;
}

#[tokio::test]
async fn members_stand_in_the_order_they_were_asked_for() {
    app(async |app| {
        let query = "{ regions { totalCount nodes { name code } } }";

        let answer = app.anonymous().graphql(query, json!({})).await;

        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        let wanted = r#"{"data":{"regions":{"totalCount":1,"nodes":[{"name":"Central Asia","code":"CA"}]}}"#;
        assert!(text.starts_with(wanted), "{text}");
    })
    .await;
}

#[tokio::test]
async fn forms_nobody_asked_for_are_not_sent() {
    app(async |app| {
        let html = post(app.anonymous(), "text/html", "{ __typename }").await;
        let browser = post(app.anonymous(), "text/html, */*;q=0.1", "{ __typename }").await;
        let any = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
        let client = post(app.anonymous(), any, "{ __typename }").await;

        html.problem(406, "not_acceptable");
        assert_eq!(form(&browser), (200, "application/json".into(), true));
        assert_eq!(form(&client), (200, "application/graphql-response+json".into(), true));
    })
    .await;
}

#[tokio::test]
async fn mutations_by_get_are_refused_and_queries_run() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let get = |query: &str| format!("/graphql?query={query}");

        let write = me.send(Method::GET, &get("mutation%7B__typename%7D"), None, vec![]).await;
        let read = me.send(Method::GET, &get("%7B__typename%7D&variables=%7B%7D"), None, vec![]).await;
        let broken = me.send(Method::GET, &get("%7B__typename%7D&variables=%5B%5D"), None, vec![]).await;

        write.problem(405, "method_not_allowed");
        assert_eq!(write.headers[header::ALLOW], "POST");
        assert_eq!(read.data()["__typename"], "Query");
        broken.problem(400, "bad_request");
    })
    .await;
}

#[tokio::test]
async fn a_chain_of_fragments_is_refused_before_anything_of_it_runs() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let fields = me.graphql(&chain(60, "code"), json!({})).await;
        let names = me.graphql(&chain(60, "__typename"), json!({})).await;
        let short = me.graphql(&chain(5, "code"), json!({})).await;

        assert_eq!(fields.fault(), "query_too_costly");
        assert_eq!(names.fault(), "query_too_costly");
        assert_eq!(short.data()["countries"]["nodes"][0]["code"], "KGZ");
    })
    .await;
}

#[tokio::test]
async fn a_fragment_that_spreads_itself_is_refused() {
    app(async |app| {
        let text =
            "{ countries { nodes { ...A } } } fragment A on Country { ...B } fragment B on Country { ...A }";

        let answer = app.anonymous().graphql(text, json!({})).await;

        assert_eq!(answer.fault(), "bad_request");
    })
    .await;
}

#[tokio::test]
async fn a_long_row_of_fragments_is_refused() {
    app(async |app| {
        let mut text = "{ countries { nodes { ...F0 } } }".to_owned();
        (0..690).for_each(|at| text.push_str(&format!(" fragment F{at} on Country {{ ...F{} }}", at + 1)));
        text.push_str(" fragment F690 on Country { code }");

        let answer = app.user("observer").await.graphql(&text, json!({})).await;

        assert_eq!(answer.fault(), "query_too_costly");
    })
    .await;
}

#[tokio::test]
async fn brackets_without_end_do_not_reach_the_parser() {
    app(async |app| {
        let me = app.anonymous();

        let sets = me.graphql(&"{a".repeat(30_000), json!({})).await;
        let lists = me.graphql(&format!("{{ a(b: {}", "[".repeat(60_000)), json!({})).await;
        let by_get =
            me.send(Method::GET, &format!("/graphql?query={}", "%7Ba".repeat(5_000)), None, vec![]).await;

        assert_eq!(sets.fault(), "query_too_costly");
        assert_eq!(lists.fault(), "query_too_costly");
        assert_eq!(by_get.fault(), "query_too_costly");
    })
    .await;
}

#[tokio::test]
async fn names_directives_and_depth_are_bounded() {
    app(async |app| {
        let me = app.user("observer").await;
        let aliases = |count: usize| (0..count).map(|at| format!("a{at}: __typename ")).collect::<String>();
        let nodes = |inner: &str| format!("{{ countries {{ nodes {{ {inner} }} }} }}");
        let around = |levels: usize| {
            let (down, up) = ("plan { pillars(first: 1) { nodes { ", "} } }");
            format!("{{ tasks(first: 1) {{ nodes {{ {}id{} }} }} }}", down.repeat(levels), up.repeat(levels))
        };

        let many_aliases = me.graphql(&nodes(&aliases(51)), json!({})).await;
        let some_aliases = me.graphql(&nodes(&aliases(50)), json!({})).await;
        let roots = me.graphql(&format!("{{ {} }}", "__typename ".repeat(21)), json!({})).await;
        let directives =
            me.graphql(&nodes(&format!("code {}", "@skip(if: false) ".repeat(6))), json!({})).await;
        let tokens = me.graphql(&nodes(&"code ".repeat(5_001)), json!({})).await;
        let deep_enough = me.graphql(&around(4), json!({})).await;
        let too_deep = me.graphql(&around(5), json!({})).await;

        assert_eq!(many_aliases.fault(), "query_too_costly");
        some_aliases.data();
        assert_eq!(roots.fault(), "query_too_costly");
        assert_eq!(directives.fault(), "query_too_costly");
        assert_eq!(tokens.fault(), "query_too_costly");
        assert_eq!(too_deep.fault(), "query_too_costly");
        deep_enough.data();
    })
    .await;
}

/// The introspection query that client tools send.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { queryType { name } mutationType { name }
    subscriptionType { name } types { ...FullType } directives { name description locations args { ...InputValue } } } }
  fragment FullType on __Type { kind name description
    fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
    inputFields { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

#[tokio::test]
async fn the_introspection_of_client_tools_passes() {
    app(async |app| {
        let answer = app.user("observer").await.graphql(INTROSPECTION, json!({})).await;

        assert_eq!(answer.data()["__schema"]["queryType"]["name"], "Query");
    })
    .await;
}

#[tokio::test]
async fn introspection_that_multiplies_is_refused() {
    app(async |app| {
        let possible = |levels: usize| {
            let open = "possibleTypes { ".repeat(levels);
            format!("{{ __type(name: \"Node\") {{ {open} name {} }} }}", "} ".repeat(levels))
        };
        let mixed = "{ __schema { types { fields { type { interfaces { name } } } } } }";
        let spread = "{ __schema { ...S } } fragment S on __Schema { types { ...T } } \
            fragment T on __Type { fields { type { ...U } } } fragment U on __Type { inputFields { name } }";
        let long = format!("{{ __schema {{ types {{ {} }} }} }}", "name ".repeat(400));
        let ask = async |query: &str| app.anonymous().graphql(query, json!({})).await;

        let one = ask(&possible(1)).await;
        let whole = ask(INTROSPECTION).await;

        assert_eq!(one.data()["__type"]["possibleTypes"].as_array().map(Vec::is_empty), Some(false));
        assert_eq!(whole.data()["__schema"]["queryType"]["name"], "Query");
        for query in [&possible(2), &possible(7), mixed, spread, &long] {
            assert_eq!(ask(query).await.fault(), "query_too_costly", "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn rows_that_are_read_are_counted_too() {
    app(async |app| {
        let bounded = app.system().db.bounded(2);
        let view = kernel::View { db: bounded, ..app.system().view };
        let def = <entity::Plan as concord::domain::Registered>::def();

        let one = kernel::store::get(&view, def, app.world.id("plan:national")).await;
        let more = kernel::store::all(view.db.reading(), def, sea_orm::sea_query::Cond::all()).await;

        assert!(one.is_ok());
        assert_eq!(more.map_err(|error| error.code().name()).map(|_| ()), Err("result_too_large"));
    })
    .await;
}
