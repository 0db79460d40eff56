//! Closing an account ends its sessions, once it is closed indeed.

use serde_json::json;

use crate::support::{TestApp, app};

/// Gives somebody of the world its name as external key.
async fn keep_key(app: &TestApp, name: &str) {
    let path = format!("/users/{}", app.world.id(name));
    let key = json!({"source_system": "hr", "external_key": name});
    app.user("operator").await.edit(&path, key).await.ok(200);
}

#[tokio::test]
async fn a_refused_item_of_a_batch_ends_no_session() {
    app(async |app| {
        let operator = app.user("operator").await;
        let account = |mail: &str| json!({"email": mail, "name": "N", "valid_until": "2026-11-21T09:00:00Z"});
        let keyed = |key: &str, mail: &str| {
            json!({"op": "upsert", "source_system": "hr", "external_key": key, "data": account(mail)})
        };
        let (officer, lead) = (app.user("officer").await, app.user("lead").await);
        keep_key(app, "officer").await;
        keep_key(app, "lead").await;

        let items = [keyed("officer", "observer@test"), keyed("lead", "lead@test")];
        let batch = operator.post("/users/batch", json!({"atomic": "each", "items": items})).await;
        let dry = [keyed("officer", "officer@test")];
        let dry = json!({"atomic": "each", "dry_run": true, "items": dry});
        let rehearsed = operator.post("/users/batch", dry).await;

        let outcomes = &batch.ok(200)["outcomes"];
        assert_eq!(outcomes[0]["errors"][0]["code"], "rule_broken", "{outcomes}");
        assert_eq!(outcomes[1]["result"], "updated", "{outcomes}");
        assert_eq!(rehearsed.ok(200)["outcomes"][0]["result"], "updated");
        officer.get("/me").await.ok(200);
        lead.get("/me").await.problem(401, "unauthenticated");
    })
    .await;
}
