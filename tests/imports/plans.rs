//! Dry runs, and doing exactly what they showed.

use serde_json::json;

use super::{act, change, counts, send};
use crate::support::app;

const FILE: &str = "title,owner,lead_agency,language,source_system,external_key\n\
    Drill,KGZ,MES,en,crm,1\nStock,KGZ,MES,en,crm,2\n";

#[tokio::test]
async fn a_dry_run_shows_what_is_then_done() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let before = app.count("change").await;

        let shown = send(&me, "kind=tasks&dry_run=true", FILE).await;

        assert_eq!(
            (counts(shown.ok(200)), &shown.body["state"]),
            ([2, 0, 0, 0, 0], &json!("awaiting_approval"))
        );
        assert_eq!(shown.body["rows"][0]["changes"]["title"], json!([null, "Drill"]));
        me.get("/tasks/by-key/crm/1").await.problem(404, "not_found");
        assert_eq!(app.count("change").await, before);
        let path = act(&shown, "commit");
        let plan = json!({ "import_plan": shown.body["import_plan"] });
        let done = me.post(&path, plan.clone()).await;
        assert_eq!((counts(done.ok(200)), &done.body["state"]), ([2, 0, 0, 0, 0], &json!("completed")));
        me.get("/tasks/by-key/crm/1").await.ok(200);
        me.post(&path, plan).await.problem(409, "illegal_move");
    })
    .await;
}

#[tokio::test]
async fn a_plan_whose_records_have_changed_is_refused_with_the_rows() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", FILE).await.ok(200);
        let edit = FILE.replace("Stock", "Stock 2").replace("Drill", "Drill 2");
        let shown = send(&me, "kind=tasks&dry_run=true", edit).await;
        change(&me, "2").await;

        let path = act(&shown, "commit");
        let refused = me.post(&path, json!({ "import_plan": shown.body["import_plan"] })).await;
        let other = me.post(&path, json!({ "import_plan": "0000" })).await;

        assert!(refused.problem(409, "plan_moved")["detail"].as_str().unwrap().contains("row 2"));
        assert!(!refused.body["detail"].as_str().unwrap().contains("row 1"), "{}", refused.body);
        assert_eq!(other.status, 409);
        assert_eq!(me.get("/tasks/by-key/crm/1").await.ok(200)["title"], "Drill");
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_is_cancelled_and_then_not_committed() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let shown = send(&me, "kind=tasks&dry_run=true", FILE).await;
        let path = format!("/imports/{}", shown.ok(200)["id"].as_str().unwrap());

        let cancelled = me.post(&format!("{path}/cancel"), json!({})).await;

        assert_eq!(cancelled.ok(200)["state"], "cancelled");
        let plan = json!({ "import_plan": shown.body["import_plan"] });
        me.post(&format!("{path}/commit"), plan).await.problem(409, "illegal_move");
        me.post(&format!("{path}/cancel"), json!({})).await.problem(409, "illegal_move");
    })
    .await;
}
