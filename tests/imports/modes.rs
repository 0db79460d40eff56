//! What becomes of rows.

use serde_json::{Value as Json, json};

use super::{counts, faults, results, send};
use crate::support::app;

const TWO: &str = "title,owner,lead_agency,language,source_system,external_key,due_on\n\
    Drill,KGZ,MES,en,crm,1,2027-03-31\nStock,KGZ,MES,en,crm,2,\n";

#[tokio::test]
async fn rows_make_records_and_say_so() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let report = send(&me, "kind=tasks", TWO).await;

        let report = report.ok(200);
        assert_eq!(counts(report), [2, 0, 0, 0, 0]);
        assert_eq!((&report["state"], &report["row_count"]), (&json!("completed"), &json!(2)));
        let task = me.get("/tasks/by-key/crm/1").await;
        assert_eq!((&task.ok(200)["title"], &task.body["due_on"]), (&json!("Drill"), &json!("2027-03-31")));
        assert_eq!(report["rows"][0]["id"], task.body["id"]);
    })
    .await;
}

#[tokio::test]
async fn the_same_rows_again_change_nothing_and_leave_no_trace() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", TWO).await.ok(200);
        let before = app.count("change").await;

        let again = send(&me, "kind=tasks&force=true", TWO).await;
        let earlier = send(&me, "kind=tasks", TWO).await;

        assert_eq!(counts(again.ok(200)), [0, 0, 2, 0, 0]);
        assert_eq!(again.body["sets"], json!([]));
        assert_eq!(app.count("change").await, before);
        assert_eq!(earlier.ok(200)["id"], again.body["id"]);
    })
    .await;
}

#[tokio::test]
async fn rows_edit_by_id_key_and_code() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let made = send(&me, "kind=tasks", TWO).await;
        let id = made.ok(200)["rows"][0]["id"].as_str().unwrap().to_owned();

        let by_id = send(&me, "kind=tasks&mode=update", format!("id,title\n{id},Exercise\n")).await;
        let by_key =
            send(&me, "kind=tasks&mode=update", "source_system,external_key,due_on\ncrm,2,2027-05-01\n")
                .await;
        let by_code = send(&me, "kind=agencies", "code,owner,name\nMES,KGZ,Rescue\n").await;

        assert_eq!(counts(by_id.ok(200)), [0, 1, 0, 0, 0]);
        assert_eq!(by_id.body["rows"][0]["changes"]["title"], json!(["Drill", "Exercise"]));
        assert_eq!(counts(by_key.ok(200)), [0, 1, 0, 0, 0]);
        assert_eq!(counts(by_code.ok(200)), [0, 1, 0, 0, 0], "{}", by_code.body);
    })
    .await;
}

#[tokio::test]
async fn codes_of_rows_are_taken_in_any_case() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = "code,owner,name\nmes,KGZ,Rescue\nMoh,KGZ,Health\nMES,KGZ,Again\n";

        let report = send(&me, "kind=agencies&atomic=row", file).await;
        let again = send(&me, "kind=agencies&mode=update", "code,owner,name\nmes,KGZ,Rescue\n").await;

        assert_eq!(results(report.ok(200)), ["updated", "updated", "rejected"], "{}", report.body);
        assert_eq!(faults(&report.body), [(4, "code", "duplicate_item")]);
        assert_eq!(report.body["rows"][0]["changes"]["name"][1], "Rescue");
        assert_eq!(results(again.ok(200)), ["unchanged"], "{}", again.body);
    })
    .await;
}

#[tokio::test]
async fn modes_refuse_what_they_do_not_do() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", TWO).await.ok(200);

        let update = send(
            &me,
            "kind=tasks&mode=update&atomic=row",
            "source_system,external_key,title\ncrm,9,Nothing\ncrm,1,Drill 2\n,,Neither\n",
        )
        .await;
        let create = send(&me, "kind=tasks&mode=create", TWO).await;

        assert_eq!(results(update.ok(200)), ["rejected", "updated", "rejected"]);
        assert_eq!(update.body["state"], "completed_with_errors");
        assert_eq!(counts(create.ok(200)), [0, 0, 0, 0, 2]);
        assert_eq!(create.body["state"], "failed");
        assert!(faults(&create.body).iter().all(|(_, _, code)| *code == "not_unique"), "{}", create.body);
    })
    .await;
}

