//! Rows that say of a record what it is already: no right to edit is asked for, and nothing is told by them.

use serde_json::json;

use super::{counts, faults, results, send};
use crate::{statements::counted, support::app};

#[tokio::test]
async fn what_others_show_can_be_sent_back_and_changes_nothing() {
    app(async |app| {
        let (me, observer) = (app.user("partner").await, app.user("observer").await);
        let before = app.count("change").await;
        let mut wrong = Vec::new();

        for (kind, form) in ["plans", "pillars", "objectives", "actions", "tasks"]
            .into_iter()
            .flat_map(|kind| [(kind, "csv"), (kind, "ndjson")])
        {
            for client in [&me, &observer] {
                let file = client.get(&format!("/{kind}.{form}?owner=KGZ")).await;
                let report = send(client, &format!("kind={kind}&force=true"), file.bytes).await;
                let rows = report.ok(200)["rows"].as_array().cloned().unwrap_or_default();
                let others = rows.iter().filter(|row| row["result"] != "unchanged");
                wrong.extend(others.map(|row| format!("{kind} {form} {}", row["errors"])));
                assert!(!rows.is_empty(), "{kind} {form}");
            }
        }

        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(app.count("change").await, before);
    })
    .await;
}

#[tokio::test]
async fn what_others_show_is_not_edited_and_its_version_is_not_found_out() {
    app(async |app| {
        let me = app.user("partner").await;
        let id = app.world.id("task:released");
        let row = |head: &str, cells: &str| format!("id,owner,title{head}\n{id},KGZ,{cells}\n");

        let same = send(&me, "kind=tasks", row("", "Task released")).await;
        let other = send(&me, "kind=tasks", row("", "Task of ours")).await;
        let right = send(&me, "kind=tasks", row(",version", "Task released,1")).await;
        let wrong = send(&me, "kind=tasks", row(",version", "Task released,2")).await;
        let hidden = format!("id,owner,title\n{},KGZ,Task national\n", app.world.id("task:national"));
        let hidden = send(&me, "kind=tasks", hidden).await;

        assert_eq!(results(same.ok(200)), ["unchanged"]);
        assert_eq!(same.body["rows"][0]["version"], json!(null));
        for refused in [other, right, wrong] {
            assert_eq!(faults(refused.ok(200)), [(2, "", "forbidden")]);
        }
        assert_eq!(faults(hidden.ok(200))[0].2, "not_found");
    })
    .await;
}

#[tokio::test]
async fn what_is_withheld_is_not_found_out_by_saying_it() {
    app(async |app| {
        let (focal, me) = (app.user("focal_point").await, app.user("partner").await);
        let id = app.world.id("action:released");
        focal.edit(&format!("/actions/{id}"), json!({ "description": "Buried stocks" })).await.ok(200);
        let rule = json!({ "owner": "KGZ", "kind": "action", "field": "description" });
        focal.post("/disclosure-rules", rule).await.ok(201);
        let row = |text: &str| format!("id,owner,title,description\n{id},KGZ,Action released,{text}\n");

        let right = send(&me, "kind=actions", row("Buried stocks")).await;
        let wrong = send(&me, "kind=actions", row("Nothing")).await;
        let silent = send(&me, "kind=actions", row("")).await;

        assert_eq!(faults(right.ok(200)), [(2, "", "forbidden")]);
        assert_eq!(faults(wrong.ok(200)), [(2, "", "forbidden")]);
        assert_eq!(results(silent.ok(200)), ["unchanged"]);
    })
    .await;
}

#[tokio::test]
async fn a_version_is_held_against_the_stored_one_though_nothing_else_is_said() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let made = send(&me, "kind=tasks", "title,owner,lead_agency,language\nDrill,KGZ,MES,en\n").await;
        let id = made.ok(200)["rows"][0]["id"].as_str().unwrap().to_owned();
        let row = |version: &str| format!("id,version,title\n{id},{version},Drill\n");

        let right = send(&me, "kind=tasks", row("1")).await;
        let wrong = send(&me, "kind=tasks", row("2")).await;
        let new = send(&me, "kind=tasks", row("0")).await;

        assert_eq!(results(right.ok(200)), ["unchanged"]);
        assert_eq!(right.body["rows"][0]["version"], json!(1));
        assert_eq!(faults(wrong.ok(200)), [(2, "version", "stale_version")]);
        assert_eq!(faults(new.ok(200)), [(2, "version", "already_exists")]);
    })
    .await;
}

#[tokio::test]
async fn rows_about_one_record_are_told_from_each_other_though_they_change_nothing() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let one = "id,source_system,external_key,title,owner,lead_agency,language\n,crm,1,Drill,KGZ,MES,en\n";
        let made = send(&me, "kind=tasks", one).await;
        let id = made.ok(200)["rows"][0]["id"].as_str().unwrap().to_owned();
        let head = "id,source_system,external_key,title";

        let twice = send(&me, "kind=tasks&atomic=row", format!("{head}\n{id},,,Drill\n,crm,1,Drill\n")).await;
        let mixed =
            send(&me, "kind=tasks&atomic=row", format!("{head}\n{id},,,Drill\n,crm,1,Drill 2\n")).await;

        assert_eq!(results(twice.ok(200)), ["unchanged", "rejected"]);
        assert_eq!(results(mixed.ok(200)), ["unchanged", "rejected"]);
        assert_eq!(faults(&mixed.body)[0].2, "duplicate_item");
    })
    .await;
}

#[tokio::test]
async fn another_state_is_no_repetition() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let head = "source_system,external_key,title,owner,lead_agency,language,due_on,status\n";
        let row = |state: &str| format!("{head}crm,1,Drill,KGZ,MES,en,2027-03-31,{state}\n");
        send(&me, "kind=tasks", row("planned")).await.ok(200);

        let same = send(&me, "kind=tasks&force=true", row("planned")).await;
        let moved = send(&me, "kind=tasks", row("assigned")).await;

        assert_eq!(results(same.ok(200)), ["unchanged"]);
        assert_eq!(results(moved.ok(200)), ["updated"]);
    })
    .await;
}

/// What a file costs whose rows all say what is there, as does one in which one row does not.
#[tokio::test]
async fn rows_that_change_nothing_take_a_few_statements_whatever_their_number() {
    app(async |app| {
        let file = |count: usize, first: &str| {
            let head = "source_system,external_key,title,owner,lead_agency,language,contributing_agencies\n";
            let row =
                |at: usize| format!("crm,{at},{},KGZ,MES,en,MOH\n", if at == 0 { first } else { "Drill" });
            format!("{head}{}", (0..count).map(row).collect::<String>())
        };
        let counted = counted(app);
        let me = counted.user("secretariat").await;
        send(&me, "kind=tasks", file(400, "Drill")).await.ok(200);
        let cost = async |count: usize, first: &str| {
            let before = counted.state.db.statements();
            let report = send(&me, "kind=tasks&force=true", file(count, first)).await;
            (counted.state.db.statements() - before, counts(report.ok(200)))
        };

        let (few, _) = cost(4, "Drill").await;
        let (many, all) = cost(400, "Drill").await;
        let (other, changed) = cost(400, "Exercise").await;

        assert_eq!((all, changed), ([0, 0, 400, 0, 0], [0, 1, 399, 0, 0]));
        assert_eq!(few, many);
        assert!(other >= many + 8, "{many} statements where nothing changes, {other} where one row does");
    })
    .await;
}
