//! The executor: what the specification says of variables, merging, nulls and order, and documents that dice make.

mod budget;
mod documents;
mod faults;
mod reference;
mod rows_of_the_round;

use axum::http::Method;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{
    TestApp, app,
    client::{Answer, Client},
    dice::Dice,
};
use documents::Maker;
use reference::Reading;

const NEW_FORM: &str = "application/graphql-response+json";

/// A document in the form in which the status says whether it ran.
async fn run(who: &Client<'_>, query: &str, variables: Json) -> Answer {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let who = who.with("accept", NEW_FORM);
    who.send(Method::POST, "/graphql", Some("application/json"), body.into_bytes()).await
}

/// Asserts that nothing ran.
#[track_caller]
fn refused(answer: &Answer) {
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(answer.body.get("data").is_none(), "{}", answer.body);
    assert_eq!(answer.fault(), "bad_request", "{}", answer.body);
}

/// What both faces say of a task.
async fn both(app: &TestApp, me: &Client<'_>, id: Uuid) -> (Json, Json) {
    let query = "query($i: ID!) { task(id: $i) { dueOn description version title } }";
    let shown = me.graphql(query, json!({ "i": id })).await;
    let rest = app.user("focal_point").await.get(&format!("/tasks/{id}")).await;
    let of = |task: &Json, due: &str| json!([task[due], task["description"], task["version"], task["title"]]);
    (of(&shown.data()["task"], "dueOn"), of(&rest.body, "due_on"))
}

/// Fills the task that everybody of the country sees.
async fn filled(app: &TestApp, me: &Client<'_>) -> Uuid {
    let id = app.world.id("task:national");
    let fields = json!({ "due_on": "2027-03-31", "description": "As agreed.", "source_system": "register",
        "external_key": "T1" });
    me.edit(&format!("/tasks/{id}"), fields).await.ok(200);
    id
}

#[tokio::test]
async fn a_variable_that_is_not_given_changes_nothing() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let id = filled(app, &me).await;
        let update =
            "mutation($i: ID!, $d: Date, $t: String) { updateTask(input: { id: $i, expectedVersion: 2,
            dueOn: $d, description: $t }) { task { dueOn description version } } }";
        let clear = update.replace("expectedVersion: 2", "expectedVersion: 2, title: \"Other\"");

        let kept = me.graphql(update, json!({ "i": id })).await;
        let cleared = me.graphql(&clear, json!({ "i": id, "d": null })).await;

        let task = &kept.data()["updateTask"]["task"];
        assert_eq!(*task, json!({ "dueOn": "2027-03-31", "description": "As agreed.", "version": 2 }));
        let task = &cleared.data()["updateTask"]["task"];
        assert_eq!(*task, json!({ "dueOn": null, "description": "As agreed.", "version": 3 }));
        let (shown, rest) = both(app, &me, id).await;
        assert_eq!(shown, json!([null, "As agreed.", 3, "Other"]));
        assert_eq!(shown, rest);
    })
    .await;
}

#[tokio::test]
async fn moves_and_nested_objects_take_what_is_given_only() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let id = filled(app, &me).await;
        let assign = "mutation($i: ID!, $d: Date, $a: Reference) { assignTask(input: { id: $i,
            expectedVersion: 2, dueOn: $d, leadAgency: $a }) { task { dueOn status leadAgency { code } } } }";
        let share = "mutation($i: ID!, $g: [Reference!]) { updateTask(input: { id: $i, expectedVersion: 3,
            visibility: GROUP, sharedWith: { agencies: [\"MOF\"], groups: $g } })
            { task { sharedWith { agencies groups } } } }";

        let assigned = me.graphql(assign, json!({ "i": id })).await;
        let shared = me.graphql(share, json!({ "i": id })).await;

        let task = &assigned.data()["assignTask"]["task"];
        assert_eq!(
            *task,
            json!({ "dueOn": "2027-03-31", "status": "ASSIGNED", "leadAgency": { "code": "MES" } })
        );
        let with = &shared.data()["updateTask"]["task"]["sharedWith"];
        assert_eq!(*with, json!({ "agencies": [app.world.id("agency:KGZ/MOF")], "groups": [] }));
    })
    .await;
}

