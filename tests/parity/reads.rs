//! Reads on both faces: the same records, the same fields.

use serde_json::{Value as Json, json};

use super::{
    camel, pascal,
    samples::{Sample, samples},
};
use crate::{
    coverage::stage::Stage,
    support::{TestApp, app, client::Client},
};

/// Names of the fields of a type that hold plain values and take no arguments.
async fn plain_fields(app: &TestApp, name: &str) -> Vec<String> {
    let query = "query($name: String!) { __type(name: $name) { fields { name args { name } type {
        kind ofType { kind ofType { kind ofType { kind } } } } } } }";
    let answer = app.anonymous().graphql(query, json!({ "name": name })).await;
    let fields = answer.data()["__type"]["fields"].as_array().cloned().unwrap_or_default();
    let is_plain = |field: &Json| {
        let kinds = field["type"].to_string();
        field["args"] == json!([]) && (kinds.contains("\"SCALAR\"") || kinds.contains("\"ENUM\""))
    };
    let names = fields.iter().filter(|field| is_plain(field)).filter_map(|field| field["name"].as_str());
    names.map(str::to_owned).collect()
}

fn snake(camel: &str) -> String {
    let parts =
        camel.chars().map(|c| if c.is_uppercase() { format!("_{}", c.to_lowercase()) } else { c.into() });
    parts.collect()
}

/// Codes differ in case by design: `adopted` and `ADOPTED`.
fn folded(value: &Json) -> Json {
    match value {
        Json::String(text) => json!(text.to_uppercase().replace("+00:00", "Z")),
        Json::Array(all) => all.iter().map(folded).collect(),
        other => other.clone(),
    }
}

/// Whether REST leaves a member out where it has nothing to say.
fn is_empty(value: &Json) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Where a record reads differently on the two faces.
async fn differing(app: &TestApp, who: &Client<'_>, sample: &Sample) -> Vec<String> {
    let fields = plain_fields(app, &pascal(sample.def.name)).await;
    let path = format!("/{}/{}", sample.def.collection, sample.existing);
    let by_rest = who.get(&path).await;
    let query = format!(
        "query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {} {{ {} }} }} }}",
        pascal(sample.def.name),
        fields.join(" ")
    );
    let by_graphql = who.graphql(&query, json!({"ids": [sample.existing]})).await;
    let node = &by_graphql.data()["nodes"][0];
    if node.is_null() || by_rest.status != 200 {
        let agree = node.is_null() && by_rest.status == 404;
        return if agree {
            Vec::new()
        } else {
            vec![format!("{}: {} {node}", sample.def.name, by_rest.status)]
        };
    }
    let differs = |field: &&String| {
        let (here, there) = (&by_rest.body[snake(field)], &node[field.as_str()]);
        folded(here) != folded(there) && !(is_empty(here) && is_empty(there))
    };
    let found = fields.iter().filter(differs);
    found
        .map(|field| format!("{}.{field}: {} {}", sample.def.name, by_rest.body[snake(field)], node[field]))
        .collect()
}

async fn all_differing(app: &TestApp, name: &str) -> Vec<String> {
    let who = if name == "anonymous" { app.anonymous() } else { app.user(name).await };
    let mut found = Vec::new();
    let stage = Stage::bare(app).await;
    for sample in samples(&stage).await {
        found.extend(differing(app, &who, &sample).await);
        found.extend(lists_differing(&who, &sample).await);
    }
    found
}

/// Where the lists of a kind, or the pasts of a record, hold other records.
async fn lists_differing(who: &Client<'_>, sample: &Sample) -> Vec<String> {
    let by_rest = who.get(&format!("/{}?limit=200&total=true", sample.def.collection)).await;
    let query = format!(
        "{{ {}(first: 200) {{ totalCount
            nodes {{ id history(first: 20) {{ totalCount nodes {{ number op cause }} }} }} }} }}",
        camel(sample.def.collection)
    );
    let by_graphql = who.graphql(&query, json!({})).await;
    let list = &by_graphql.data()[camel(sample.def.collection)];
    let ids = |items: &Json| -> Vec<Json> {
        items.as_array().into_iter().flatten().map(|one| one["id"].clone()).collect()
    };
    let mut found = Vec::new();
    let items = &by_rest.ok(200)["items"];
    if ids(items) != ids(&list["nodes"]) || by_rest.body["page"]["total"] != list["totalCount"] {
        found.push(format!("{}: {:?} {:?}", sample.def.collection, ids(items), ids(&list["nodes"])));
    }
    let Some(first) = ids(items).first().and_then(|id| id.as_str().map(str::to_owned)) else { return found };
    let past = who.get(&format!("/{}/{first}/history?limit=20&total=true", sample.def.collection)).await;
    let states = |items: &Json| -> Vec<[Json; 3]> {
        let all = items.as_array().into_iter().flatten();
        all.map(|one| ["number", "op", "cause"].map(|name| folded(&one[name]))).collect()
    };
    let there = &list["nodes"][0]["history"];
    let same_total = past.body["page"]["total"] == there["totalCount"];
    if states(&past.body["items"]) != states(&there["nodes"]) || !same_total {
        found.push(format!("history of {}: {} {there}", sample.def.name, past.body));
    }
    found
}

