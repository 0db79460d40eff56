//! Batches on both faces: what an item may say.

use concord::domain::Registered;
use entity::Task;
use serde_json::{Value as Json, json};

use super::faces::{input, with};
use crate::{bad_input::by_graphql, support::app};

/// An item of a batch in the form of GraphQL.
fn turned(item: &Json) -> Json {
    let op = item["op"].as_str().unwrap_or_default().to_uppercase();
    input(Task::def(), &with(item, &json!({ "op": op })))
}

#[tokio::test]
async fn a_batch_item_takes_no_member_that_its_operation_passes_over() {
    app(async |app| {
        let me = app.user("officer").await;
        let id = app.world.id("task:national").to_string();
        let key = json!({"source_system": "agency:MES", "external_key": "1", "data": {}});
        let whole = |op: &str, more: Json| with(&with(&json!({"op": op}), &key), &more);
        let items = json!([
            whole("create", json!({"id": id, "version": 1})),
            whole("upsert", json!({"id": id, "version": 1})),
            whole("update", json!({"id": id})),
            whole("delete", json!({"id": id})),
        ]);
        let others: Vec<Json> = items.as_array().into_iter().flatten().map(turned).collect();
        let query = "mutation($input: BatchInput!) { tasksBatch(input: $input) { outcomes { result } } }";

        let refused = me.post("/tasks/batch", json!({"items": items})).await;
        let graphql = by_graphql(&me, query, json!({"items": others})).await;

        refused.problem(422, "invalid");
        let places = [
            "/items/0/external_key",
            "/items/0/id",
            "/items/0/source_system",
            "/items/0/version",
            "/items/1/id",
            "/items/2/external_key",
            "/items/2/source_system",
            "/items/3/data",
            "/items/3/external_key",
            "/items/3/source_system",
        ];
        assert_eq!(refused.violations(), places.map(|at| (at.to_owned(), "unknown_member".to_owned())));
        assert_eq!(graphql, refused.violations());
    })
    .await;
}
