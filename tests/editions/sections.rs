//! Sections of a plan in its editions: content as any other.

use kernel::change;
use serde_json::{Value as Json, json};

use super::{adopt_next, edit_next, next};
use crate::{
    plans::{adopt, at},
    support::app,
};

#[tokio::test]
async fn a_section_changes_in_the_next_edition_and_is_frozen_with_it() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let plan = at(app, "plan", "national");
        let schema = json!({"properties": {"stores": {"type": "integer"}}});
        let body = json!({"plan": app.world.id("plan:national"), "title": "Stockpiles", "schema": schema, "content": {"stores": 3, "share": 0.25}});
        let path = format!("/plan-sections/{}", me.post("/plan-sections", body).await.id());
        adopt(app, &plan).await;
        me.post(&format!("{plan}/editions"), json!({})).await.ok(201);

        let wrong = edit_next(&me, &path, json!({"content": {"stores": "many"}})).await;
        edit_next(&me, &path, json!({"content": {"stores": 4}})).await.ok(200);
        let in_force = me.get(&path).await;
        let working = me.get(&next(&path)).await;
        let diff = me.get(&format!("{plan}/diff")).await;
        let tree = me.get(&format!("{plan}/tree?edition=working")).await;
        adopt_next(app, &plan).await.ok(200);

        assert_eq!(wrong.violations(), [("/content/stores".to_owned(), "wrong_type".to_owned())]);
        assert_eq!(in_force.ok(200)["content"]["stores"], 3);
        assert_eq!(working.ok(200)["content"], json!({"stores": 4}));
        let changed = &diff.ok(200)["changed"];
        assert_eq!((&changed[0]["kind"], &changed[0]["title"]), (&json!("plan_section"), &json!("Stockpiles")));
        assert_eq!(changed[0]["fields"], json!({"content": [{"stores": 3, "share": 0.25}, {"stores": 4}]}));
        assert_eq!(tree.ok(200)["sections"][0]["content"], json!({"stores": 4}));
        assert_eq!(me.get(&path).await.ok(200)["content"], json!({"stores": 4}));
        for (number, content) in [(1, json!({"stores": 3, "share": 0.25})), (2, json!({"stores": 4}))] {
            let frozen = me.get(&format!("{plan}/editions/{number}")).await;
            let records = frozen.ok(200)["records"].as_array().cloned().expect("records");
            let section: Vec<&Json> = records.iter().filter(|one| one["kind"] == "plan_section").collect();
            assert_eq!(section[0]["fields"]["content"]["value"], content);
            assert_eq!(super::frozen::root_of(&frozen.body), frozen.body["root"]);
            let proof = me.get(&format!("{plan}/editions/{number}/verify")).await;
            assert_eq!(proof.ok(200)["is_intact"], true);
        }
        let log = change::verify(&app.system(), None).await.expect("the log can be read");
        assert_eq!(log.findings, []);
    })
    .await;
}
