//! What is kept where rows are refused.

use serde_json::json;

use super::{counts, faults, results, send};
use crate::support::app;

const MIXED: &str = "title,owner,lead_agency,language,due_on\n\
    One,KGZ,MES,en,\nTwo,KGZ,MES,en,31.12.2027\nThree,KGZ,NONE,en,soon\nFour,KGZ,MES,en,\n";

#[tokio::test]
async fn all_or_nothing_writes_nothing_and_tells_everything() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let report = send(&me, "kind=tasks", MIXED).await;

        assert_eq!(counts(report.ok(200)), [0, 0, 0, 0, 2]);
        assert_eq!(report.body["state"], "failed");
        let told = faults(&report.body);
        assert_eq!(
            told,
            [
                (3, "due_on", "bad_format"),
                (4, "due_on", "bad_format"),
                (4, "lead_agency", "reference_not_found")
            ]
        );
        let error = &report.body["rows"][0]["errors"][0];
        assert_eq!((&error["row"], &error["severity"]), (&json!(2), &json!("error")));
        assert!(error["message"].as_str().unwrap().contains("31.12.2027"), "{error}");
        assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{error}");
        let found = me.get("/tasks?q=Four").await;
        assert_eq!(found.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn row_by_row_writes_the_good_ones() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let report = send(&me, "kind=tasks&atomic=row", MIXED).await;

        assert_eq!(results(report.ok(200)), ["created", "rejected", "rejected", "created"]);
        assert_eq!(report.body["state"], "completed_with_errors");
    })
    .await;
}

#[tokio::test]
async fn a_group_is_written_whole_or_not_at_all() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = format!("{MIXED}Five,KGZ,MES,en,\nSix,KGZ,MES,en,\n");

        let report = send(&me, "kind=tasks&atomic=group&group_size=2", file).await;

        assert_eq!(
            results(report.ok(200)),
            ["rejected", "rejected", "rejected", "rejected", "created", "created"]
        );
        assert_eq!(counts(&report.body), [2, 0, 0, 0, 4]);
        assert_eq!(report.body["sets"].as_array().map(Vec::len), Some(1));
        let rows = report.body["rows"].as_array().unwrap();
        assert!(rows[0]["errors"][0]["message"].as_str().unwrap().contains("group"), "{}", rows[0]);
    })
    .await;
}

#[tokio::test]
async fn rows_refer_to_others_in_any_order_and_over_kinds() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = concat!(
            r#"{"kind":"task","owner":"KGZ","title":"B","lead_agency":"MES","language":"en","source_system":"crm","external_key":"b","depends_on":["external_key:crm:a"]}"#,
            "\n",
            r#"{"kind":"task","owner":"KGZ","title":"A","lead_agency":"external_key:crm:new","language":"en","source_system":"crm","external_key":"a"}"#,
            "\n",
            r#"{"record_kind":"agency","owner":"KGZ","code":"NEW","kind":"service","name":"New","language":"en","source_system":"crm","external_key":"new"}"#,
            "\n"
        );

        let told = send(&me, "dry_run=true", file).await;
        let done = send(&me, "", file).await;

        assert_eq!(counts(told.ok(200)), [3, 0, 0, 0, 0], "{}", told.body);
        assert_eq!(counts(done.ok(200)), [3, 0, 0, 0, 0], "{}", done.body);
        let task = me.get("/tasks/by-key/crm/a").await;
        assert_eq!(task.ok(200)["lead_agency"]["code"], "NEW");
    })
    .await;
}
