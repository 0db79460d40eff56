//! Imports taken back.

use serde_json::{Value as Json, json};

use super::{act, change, counts, faults, send};
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

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

/// What is written of a record, without the stamps that a new version has.
fn written(record: &Json) -> Json {
    let mut record = record.clone();
    let stamps = ["version", "updated_at", "updated_by", "can"];
    let members = record.as_object_mut().expect("an object");
    stamps.iter().for_each(|name| drop(members.remove(*name)));
    record
}

/// Deletes records by a file.
async fn delete(me: &Client<'_>, kind: &str, rows: &str) -> String {
    let done = send(me, &format!("kind={kind}&mode=delete"), rows).await;
    assert_eq!(done.ok(200)["state"], "completed", "{}", done.body);
    act(&done, "revert")
}

#[tokio::test]
async fn what_was_deleted_comes_back_as_it_was_with_a_new_version() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", FILE).await.ok(200);
        let before = me.get("/tasks/by-key/crm/1").await.ok(200).clone();
        let path = format!("/tasks/{}", before["id"].as_str().expect("an id"));
        me.edit(&path, json!({"depends_on": [me.get("/tasks/by-key/crm/2").await.id()]})).await.ok(200);
        me.act(&path, "cancel", json!({"reason": "No vehicles"})).await.ok(200);
        let before = me.get(&path).await.ok(200).clone();
        let revert = delete(&me, "tasks", "source_system,external_key\ncrm,1\ncrm,2\n").await;

        let told = me.post(&format!("{revert}?dry_run=true"), json!({})).await;
        me.get(&path).await.problem(404, "not_found");
        let back = me.post(&revert, json!({})).await;
        let again = me.post(&revert, json!({})).await;

        assert_eq!(
            (counts(told.ok(200)), counts(back.ok(200))),
            ([2, 0, 0, 0, 0], [2, 0, 0, 0, 0]),
            "{}",
            back.body
        );
        assert_eq!((counts(again.ok(200)), faults(&again.body)[0].2), ([0, 0, 0, 0, 2], "already_exists"));
        let after = me.get(&path).await.ok(200).clone();
        assert_eq!(written(&after), written(&before));
        // The deletion was a version of its own.
        assert_eq!(after["version"].as_i64(), before["version"].as_i64().map(|version| version + 2));
        let history = me.get(&format!("{path}/history?limit=200")).await;
        let ops: Vec<_> =
            history.ok(200)["items"].as_array().expect("items").iter().map(|item| &item["op"]).collect();
        assert_eq!(ops.last(), Some(&&json!("create")), "{}", history.body);
        me.delete(&path, &me.get(&path).await.etag()).await.ok(204);
        let history = me.get(&format!("{path}/history?limit=200")).await;
        assert_eq!(
            history.ok(200)["items"].as_array().and_then(|all| all.last()).map(|last| &last["op"]),
            Some(&json!("delete"))
        );
    })
    .await;
}

#[tokio::test]
async fn what_sync_made_changed_and_deleted_is_taken_back_together() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", FILE).await.ok(200);
        let file = "title,owner,lead_agency,language,source_system,external_key\nDrill 2,KGZ,MES,en,crm,1\nNew,KGZ,MES,en,crm,3\n";
        let done = send(&me, "kind=tasks&mode=sync&source_system=crm&confirm_deletions=1", file).await;
        assert_eq!(counts(done.ok(200)), [1, 1, 0, 1, 0], "{}", done.body);

        let back = me.post(&act(&done, "revert"), json!({})).await;

        assert_eq!(counts(back.ok(200)), [1, 1, 0, 1, 0], "{}", back.body);
        assert_eq!(me.get("/tasks/by-key/crm/1").await.ok(200)["title"], "Drill");
        assert_eq!(me.get("/tasks/by-key/crm/2").await.ok(200)["title"], "Stock");
        me.get("/tasks/by-key/crm/3").await.problem(404, "not_found");
    })
    .await;
}

/// An action below the national plan, with a comment and with a task that only its agency sees.
async fn action(app: &TestApp) -> [String; 3] {
    let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
    let action =
        json!({"objective": app.world.id("objective:national"), "title": "By mistake", "lead_agency": "MES"});
    let action = me.post("/actions", action).await.id();
    let hidden = json!({"owner": "KGZ", "action": action, "title": "Hidden", "lead_agency": "MES", "visibility": "agency"});
    let hidden = officer.post("/tasks", hidden).await.id();
    let shown = json!({"owner": "KGZ", "action": action, "title": "Shown", "lead_agency": "MES"});
    let shown = officer.post("/tasks", shown).await.id();
    [action, hidden, shown]
}

