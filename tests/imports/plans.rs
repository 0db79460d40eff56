//! Dry runs, and doing exactly what they showed.

use serde_json::{Value as Json, json};

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
        let listed = json!([{ "pointer": "/rows/1", "code": "plan_moved",
            "detail": "row 2: something else would become of it than the dry run showed" }]);
        assert_eq!(refused.body["errors"], listed);
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

/// A file of tasks with these keys and titles.
fn tasks(all: &[(&str, &str)]) -> String {
    let rows = all.iter().map(|(key, title)| format!("{title},KGZ,MES,en,crm,{key}\n"));
    "title,owner,lead_agency,language,source_system,external_key\n".to_owned() + &rows.collect::<String>()
}

#[tokio::test]
async fn groups_are_judged_as_they_are_written() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let groups = "kind=tasks&atomic=group&group_size=2";
        let head = "title,owner,lead_agency,language,source_system,external_key,depends_on\n";
        let good = |title: &str, on: &str| format!("{title},KGZ,MES,en,crm,{title},{on}\n");
        let bad = "B,KGZ,NOPE,en,crm,B,\n".to_owned();
        let [a, d, e] = ["A", "D", "E"].map(|title| good(title, ""));
        // C builds on A, which is not written for B's sake.
        let builds_on_refused =
            [head.to_owned(), a.clone(), bad.clone(), good("C", "external_key:crm:A"), d.clone()].concat();
        let plain = [head.to_owned(), a, bad, d, e].concat();

        for (file, counted) in [(builds_on_refused, [0, 0, 0, 0, 4]), (plain, [2, 0, 0, 0, 2])] {
            let shown = send(&me, &format!("{groups}&dry_run=true"), file).await;
            let plan = json!({ "import_plan": shown.ok(200)["import_plan"] });
            let done = me.post(&act(&shown, "commit"), plan).await;

            assert_eq!(counts(&shown.body), counted, "{}", shown.body);
            assert_eq!(counts(done.ok(200)), counted, "{}", done.body);
            let errors = |answer: &Json| {
                answer["rows"]
                    .as_array()
                    .expect("rows")
                    .iter()
                    .map(|row| row["errors"].clone())
                    .collect::<Vec<_>>()
            };
            assert_eq!(errors(&shown.body), errors(&done.body));
        }
    })
    .await;
}

#[tokio::test]
async fn a_plan_in_groups_that_has_moved_writes_none_of_them() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let keys = ["1", "2", "3", "4", "5"];
        send(&me, "kind=tasks", tasks(&keys.map(|key| (key, "Drill")))).await.ok(200);
        let edit = tasks(&keys.map(|key| (key, "Drill 2")));
        let shown = send(&me, "kind=tasks&atomic=group&group_size=2&dry_run=true", edit).await;
        change(&me, "2").await;
        change(&me, "5").await;

        let plan = json!({ "import_plan": shown.ok(200)["import_plan"] });
        let refused = me.post(&act(&shown, "commit"), plan).await;

        let errors = refused.problem(409, "plan_moved")["errors"].as_array().expect("errors").clone();
        assert_eq!(errors.iter().map(|one| &one["pointer"]).collect::<Vec<_>>(), ["/rows/1", "/rows/4"]);
        for key in keys {
            assert_eq!(me.get(&format!("/tasks/by-key/crm/{key}")).await.ok(200)["title"], "Drill");
        }
        let ended = me.get(&format!("/imports/{}", shown.body["id"].as_str().expect("an id"))).await;
        assert_eq!((counts(ended.ok(200)), &ended.body["state"]), ([0; 5], &json!("failed")));
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_shows_with_whom_records_are_shared() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", FILE).await.ok(200);
        let [mes, moh] = ["MES", "MOH"].map(|code| app.world.id(&format!("agency:KGZ/{code}")).to_string());
        let file = "source_system,external_key,visibility,shared_with.agencies\ncrm,1,group,MES;MOH\n";

        let shown = send(&me, "kind=tasks&dry_run=true", file).await;
        let batch = json!({ "dry_run": true, "items": [{ "op": "update", "id": shown.ok(200)["rows"][0]["id"],
            "version": 1, "data": { "visibility": "group", "shared_with": { "agencies": ["MES", "MOH"] } } }] });
        let batch = me.post("/tasks/batch", batch).await;
        // The same set in another import does not make the plan move.
        send(&me, "kind=tasks", file.replace("crm,1", "crm,2")).await.ok(200);
        let plan = json!({ "import_plan": shown.body["import_plan"] });
        let done = me.post(&act(&shown, "commit"), plan).await;

        let mut both = [mes, moh];
        both.sort();
        let shared = json!({ "agencies": both, "groups": [] });
        assert_eq!(shown.body["rows"][0]["changes"]["shared_with"][1], shared, "{}", shown.body);
        assert_eq!(batch.ok(200)["outcomes"][0]["changes"]["shared_with"][1], shared, "{}", batch.body);
        assert_eq!(done.ok(200)["rows"][0]["changes"]["shared_with"][1], shared, "{}", done.body);
    })
    .await;
}
