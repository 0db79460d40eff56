//! Batches of several kinds.

use serde_json::{Value as Json, json};

use super::batches::{errors, pairs, places};
use crate::{
    bad_input::by_graphql,
    support::{TestApp, app, client::Answer},
};

/// A plan with a record of each kind below it; each item stands before the one it refers to.
fn tree() -> Json {
    let item = |kind: &str, data: Json| json!({"op": "upsert", "kind": kind, "source_system": "register", "external_key": kind, "data": data});
    let of = |kind: &str| format!("external_key:register:{kind}");
    json!([
        item(
            "task",
            json!({"owner": "KGZ", "action": of("action"), "title": "Task", "lead_agency": "MES", "language": "en"})
        ),
        item(
            "action",
            json!({"objective": of("objective"), "title": "Action", "lead_agency": "MES", "language": "en"})
        ),
        item("objective", json!({"pillar": of("pillar"), "title": "Objective", "language": "en"})),
        item("pillar", json!({"plan": of("plan"), "title": "Pillar", "language": "en"})),
        item(
            "plan",
            json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "Plan", "domains": ["C"], "language": "en"})
        ),
    ])
}

fn results(answer: &Answer) -> Vec<String> {
    let outcomes = answer.body["outcomes"].as_array().into_iter().flatten();
    outcomes.map(|one| one["result"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn records(app: &TestApp) -> i64 {
    let mut all = 0;
    for kind in ["plan", "pillar", "objective", "action", "task"] {
        all += i64::from(u32::try_from(app.count(kind).await).expect("a count"));
    }
    all
}

/// Row B2: items refer to other items of their batch in any order, over several kinds.
#[tokio::test]
async fn items_refer_to_new_records_of_other_kinds_in_any_order() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let before = records(app).await;

        let dry = me.post("/batch", json!({"dry_run": true, "items": tree()})).await;
        let between = records(app).await;
        let done = me.post("/batch", json!({"items": tree()})).await;
        let again = me.post("/batch", json!({"items": tree()})).await;
        let task = me.get("/tasks/by-key/register/task").await;

        dry.ok(200);
        done.ok(200);
        assert_eq!(results(&dry), ["created"; 5]);
        assert_eq!(dry.body["outcomes"][0]["id"], Json::Null);
        assert_eq!(between, before);
        assert_eq!(results(&done), ["created"; 5]);
        assert_eq!(results(&again), ["unchanged"; 5]);
        assert_eq!(records(app).await, before + 5);
        assert_eq!(task.ok(200)["action"]["name"], "Action");
        assert_eq!(task.body["plan"]["name"], "Plan");
    })
    .await;
}

#[tokio::test]
async fn a_refused_item_of_one_kind_leaves_nothing_of_the_others() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let before = records(app).await;
        let mut items = tree();
        items[3]["data"]["position"] = json!(-1);

        let all = me.post("/batch", json!({"items": items})).await;
        let between = records(app).await;
        let each = me.post("/batch", json!({"items": items, "atomic": "each"})).await;

        all.problem(422, "invalid");
        assert_eq!(between, before);
        assert_eq!(results(&all), ["rejected", "rejected", "rejected", "rejected", "created"]);
        assert_eq!(results(&each), results(&all));
        assert_eq!(places(&each, 3), pairs([("/position", "out_of_range")]));
        assert_eq!(places(&each, 2), pairs([("/pillar", "reference_not_found")]));
        assert_eq!(errors(&each, 2)[0].2, "`/items/3`, which makes the record, was refused");
        assert_eq!(records(app).await, before + 1);
    })
    .await;
}

/// Moves come after all that is created: they may need it.
#[tokio::test]
async fn a_plan_is_submitted_with_what_the_same_batch_puts_into_it() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let made = me.post("/batch", json!({"items": [tree()[4]]})).await;
        let plan = &made.ok(200)["outcomes"][0]["id"];
        let mut items = tree().as_array().cloned().expect("items");
        items.truncate(4);
        let step = |verb: &str, version: i32| json!({"op": "move", "kind": "plan", "id": plan, "version": version, "verb": verb});
        items.insert(0, step("submit", 2));
        me.post("/batch", json!({"items": [step("consult", 1)]})).await.ok(200);

        let done = me.post("/batch", json!({"items": items})).await;

        done.ok(200);
        assert_eq!(results(&done), ["updated", "created", "created", "created", "created"]);
    })
    .await;
}

#[tokio::test]
async fn deletions_of_several_kinds_come_last_and_leaf_first() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let made = me.post("/batch", json!({"items": tree()})).await;
        let before = records(app).await;
        let delete = |kind: &str, at: usize| json!({"op": "delete", "kind": kind, "id": made.body["outcomes"][at]["id"], "version": 1});

        let gone = me.post("/batch", json!({"items": [delete("plan", 4), delete("pillar", 3), delete("task", 0)]})).await;

        gone.ok(200);
        assert_eq!(results(&gone), ["deleted"; 3]);
        assert_eq!(records(app).await, before - 5);
    })
    .await;
}

/// With `each`, an item that asks for nothing that can be done is refused alone, on both faces.
#[tokio::test]
async fn an_item_that_says_no_kind_or_lacks_a_member_is_told_so() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let plan = &tree()[4];
        let mut items =
            vec![plan.clone(), plan.clone(), json!({"op": "delete", "kind": "tasks"}), plan.clone()];
        items[0].as_object_mut().expect("an object").remove("kind");
        items[1]["kind"] = json!("plann");

        let all = me.post("/batch", json!({"items": items})).await;
        let each = me.post("/batch", json!({"items": items, "atomic": "each"})).await;
        let alone = me.post("/plans/batch", json!({"items": [plan], "atomic": "each"})).await;
        let query = "mutation($input: BatchInput!) { recordsBatch(input: $input) { outcomes { result } } }";
        for item in &mut items {
            item["op"] = json!(item["op"].as_str().unwrap_or_default().to_uppercase());
            for (name, camel) in [("source_system", "sourceSystem"), ("external_key", "externalKey")] {
                if let Some(value) = item.as_object_mut().and_then(|item| item.remove(name)) {
                    item[camel] = value;
                }
            }
        }
        let graphql = by_graphql(&me, query, json!({ "items": items })).await;

        all.problem(422, "invalid");
        assert_eq!(
            all.violations(),
            pairs([
                ("/items/0/kind", "required"),
                ("/items/1/kind", "not_in_list"),
                ("/items/2/id", "required")
            ])
        );
        assert_eq!(graphql, all.violations());
        each.ok(200);
        assert_eq!(results(&each), ["rejected", "rejected", "rejected", "created"]);
        assert_eq!(errors(&each, 1)[0].2, "there is no kind \"plann\"; did you mean `plan`?");
        assert_eq!(places(&each, 2), pairs([("/id", "required")]));
        assert_eq!(places(&alone, 0), pairs([("/kind", "unknown_member")]));
    })
    .await;
}
