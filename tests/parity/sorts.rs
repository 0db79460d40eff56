//! Orders on both faces: the same keys, both ways.

use concord::domain::KINDS;
use kernel::{KindDef, policy::Class};
use serde_json::{Value as Json, json};

use super::{camel, pascal};
use crate::support::{TestApp, app};

/// Values of the enum by which GraphQL sorts a kind.
async fn offered(app: &TestApp, def: &KindDef) -> Vec<String> {
    let query = "query($name: String!) { __type(name: $name) { enumValues { name } } }";
    let name = format!("{}Sort", pascal(def.name));
    let answer = app.anonymous().graphql(query, json!({ "name": name })).await;
    let values = answer.data()["__type"]["enumValues"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<_> =
        values.iter().map(|one| one["name"].as_str().unwrap_or_default().into()).collect();
    names.sort_unstable();
    names
}

/// The keys of a kind, both ways, in the form of GraphQL.
fn wanted(def: &KindDef) -> Vec<String> {
    let keys = def.sortable.iter().map(|key| key.to_uppercase());
    let mut names: Vec<_> = keys.flat_map(|key| ["ASC", "DESC"].map(|way| format!("{key}_{way}"))).collect();
    names.sort_unstable();
    names
}

fn ids(items: &Json) -> Vec<Json> {
    items.as_array().into_iter().flatten().map(|one| one["id"].clone()).collect()
}

/// Orders in which the two faces answer a list differently.
async fn differing(app: &TestApp, def: &KindDef) -> Vec<String> {
    let me = app.user("focal_point").await;
    let mut found = Vec::new();
    for key in &def.sortable {
        let rest = me.get(&format!("/{}?limit=200&sort=-{key}", def.collection)).await;
        let list = camel(def.collection);
        let query =
            format!("{{ {list}(first: 200, sort: [{}_DESC]) {{ nodes {{ id }} }} }}", key.to_uppercase());
        let graphql = me.graphql(&query, json!({})).await;
        if ids(&rest.ok(200)["items"]) != ids(&graphql.data()[&list]["nodes"]) {
            found.push(format!("{} by {key}", def.collection));
        }
    }
    found
}

#[tokio::test]
async fn both_faces_sort_by_the_same_keys() {
    app(async |app| {
        let mut wrong = Vec::new();
        for def in KINDS.all().iter().filter(|def| def.class != Class::Shared) {
            if offered(app, def).await != wanted(def) {
                wrong.push(def.name.to_owned());
            }
            wrong.extend(differing(app, def).await);
        }

        assert_eq!(wrong, [""; 0]);
    })
    .await;
}
