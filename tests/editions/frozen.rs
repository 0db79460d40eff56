//! What an adoption froze, verified by whoever reads a part of it.

use std::collections::BTreeMap;

use kernel::crypto::sha256;
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};

use super::{adopt_next, edit_next, opened};
use crate::{
    plans::{adopt, at},
    support::app,
};

/// JSON with sorted keys and no spaces.
fn canonical(value: &Json) -> String {
    match value {
        Json::Object(members) => {
            let sorted: BTreeMap<&String, &Json> = members.iter().collect();
            let parts: Vec<String> = sorted
                .into_iter()
                .map(|(key, value)| format!("{}:{}", json!(key), canonical(value)))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// The root that follows from what somebody was shown, reckoned as the documentation says.
pub(super) fn root_of(edition: &Json) -> String {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let mut level: BTreeMap<u64, String> = BTreeMap::new();
    for record in edition["records"].as_array().expect("records") {
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        for (name, field) in record["fields"].as_object().expect("fields") {
            let body = canonical(&json!([name, field["value"]]));
            fields.insert(name.clone(), sha256(&[text(&field["salt"]).as_bytes(), body.as_bytes()]));
        }
        for (name, hash) in record["withheld"].as_object().expect("hashes") {
            fields.insert(name.clone(), text(hash));
        }
        let whole = canonical(&json!({"fields": fields, "id": record["id"], "kind": record["kind"]}));
        level.insert(record["place"].as_u64().expect("a place"), sha256(&[whole.as_bytes()]));
    }
    for depth in 0..edition["depth"].as_u64().expect("a depth") {
        let mut above = BTreeMap::new();
        for place in level.keys() {
            let side = |at: u64| {
                let named = || text(&edition["nodes"][format!("{depth}/{at}")]);
                level.get(&at).cloned().unwrap_or_else(named)
            };
            let (left, right) = (side(place / 2 * 2), side(place / 2 * 2 + 1));
            above.insert(place / 2, sha256(&[b"node", left.as_bytes(), right.as_bytes()]));
        }
        level = above;
    }
    level.remove(&0).unwrap_or_default()
}

#[tokio::test]
async fn a_reader_verifies_the_part_it_sees() {
    app(async |app| {
        let plan = at(app, "plan", "released");
        let path = format!("{plan}/editions/1");
        adopt(app, &plan).await;
        let me = app.user("focal_point").await;
        let rule = json!({"owner": "KGZ", "kind": "pillar", "field": "description", "scope": "outside"});
        me.post("/disclosure-rules", rule).await.ok(201);

        let inside = me.get(&path).await;
        let outside = app.user("partner").await.get(&path).await;
        let proof = me.get(&format!("{path}/verify")).await;

        let root = inside.ok(200)["root"].as_str().expect("a root").to_owned();
        assert_eq!(root_of(inside.ok(200)), root);
        assert_eq!(root_of(outside.ok(200)), root);
        let pillar = |body: &Json| {
            body["records"]
                .as_array()
                .expect("records")
                .iter()
                .find(|one| one["kind"] == "pillar")
                .cloned()
                .expect("a pillar")
        };
        assert!(pillar(inside.ok(200))["fields"].get("description").is_some());
        assert!(pillar(outside.ok(200))["fields"].get("description").is_none());
        assert!(pillar(outside.ok(200))["withheld"].get("description").is_some());
        assert_eq!(proof.ok(200)["is_intact"], true);
    })
    .await;
}

#[tokio::test]
async fn a_frozen_edition_stays_as_it_was() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [plan, _, _, action] = opened(app, "national").await;
        let path = format!("{plan}/editions/1");
        let before = me.get(&path).await;
        edit_next(&me, &action, json!({"title": "Another"})).await.ok(200);
        me.edit(&action, json!({"status": "in_progress"})).await.ok(200);
        adopt_next(app, &plan).await.ok(200);

        let after = me.get(&path).await;
        let listed = me.get(&format!("{plan}/editions")).await;

        assert_eq!(before.ok(200), after.ok(200));
        assert_eq!(before.etag(), after.etag());
        let editions: Vec<&Json> =
            listed.ok(200)["items"].as_array().expect("items").iter().map(|one| &one["edition"]).collect();
        assert_eq!(editions, ["superseded", "in_force"]);
    })
    .await;
}

#[tokio::test]
async fn a_changed_content_is_found() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let plan = at(app, "plan", "national");
        adopt(app, &plan).await;
        let sql =
            "UPDATE edition_record SET content = replace(content, 'title', 'titel') WHERE kind = 'action'";
        app.state.db.for_migrations().execute_unprepared(sql).await.expect("an update");

        let proof = me.get(&format!("{plan}/editions/1/verify")).await;

        assert_eq!(proof.ok(200)["is_intact"], false);
    })
    .await;
}

#[tokio::test]
async fn a_purge_takes_its_record_out_and_leaves_the_rest_verifiable() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let [plan, action] = ["plan", "action"].map(|kind| at(app, kind, "national"));
        adopt(app, &plan).await;
        let path = format!("{plan}/editions/1");
        let before = me.get(&path).await.ok(200)["records"].as_array().map(Vec::len);
        let etag = me.get(&action).await.etag();
        let reason = json!({"reason": "Entered by mistake"});
        for task in me.get("/tasks?limit=200").await.ok(200)["items"].as_array().expect("tasks") {
            if task["action"]["id"].as_str().is_some_and(|id| action.ends_with(id)) {
                let task = format!("/tasks/{}", task["id"].as_str().expect("an id"));
                me.delete(&task, &me.get(&task).await.etag()).await.ok(204);
            }
        }

        me.with("if-match", etag).post(&format!("{action}/purge"), reason).await.ok(204);
        let after = me.get(&path).await;
        let proof = me.get(&format!("{path}/verify")).await;

        assert_eq!(after.ok(200)["records"].as_array().map(Vec::len), before.map(|count| count - 1));
        assert_eq!(root_of(after.ok(200)), after.ok(200)["root"].as_str().expect("a root"));
        assert_eq!(proof.ok(200)["is_intact"], true);
    })
    .await;
}

#[tokio::test]
async fn both_faces_answer_editions_alike() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [plan, _, _, action] = opened(app, "national").await;
        edit_next(&me, &action, json!({"title": "For both faces"})).await.ok(200);
        let id = plan.rsplit('/').next().unwrap_or_default();
        let document = r#"query($id: ID!) { planTree(id: $id, edition: "working") planEditions(id: $id) planEdition(id: $id, number: 1)
            planEditionProof(id: $id, number: 1) planDiff(id: $id) }"#;

        let all = me.graphql(document, json!({ "id": id })).await;
        let by_rest = [
            ("planTree", "tree?edition=working"),
            ("planEditions", "editions"),
            ("planEdition", "editions/1"),
            ("planEditionProof", "editions/1/verify"),
            ("planDiff", "diff"),
        ];

        for (field, end) in by_rest {
            assert_eq!(all.data()[field], *me.get(&format!("{plan}/{end}")).await.ok(200), "{field}");
        }
    })
    .await;
}
