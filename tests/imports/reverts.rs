//! Imports taken back.

use serde_json::json;

use super::{act, change, counts, send};
use crate::support::app;

const FILE: &str = "title,owner,lead_agency,language,source_system,external_key\n\
    Drill,KGZ,MES,en,crm,1\nStock,KGZ,MES,en,crm,2\n";

#[tokio::test]
async fn what_was_made_is_deleted_and_what_was_changed_is_as_it_was() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", FILE.replace("Stock,KGZ,MES,en,crm,2\n", "")).await.ok(200);
        let done = send(&me, "kind=tasks", FILE.replace("Drill", "Drill 2")).await;
        assert_eq!(counts(done.ok(200)), [1, 1, 0, 0, 0]);
        let path = act(&done, "revert");

        let told = me.post(&format!("{path}?dry_run=true"), json!({})).await;
        assert_eq!(me.get("/tasks/by-key/crm/1").await.ok(200)["title"], "Drill 2");
        let back = me.post(&path, json!({})).await;

        assert_eq!(counts(told.ok(200)), [0, 1, 0, 1, 0], "{}", told.body);
        assert_eq!(counts(back.ok(200)), [0, 1, 0, 1, 0], "{}", back.body);
        assert_eq!(back.body["reverts"], done.body["id"]);
        assert_eq!(me.get("/tasks/by-key/crm/1").await.ok(200)["title"], "Drill");
        me.get("/tasks/by-key/crm/2").await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn what_has_changed_since_is_listed_and_stays() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let done = send(&me, "kind=tasks", FILE).await;
        change(&me, "2").await;

        let path = act(&done, "revert");
        let back = me.post(&path, json!({})).await;

        assert_eq!(counts(back.ok(200)), [0, 0, 0, 1, 1], "{}", back.body);
        assert_eq!(back.body["state"], "completed_with_errors");
        me.get("/tasks/by-key/crm/2").await.ok(200);
        me.get("/tasks/by-key/crm/1").await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn an_import_that_wrote_nothing_is_not_taken_back() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let shown = send(&me, "kind=tasks&dry_run=true", FILE).await;

        let path = act(&shown, "revert");

        me.post(&path, json!({})).await.problem(409, "illegal_move");
    })
    .await;
}

#[tokio::test]
async fn a_purge_reaches_files_and_reports() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let file = "title,owner,lead_agency,language\nEntered by mistake,KGZ,MES,en\nDrill,KGZ,MES,en\n";
        let sent = send(&me, "kind=tasks", file).await;
        let id = sent.ok(200)["rows"][0]["id"].as_str().expect("an id").to_owned();
        assert!(app.count("import_part").await > 0);

        me.act(&format!("/tasks/{id}"), "purge", json!({"reason": "Entered by mistake"})).await.ok(204);

        let rows = me.get(&act(&sent, "rows")).await;
        assert_eq!(rows.ok(200)["items"].as_array().map(Vec::len), Some(2));
        assert!(!rows.body.to_string().contains("Entered by mistake"), "{}", rows.body);
        assert_eq!(app.count("import_part").await, 0);
    })
    .await;
}