#[tokio::test]
async fn rows_delete_what_they_name() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", TWO).await.ok(200);

        let report =
            send(&me, "kind=tasks&mode=delete&atomic=row", "source_system,external_key\ncrm,1\ncrm,7\n")
                .await;

        assert_eq!(results(report.ok(200)), ["deleted", "rejected"]);
        me.get("/tasks/by-key/crm/1").await.problem(404, "not_found");
        me.get("/tasks/by-key/crm/2").await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn sync_deletes_what_the_file_does_not_name_once_that_is_confirmed() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", TWO).await.ok(200);
        let one = "title,owner,lead_agency,language,source_system,external_key\nStock,KGZ,MES,en,crm,2\n";
        let query = "kind=tasks&mode=sync&source_system=crm";

        let told = send(&me, &format!("{query}&dry_run=true"), one).await;
        let refused = send(&me, query, one).await;
        let done = send(&me, &format!("{query}&confirm_deletions=1"), one).await;

        assert_eq!(counts(told.ok(200)), [0, 0, 1, 1, 0]);
        assert!(
            refused.problem(400, "bad_request")["detail"].as_str().unwrap().contains("confirm_deletions=1")
        );
        assert_eq!(counts(done.ok(200)), [0, 0, 1, 1, 0]);
        me.get("/tasks/by-key/crm/1").await.problem(404, "not_found");
        me.get("/tasks/by-key/crm/2").await.ok(200);
        me.get(&format!("/tasks/{}", app.world.id("task:national"))).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_version_in_a_row_must_be_the_one_that_is_stored() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", TWO).await.ok(200);

        let report = send(
            &me,
            "kind=tasks&atomic=row",
            "source_system,external_key,version,title\ncrm,1,1,Drill 2\ncrm,2,5,Stock 2\n",
        )
        .await;

        assert_eq!(results(report.ok(200)), ["updated", "rejected"]);
        assert_eq!(faults(&report.body), [(3, "version", "stale_version")]);
    })
    .await;
}

#[tokio::test]
async fn empty_cells_keep_and_clear_empties() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", TWO).await.ok(200);
        let row = |cell: &str| format!("source_system,external_key,due_on\ncrm,1,{cell}\n");

        let kept = send(&me, "kind=tasks", row("")).await;
        let cleared = send(&me, "kind=tasks", row("!clear")).await;
        send(&me, "kind=tasks", row("2027-04-01")).await.ok(200);
        let by_rule = send(&me, "kind=tasks&nulls=clear&mode=update", row("")).await;

        assert_eq!(counts(kept.ok(200)), [0, 0, 1, 0, 0]);
        assert_eq!(cleared.ok(200)["rows"][0]["changes"]["due_on"], json!(["2027-03-31", null]));
        assert_eq!(counts(by_rule.ok(200)), [0, 1, 0, 0, 0], "{}", by_rule.body);
        assert_eq!(me.get("/tasks/by-key/crm/1").await.ok(200)["due_on"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn clear_empties_in_every_format() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let texts = json!({"ru": {"title": "Учение", "description": "Два дня"}, "ky": {"title": "Машыгуу"}});
        let row = |due: Json, texts: Json| {
            let row = json!({
                "source_system": "crm", "external_key": "1", "title": "Drill", "lead_agency": "MES", "language": "en",
                "due_on": due, "translations": texts,
            });
            json!([row]).to_string()
        };
        send(&me, "kind=tasks", row(json!("2027-03-31"), texts)).await.ok(200);

        let silent = send(&me, "kind=tasks", row(Json::Null, json!({"ru": {"title": null}, "ky": null}))).await;
        let cleared = json!({"ru": {"title": " !clear "}, "ky": "!clear"});
        let by_json = send(&me, "kind=tasks", row(json!(" !clear "), cleared)).await;
        let left = me.get("/tasks/by-key/crm/1?lang=*").await.ok(200)["translations"].clone();
        let by_csv = send(&me, "kind=tasks", "source_system,external_key,description@ru\ncrm,1, !clear \n").await;
        let state = send(&me, "kind=tasks", "source_system,external_key,status\ncrm,1,!clear\n").await;

        assert_eq!(counts(silent.ok(200)), [0, 0, 1, 0, 0], "{}", silent.body);
        assert_eq!(by_json.ok(200)["rows"][0]["changes"]["due_on"], json!(["2027-03-31", null]), "{}", by_json.body);
        assert_eq!(left, json!({"ru": {"description": "Два дня"}}));
        assert_eq!(counts(by_csv.ok(200)), [0, 1, 0, 0, 0], "{}", by_csv.body);
        assert_eq!(faults(state.ok(200)), [(2, "status", "required")], "{}", state.body);
    })
    .await;
}