#[tokio::test]
async fn the_declared_default_applies_where_a_variable_is_not_given() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let list = "query($s: [TaskStatus!]) { tasks(first: 1, filter: { status: $s }) { totalCount } }";
        let history = "query($n: Int) { tasks(first: 2) { nodes { history(first: $n) { totalCount } } } }";
        let own = "query($n: Int = 1) { tasks(first: $n) { nodes { id } } }";

        let all = me.graphql("{ tasks(first: 1) { totalCount } }", json!({})).await;
        let listed = me.graphql(list, json!({})).await;
        let past = me.graphql(history, json!({})).await;
        let one = me.graphql(own, json!({})).await;
        let null = run(&me, history, json!({ "n": null })).await;

        assert_eq!(listed.data(), all.data());
        assert_eq!(past.data()["tasks"]["nodes"].as_array().map(Vec::len), Some(2));
        assert_eq!(one.data()["tasks"]["nodes"].as_array().map(Vec::len), Some(1));
        refused(&null);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_value_is_found_before_anything_is_written() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let write = |more: &str| {
            format!(
                "mutation($i: ID!) {{ a: createTask(input: {{ owner: \"KGZ\", title: \"Never\", leadAgency: \"MES\",
                 language: \"en\" {more} }}) {{ task {{ id }} }}
                 b: deleteTask(input: {{ id: $i, expectedVersion: 1 }}) {{ id }} }}"
            )
        };
        let id = json!({ "i": app.world.id("task:national") });

        let missing = run(&me, &write(""), json!({})).await;
        let null = run(&me, &write(""), json!({ "i": null })).await;
        let text = run(&me, &write(""), json!({ "i": "abc" })).await;
        let literal = run(&me, &write("").replace("id: $i", "id: \"abc\"").replace("($i: ID!)", ""), json!({})).await;
        let number = run(&me, &write(", estimateDays: 3000000000"), id.clone()).await;
        let day = run(&me, &write(", dueOn: \"31.12.2027\""), id.clone()).await;
        let quoted = run(&me, &write(", priority: \"HIGH\""), id).await;
        let never = me.graphql("{ tasks(filter: { q: \"Never\" }) { totalCount } }", json!({})).await;

        [&missing, &null, &text, &literal, &number, &day].into_iter().for_each(refused);
        refused(&quoted);
        assert_eq!(never.data()["tasks"]["totalCount"], 0);
    })
    .await;
}

