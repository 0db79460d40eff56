//! Close variants of the rows G1 to G9 of the first round: what stands nested, in lists, in batches and in fragments.

use serde_json::{Value as Json, json};

use super::{filled, refused, run};
use crate::support::app;

#[tokio::test]
async fn g1_a_variable_that_is_not_given_is_no_member_of_a_batch_or_an_object() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let id = filled(app, &me).await;
        let batch = "mutation($i: ID!, $d: String) { tasksBatch(input: { items: [{ op: UPDATE, id: $i, version: 2,
            data: { due_on: $d, description: $d } }] }) { outcomes { result version } } }";
        let whole = "mutation($x: UpdateTaskInput!) { updateTask(input: $x) { task { dueOn description version } } }";
        let upsert = "mutation($d: Date) { upsertTask(input: { owner: \"KGZ\", title: \"Task national\",
            leadAgency: \"MES\", language: \"en\", sourceSystem: \"register\", externalKey: \"T1\", dueOn: $d })
            { task { dueOn description version } } }";
        let fragment = "mutation($i: ID!, $d: Date) { ...F } fragment F on Mutation { updateTask(input: { id: $i,
            expectedVersion: 2, dueOn: $d }) { task { dueOn version } } }";

        let batched = me.graphql(batch, json!({ "i": id })).await;
        let given = me.graphql(whole, json!({ "x": { "id": id, "expectedVersion": 2 } })).await;
        let upserted = me.graphql(upsert, json!({})).await;
        let spread = me.graphql(fragment, json!({ "i": id })).await;
        let cleared = me.graphql(whole, json!({ "x": { "id": id, "expectedVersion": 2, "dueOn": null } })).await;

        let same = json!({ "dueOn": "2027-03-31", "description": "As agreed.", "version": 2 });
        assert_eq!(batched.data()["tasksBatch"]["outcomes"], json!([{ "result": "UNCHANGED", "version": 2 }]));
        assert_eq!(given.data()["updateTask"]["task"], same);
        assert_eq!(upserted.data()["upsertTask"]["task"], same);
        assert_eq!(spread.data()["updateTask"]["task"], json!({ "dueOn": "2027-03-31", "version": 2 }));
        assert_eq!(cleared.data()["updateTask"]["task"]["dueOn"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn g2_defaults_hold_in_lists_and_nested_inputs() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let batch = "mutation($d: Boolean = true, $a: BatchAtomic! = EACH, $t: String) { tasksBatch(input: { dryRun: $d, atomic: $a,
            items: [{ op: CREATE, data: { owner: \"KGZ\", title: \"Never\", lead_agency: \"MES\", language: \"en\", description: $t } }] })
            { outcomes { result } } }";
        let whole = "query($f: TaskFilter = { status: [DONE], q: \"nothing has this\" }) { tasks(filter: $f) { totalCount } }";
        let float = "query($n: Int) { tasks(first: $n) { nodes { id } } }";
        let items = "query($a: TaskStatus!, $b: TaskStatus! = DONE) { tasks(filter: { status: [$a, $b] }) { totalCount } }";

        let dry = me.graphql(batch, json!({})).await;
        let narrowed = me.graphql(whole, json!({})).await;
        let null = me.graphql(whole, json!({ "f": null })).await;
        let point = me.graphql(float, json!({ "n": 1.0 })).await;
        let half = run(&me, float, json!({ "n": 1.5 })).await;
        let listed = me.graphql(items, json!({ "a": "DONE" })).await;
        let never = me.graphql("{ tasks(filter: { q: \"Never\" }) { totalCount } }", json!({})).await;

        assert_eq!(dry.data()["tasksBatch"]["outcomes"], json!([{ "result": "CREATED" }]));
        assert_eq!(narrowed.data()["tasks"]["totalCount"], 0);
        assert!(null.data()["tasks"]["totalCount"].as_i64() > Some(0));
        assert_eq!(point.data()["tasks"]["nodes"].as_array().map(Vec::len), Some(1));
        refused(&half);
        listed.data();
        assert_eq!(never.data()["tasks"]["totalCount"], 0);
    })
    .await;
}

#[tokio::test]
async fn g4_and_g5_hold_for_introspection_and_fragments_too() {
    app(async |app| {
        let ask = async |query: &str, given: Json| app.anonymous().graphql(query, given).await;

        let skipped = ask("query($x: Boolean! = true) { __type(name: \"Task\") { name @skip(if: $x) } s: __schema { queryType { ...N @skip(if: $x) } } }
            fragment N on __Type { name }", json!({})).await;
        let merged = ask("{ __type(name: \"Task\") { name @skip(if: true) } __type(name: \"Task\") { kind } }", json!({})).await;
        let inline = ask("query($x: Boolean! = true) { ... @skip(if: $x) { r: regions { totalCount } } c: __typename }", json!({})).await;
        let spread = ask("query($x: Boolean! = false) { ...F @include(if: $x) c: __typename } fragment F on Query { r: regions { totalCount } }", json!({})).await;
        let null = run(&app.anonymous(), "query($x: Boolean = true) { c: __typename @skip(if: $x) }", json!({ "x": null })).await;

        assert_eq!(*skipped.data(), json!({ "__type": {}, "s": { "queryType": {} } }));
        assert_eq!(*merged.data(), json!({ "__type": { "kind": "OBJECT" } }));
        assert_eq!(*inline.data(), json!({ "c": "Query" }));
        assert_eq!(*spread.data(), json!({ "c": "Query" }));
        refused(&null);
        assert!(null.body["errors"][0]["message"].as_str().is_some_and(|text| text.contains("null in $x")), "{}", null.body);
    })
    .await;
}

#[tokio::test]
async fn g4_directives_of_a_type_s_name_are_checked_as_all_others() {
    app(async |app| {
        let ask = async |query: &str| run(&app.anonymous(), query, json!({})).await;

        let skipped = ask("query($x: Boolean! = true) { a: __typename @skip(if: $x) b: __typename }").await;
        let nested =
            ask("query($x: Boolean! = true) { regions(first: 1) { __typename @include(if: $x) } }").await;
        let wrong = [
            "{ __typename @skip(if: $x) }",
            "{ __typename @nothing }",
            "{ __typename @skip }",
            "{ __typename(a: 1) }",
            "{ __typename { a } }",
            "query($x: Boolean!) { __typename @skip(if: $x) }",
        ];

        assert_eq!(*skipped.data(), json!({ "b": "Query" }));
        assert_eq!(*nested.data(), json!({ "regions": { "__typename": "RegionConnection" } }));
        for query in wrong {
            refused(&ask(query).await);
        }
    })
    .await;
}

#[tokio::test]
async fn g5_lists_of_nullable_records_keep_their_places() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let (task, plan) = (app.world.id("task:national"), app.world.id("plan:national"));
        let query = "query($i: [ID!]!) { nodes(ids: $i) { ... on Task { history(first: 500) { totalCount } } ... on Plan { id } } t: __typename }";

        let answer = me.graphql(query, json!({ "i": [task, plan, task] })).await;

        assert_eq!(answer.body["data"], json!({ "nodes": [null, { "id": plan }, null], "t": "Query" }));
        let paths: Vec<&Json> = answer.body["errors"].as_array().into_iter().flatten().map(|one| &one["path"]).collect();
        assert_eq!(paths, [&json!(["nodes", 0, "history"]), &json!(["nodes", 2, "history"])]);
    })
    .await;
}

#[tokio::test]
async fn g6_conflicts_are_found_in_mutations_subscriptions_and_introspection() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for query in [
            "mutation($i: ID!) { updateTask(input: { id: $i, expectedVersion: 1 }) { task { id } } \
             updateTask(input: { id: $i, expectedVersion: 2 }) { task { id } } }",
            "subscription { changes { x: id x: kind } }",
            "{ __type(name: \"Task\") { x: name x: kind } }",
            "{ __type(name: \"Task\") { name } __type(name: \"Plan\") { name } }",
            "{ regions(first: 20) { totalCount } regions { totalCount } }",
            "query($n: Int = 1) { regions(first: 1) { totalCount } regions(first: $n) { totalCount } }",
            "{ plans { nodes { ...A ... on Plan { x: title } } } } fragment A on Plan { ...B } fragment B on Plan { x: id }",
            "{ plans { nodes { x: title @skip(if: true) x: id } } }",
        ] {
            let answer = run(&me, query, json!({ "i": app.world.id("task:national") })).await;
            refused(&answer);
            let text = answer.body["errors"][0]["message"].as_str().unwrap_or_default();
            assert!(text.contains("conflict"), "{query}: {text}");
        }
    })
    .await;
}