#[tokio::test]
async fn what_empties_a_cell_is_a_text_where_it_is_written() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let texts = ["!clear", "'!clear", "!clear it"];
        for text in texts {
            let task = json!({"owner": "KGZ", "title": text, "description": text, "lead_agency": "MES", "language": "en"});
            me.post("/tasks", task).await.ok(201);
        }

        for form in ["csv", "xlsx"] {
            let file = me.get(&format!("/tasks.{form}?owner=KGZ")).await;
            let report = send(&me, "kind=tasks&force=true", file.bytes).await;

            let [created, updated, unchanged, deleted, rejected] = counts(report.ok(200));
            assert_eq!([created, updated, deleted, rejected], [0; 4], "{}", report.body);
            assert!(unchanged >= 3, "{}", report.body);
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_is_emptied_and_nothing_said_of_what_is_settled_changes_it() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let task = json!({"owner": "KGZ", "title": "Drill", "lead_agency": "MES", "contributing_agencies": ["MOH"], "language": "en"});
        let id = me.post("/tasks", task).await.id();
        let plan = app.world.id("plan:national");
        me.edit(&format!("/plans/{plan}"), json!({"preconditions": ["gap_links"]})).await.ok(200);

        let list = send(&me, "kind=tasks", format!("id,contributing_agencies,deadline\n{id},!clear,!clear\n")).await;
        let kept = send(&me, "kind=plans", format!("id,preconditions\n{plan},!clear\n")).await;
        let own = send(&me, "kind=tasks&nulls=clear", format!("id,title,title@en\n{id},Drill,\n")).await;

        assert_eq!(results(list.ok(200)), ["updated"], "{}", list.body);
        assert_eq!(kept.ok(200)["rows"][0]["changes"]["preconditions"][1], json!([]), "{}", kept.body);
        assert_eq!(results(own.ok(200)), ["unchanged"], "{}", own.body);
    })
    .await;
}

#[tokio::test]
async fn rows_are_judged_by_the_rights_of_their_sender() {
    app(async |app| {
        let (officer, observer) = (app.user("officer").await, app.user("observer").await);

        let mixed = send(
            &officer,
            "kind=tasks&atomic=row",
            "title,owner,lead_agency,language\nOurs,KGZ,MES,en\nTheirs,KGZ,MOH,en\nAbroad,KAZ,,en\n",
        )
        .await;
        let none = send(&observer, "kind=tasks", "title,owner,lead_agency,language\nOurs,KGZ,MES,en\n").await;
        let nobody = send(&app.anonymous(), "kind=tasks", TWO).await;

        assert_eq!(results(mixed.ok(200)), ["created", "rejected", "rejected"]);
        assert_eq!(faults(&mixed.body)[0].2, "forbidden");
        assert_eq!(faults(none.ok(200)), [(2, "", "forbidden")]);
        nobody.problem(401, "unauthenticated");
    })
    .await;
}