#[tokio::test]
async fn what_went_along_comes_back_along_and_untold_where_it_is_hidden() {
    app(async |app| {
        let [action, hidden, shown] = action(app).await;
        let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
        let before = officer.get(&format!("/tasks/{hidden}")).await.ok(200).clone();
        let revert = delete(&me, "actions", &format!("id\n{action}\n")).await;
        officer.get(&format!("/tasks/{hidden}")).await.problem(404, "not_found");

        let told = me.post(&format!("{revert}?dry_run=true"), json!({})).await;
        let back = me.post(&revert, json!({})).await;

        for report in [told.ok(200), back.ok(200)] {
            assert_eq!(counts(report), [2, 0, 0, 0, 0], "{report}");
            assert!(!report.to_string().contains(&hidden), "{report}");
        }
        assert_eq!(written(officer.get(&format!("/tasks/{hidden}")).await.ok(200)), written(&before));
        officer.get(&format!("/tasks/{shown}")).await.ok(200);
        me.get(&format!("/tasks/{hidden}")).await.problem(404, "not_found");
        me.get(&format!("/actions/{action}")).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_come_back_is_listed_with_a_code_and_the_rest_comes() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = format!("{FILE}Other,KGZ,MES,en,crm,3\nLast,KGZ,MES,en,crm,4\n");
        send(&me, "kind=tasks", file).await.ok(200);
        let on = json!({"depends_on": [me.get("/tasks/by-key/crm/1").await.id()]});
        me.edit(&format!("/tasks/{}", me.get("/tasks/by-key/crm/4").await.id()), on).await.ok(200);
        let rows = "source_system,external_key\ncrm,1\ncrm,2\ncrm,3\ncrm,4\n";
        let purged = me.get("/tasks/by-key/crm/3").await.id();
        let revert = delete(&me, "tasks", rows).await;
        send(&me, "kind=tasks", FILE.replace("Stock,KGZ,MES,en,crm,2\n", "")).await.ok(200);
        app.system()
            .run(async |unit| unit.destroy(&[purged.parse().expect("an id")].into()).await)
            .await
            .expect("destroyed");

        let back = me.post(&revert, json!({})).await;

        assert_eq!(counts(back.ok(200)), [1, 0, 0, 0, 3], "{}", back.body);
        let mut codes: Vec<&str> = faults(&back.body).into_iter().map(|(_, _, code)| code).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["not_unique", "plan_moved", "reference_not_found"]);
        me.get("/tasks/by-key/crm/2").await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_long_import_is_taken_back_as_a_job() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let rows = (0..1_200).map(|at| format!("Drill,KGZ,MES,en,crm,{at}\n")).collect::<String>();
        let head = "title,owner,lead_agency,language,source_system,external_key\n";
        let sent = send(&me, "kind=tasks&atomic=group&group_size=500", format!("{head}{rows}")).await;
        let path = format!("/imports/{}", sent.ok(202)["id"].as_str().expect("an id"));
        app.finish_tasks().await;
        let me = app.user("secretariat").await;

        let shown = me.post(&format!("{path}/revert?dry_run=true"), json!({})).await;
        app.finish_tasks().await;
        let still_there = app.count("task").await;
        let back = me.post(&format!("{path}/revert"), json!({})).await;
        app.finish_tasks().await;

        let ended = async |answer: &Answer| {
            let path = format!("/imports/{}", answer.ok(202)["id"].as_str().expect("an id"));
            (
                me.get(&path).await.ok(200).clone(),
                me.get(&format!("{path}/rows?limit=1")).await.ok(200)["items"][0].clone(),
            )
        };
        let (shown, row) = ended(&shown).await;
        assert_eq!(
            (counts(&shown), &shown["sets"], &row["result"]),
            ([0, 0, 0, 1200, 0], &json!([]), &json!("deleted"))
        );
        let (back, row) = ended(&back).await;
        assert_eq!(
            (counts(&back), &back["state"], &row["result"]),
            ([0, 0, 0, 1200, 0], &json!("completed"), &json!("deleted"))
        );
        assert_eq!((back["sets"].as_array().map(Vec::len), &back["rows_done"]), (Some(3), &json!(1200)));
        assert_eq!(still_there - app.count("task").await, 1200);
    })
    .await;
}

#[tokio::test]
async fn an_import_at_work_is_not_taken_back() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let done = send(&me, "kind=tasks&atomic=group&group_size=1", FILE).await;
        app.lay_open_import(done.ok(200)["id"].as_str().expect("an id").parse().expect("an id")).await;

        for verb in ["revert", "revert?dry_run=true"] {
            me.post(&act(&done, verb), json!({})).await.problem(409, "illegal_move");
        }

        me.post(&act(&done, "cancel"), json!({})).await.ok(200);
        assert_eq!(counts(me.post(&act(&done, "revert"), json!({})).await.ok(200)), [0, 0, 0, 2, 0]);
    })
    .await;
}