#[tokio::test]
async fn a_focal_point_reads_the_same_on_both_faces() {
    app(async |app| assert_eq!(all_differing(app, "focal_point").await, [""; 0])).await;
}

#[tokio::test]
async fn an_officer_reads_the_same_on_both_faces() {
    app(async |app| assert_eq!(all_differing(app, "officer").await, [""; 0])).await;
}

#[tokio::test]
async fn a_partner_reads_the_same_on_both_faces() {
    app(async |app| assert_eq!(all_differing(app, "partner").await, [""; 0])).await;
}

#[tokio::test]
async fn somebody_abroad_reads_the_same_on_both_faces() {
    app(async |app| assert_eq!(all_differing(app, "foreign_focal_point").await, [""; 0])).await;
}

#[tokio::test]
async fn an_operator_reads_the_same_on_both_faces() {
    app(async |app| assert_eq!(all_differing(app, "operator").await, [""; 0])).await;
}

#[tokio::test]
async fn anonymous_callers_read_the_same_on_both_faces() {
    app(async |app| assert_eq!(all_differing(app, "anonymous").await, [""; 0])).await;
}

#[tokio::test]
async fn the_tree_and_the_edges_hold_the_same_plan() {
    app(async |app| {
        let me = app.user("portal").await;
        let plan = app.world.id("plan:national");
        let query = "query($id: ID!) { plan(id: $id) { id pillars(sort: [POSITION_ASC]) { nodes { id
            objectives { nodes { id actions { nodes { id obligations { nodes { code } } } } } } } } } }";

        let tree = me.get(&format!("/plans/{plan}/tree")).await;
        let edges = me.graphql(query, json!({ "id": plan })).await;

        let pillar = &edges.data()["plan"]["pillars"]["nodes"][0];
        let objective = &pillar["objectives"]["nodes"][0];
        let action = &objective["actions"]["nodes"][0];
        let told = &tree.ok(200)["pillars"][0];
        assert_eq!(told["id"], pillar["id"]);
        assert_eq!(told["objectives"][0]["id"], objective["id"]);
        assert_eq!(told["objectives"][0]["actions"][0]["id"], action["id"]);
        assert_eq!(tree.body["obligations"][0]["code"], action["obligations"]["nodes"][0]["code"]);
    })
    .await;
}

#[tokio::test]
async fn the_closed_lists_are_the_same_on_both_faces() {
    app(async |app| {
        let query = "{ vocabularies { vocabulary code labelEn labelRu labelKy labelFr } }";

        let by_rest = app.anonymous().get("/vocabularies").await;
        let by_graphql = app.anonymous().graphql(query, json!({})).await;

        let terms = by_graphql.data()["vocabularies"].as_array().cloned().unwrap_or_default();
        let told = |term: &Json| {
            json!({"vocabulary": term["vocabulary"], "code": term["code"], "label_en": term["labelEn"],
                "label_ru": term["labelRu"], "label_ky": term["labelKy"], "label_fr": term["labelFr"]})
        };
        assert!(terms.len() > 100, "{} terms", terms.len());
        assert_eq!(by_rest.ok(200), &terms.iter().map(told).collect::<Json>());
    })
    .await;
}

#[tokio::test]
async fn the_plan_of_a_grant_is_named_where_its_holder_may_see_it() {
    app(async |app| {
        let plan = app.world.id("plan:national").to_string();
        let holder = app.world.id("observer").to_string();
        let grant = json!({"owner": "KGZ", "user": holder, "role": "observer", "within_plan": plan});
        app.user("focal_point").await.post("/grants", grant).await.ok(201);
        let me = app.user("observer").await;
        let query = "{ me { grants { role withinPlan { id title } } } }";

        let by_rest = me.get("/me").await;
        let by_graphql = me.graphql(query, json!({})).await;

        let told = |grants: &Json, name: &str| -> Vec<Json> {
            let plans = grants.as_array().into_iter().flatten().map(|one| one[name].clone());
            plans.filter(|plan| !plan.is_null()).collect()
        };
        let named = json!({"id": plan, "code": null, "name": "Plan national"});
        let edge = json!({"id": plan, "title": "Plan national"});
        assert_eq!(told(&by_rest.ok(200)["grants"], "within_plan"), [named]);
        assert_eq!(told(&by_graphql.data()["me"]["grants"], "withinPlan"), [edge]);
        assert_eq!(by_rest.body["grants"].as_array().map(Vec::len), Some(2));
    })
    .await;
}

#[tokio::test]
async fn about_oneself_both_faces_say_the_same() {
    app(async |app| {
        let me = app.user("officer").await;
        let query = "{ me { id email name actingAs owners canCreate grants { role owner agency { id code name } withinPlan { id } } } }";

        let by_rest = me.get("/me").await;
        let by_graphql = me.graphql(query, json!({})).await;

        let told = &by_graphql.data()["me"];
        assert_eq!(by_rest.ok(200)["id"], told["id"]);
        assert_eq!(by_rest.body["acting_as"], told["actingAs"]);
        assert_eq!(by_rest.body["can_create"], told["canCreate"]);
        assert_eq!(by_rest.body["grants"][0]["agency"]["code"], "MES");
        assert_eq!(by_rest.body["grants"][0]["agency"], told["grants"][0]["agency"]);
    })
    .await;
}