#[tokio::test]
async fn every_wrong_value_is_named() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let query = "query($a: ID!, $b: Int!, $c: TaskStatus!) { task(id: $a) { id } tasks(first: $b,
            filter: { status: [$c] }) { totalCount } }";

        let variables = run(&me, query, json!({ "b": 3_000_000_000_u64, "c": "NONE" })).await;
        let unknown =
            run(&me, "{ tasks(filter: { dueFrom: \"x\", id: [\"y\"] }) { totalCount } }", json!({})).await;

        let texts = |answer: &Answer| {
            let all = answer.body["errors"].as_array().cloned().unwrap_or_default();
            all.iter().filter_map(|one| one["message"].as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(
            texts(&variables),
            [
                "$a: is missing; it takes ID!",
                "$b: 3000000000 is not an integer of 32 bits such as 7",
                "$c: \"NONE\" is none of PLANNED, ASSIGNED, IN_PROGRESS, IN_REVIEW, DONE, BLOCKED, CANCELLED \
                 (TaskStatus); did you mean `DONE`?",
            ]
        );
        let mut found = texts(&unknown);
        found.sort();
        assert_eq!(
            found,
            [
                "tasks.filter.dueFrom: \"x\" is not a day such as 2027-03-31",
                "tasks.filter.id[0]: \"y\" is not an id such as 0198c0de-0000-7000-8000-000000000001",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn directives_know_defaults_and_need_their_variables() {
    app(async |app| {
        let ask = async |query: &str| run(&app.anonymous(), query, json!({})).await;
        let query = |head: &str| {
            format!("query{head} {{ r: regions(first: 1) @skip(if: $x) {{ totalCount }} c: countries(first: 1) {{ totalCount }} }}")
        };

        let skipped = ask(&query("($x: Boolean! = true)")).await;
        let missing = ask(&query("($x: Boolean!)")).await;

        assert_eq!(*skipped.data(), json!({ "c": { "totalCount": 2 } }));
        refused(&missing);
    })
    .await;
}

#[tokio::test]
async fn an_error_makes_the_nearest_null_and_empty_objects_stay() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let ask = async |query: &str| run(&me, query, json!({})).await;
        let plan = app.world.id("plan:national");

        let whole = ask("{ a: regions(first: 1) { totalCount } b: regions(first: 500) { totalCount } }").await;
        let empty = ask("{ regions(first: 1) { nodes { code @skip(if: true) } pageInfo { endCursor @skip(if: true) } } }").await;
        let nullable = ask(&format!(
            "{{ n: node(id: \"{plan}\") {{ ... on Plan {{ pillars(first: 500) {{ totalCount }} }} }} t: __typename }}"
        ))
        .await;

        assert_eq!((whole.status, &whole.body["data"]), (200, &Json::Null));
        assert_eq!(whole.body["errors"][0]["path"], json!(["b"]));
        assert_eq!(*empty.data(), json!({ "regions": { "nodes": [{}], "pageInfo": {} } }));
        assert_eq!(nullable.body["data"], json!({ "n": null, "t": "Query" }));
        assert_eq!(nullable.body["errors"][0]["path"], json!(["n", "pillars"]));
        assert_eq!(nullable.fault(), "limit_out_of_range");
    })
    .await;
}

#[tokio::test]
async fn fields_that_cannot_be_merged_conflict_at_any_depth() {
    app(async |app| {
        let ask = async |query: &str| run(&app.anonymous(), query, json!({})).await;

        let names = ask("{ countries(first: 1) { nodes { x: code } nodes { x: name } } }").await;
        let arguments = ask(
            "{ plans { ...A ...B } } fragment A on PlanConnection { nodes { pillars(first: 1) { totalCount } } }
             fragment B on PlanConnection { nodes { pillars(first: 3) { totalCount } } }",
        )
        .await;
        let shapes = ask("{ nodes(ids: []) { ... on Plan { x: edition } ... on Task { x: title } } }").await;
        let same = ask("{ countries(first: 1) { nodes { x: code } nodes { x: code y: name } } }").await;
        let kinds = ask("{ nodes(ids: []) { ... on Plan { x: title } ... on Task { x: title } } }").await;

        refused(&names);
        refused(&arguments);
        refused(&shapes);
        assert_eq!(same.data()["countries"]["nodes"], json!([{ "x": "KGZ", "y": "Kyrgyzstan" }]));
        assert_eq!(*kinds.data(), json!({ "nodes": [] }));
    })
    .await;
}

#[tokio::test]
async fn nulls_of_an_upsert_clear_as_those_of_rest_do() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let id = filled(app, &me).await;
        let upsert = "mutation { upsertTask(input: { owner: \"KGZ\", title: \"Task national\", leadAgency: \"MES\",
            language: \"en\", sourceSystem: \"register\", externalKey: \"T1\", dueOn: null, description: null })
            { task { id dueOn description } } }";

        let cleared = me.graphql(upsert, json!({})).await;

        let task = &cleared.data()["upsertTask"]["task"];
        assert_eq!(*task, json!({ "id": id, "dueOn": null, "description": null }));
        let (shown, rest) = both(app, &me, id).await;
        assert_eq!(shown, rest);
    })
    .await;
}

#[tokio::test]
async fn fields_are_answered_in_the_order_asked() {
    app(async |app| {
        let query = "{ b: countries(first: 1) { totalCount } a: regions(first: 1) { totalCount } c: __typename
            b: countries(first: 1) { nodes { name code } } s: __schema { queryType { name } } }";

        let answer = app.anonymous().graphql(query, json!({})).await;

        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        let wanted = r#"{"data":{"b":{"totalCount":2,"nodes":[{"name":"Kyrgyzstan","code":"KGZ"}]},"a":{"totalCount":1},"c":"Query","s":{"queryType":{"name":"Query"}}}"#;
        assert!(text.starts_with(wanted), "{text}");
    })
    .await;
}

#[tokio::test]
async fn only_what_runs_is_held_to_the_limits_of_its_form() {
    app(async |app| {
        let costly = "plans(first: 1) { nodes { pillars { nodes { plan { pillars { nodes { plan { pillars { nodes { plan { pillars {
            nodes { plan { pillars { nodes { id } } } } } } } } } } } } } } } }";
        let named = json!({ "query": format!("query A {{ __typename }} query B {{ {costly} }}"), "operationName": "A" });
        let left_out = format!("query($x: Boolean = false) {{ __typename p: {costly} }}").replace("p: plans(first: 1)", "p: plans(first: 1) @include(if: $x)");
        let me = app.user("observer").await;

        let one = me
            .send(Method::POST, "/graphql", Some("application/json"), named.to_string().into_bytes())
            .await;
        let names = (0..60).map(|at| format!("a{at}: __typename ")).collect::<String>();
        let aliases = me.graphql(&format!("{{ __typename ... @skip(if: true) {{ {names} }} }}"), json!({})).await;
        let types = "types { fields { type { fields { name } } } }";
        let introspection = format!("{{ __typename __schema @include(if: false) {{ {types} }} }}");
        let introspection = me.graphql(&introspection, json!({})).await;
        let other = me.graphql(&left_out, json!({})).await;
        let whole = me.graphql(&left_out, json!({ "x": true })).await;

        assert_eq!(*one.data(), json!({ "__typename": "Query" }));
        assert_eq!(*other.data(), json!({ "__typename": "Query" }));
        assert_eq!(whole.fault(), "query_too_costly");
        assert_eq!(aliases.data(), one.data());
        assert_eq!(introspection.data(), one.data());
    })
    .await;
}

/// Documents that are made and read in one test.
const DOCUMENTS: u64 = 800;

#[tokio::test]
async fn documents_are_answered_as_a_plain_reader_answers_them() {
    app(async |app| {
        let ids: Vec<Uuid> = [
            "plan:national",
            "plan:foreign",
            "plan:released",
            "task:group",
            "task:others",
            "agency:KGZ/MOH",
            "country:KGZ",
            "participation:own",
            "action:national",
            "user:lead",
            "grant:lead",
            "release:partners",
        ]
        .map(|name| app.world.id(name))
        .to_vec();
        let (mut ran, mut failed) = (0, 0);

        for person in ["focal_point", "contributor", "foreign_observer", "partner"] {
            let me = app.user(person).await;
            let ctx = app.state.ctx(None).acting(app.actor(person).await);
            for seed in 1..=DOCUMENTS / 4 {
                let document = Maker::document(&mut Dice::of(seed * 7_919), &ids);
                let text = document.text();
                let answer = me.graphql(&text, document.given()).await;
                let is_no_document = answer.body["errors"][0]["message"]
                    .as_str()
                    .is_some_and(|text| text.contains("values of two shapes"));
                if answer.fault() == "query_too_costly" || is_no_document {
                    continue;
                }
                let (data, errors) = Reading::of(&ctx, &document).await;
                let found: Vec<(String, String)> =
                    answer.body["errors"].as_array().into_iter().flatten().map(place).collect();
                assert_eq!(found, errors, "{person} {seed}: {text} {} {}", document.given(), answer.body);
                assert_eq!(answer.body["data"], data, "{person} {seed}: {text} {}", document.given());
                ran += 1;
                failed += usize::from(!errors.is_empty());
            }
        }

        assert!(ran > DOCUMENTS / 2, "{ran} documents ran");
        assert!(failed > 10, "{failed} documents had errors");
    })
    .await;
}

/// Path and code of an error.
fn place(error: &Json) -> (String, String) {
    let path = error["path"].as_array().into_iter().flatten();
    let path: Vec<String> =
        path.map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect();
    (path.join("/"), error["extensions"]["code"].as_str().unwrap_or_default().to_owned())
}
