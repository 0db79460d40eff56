//! Rows that say of which kind they are.

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::{counts, faults, results, send};
use crate::support::app;

fn task(more: &Json) -> Json {
    let mut task = json!({"title": "Drill", "owner": "KGZ", "lead_agency": "MES", "language": "en"});
    task.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    task
}

fn agency(code: &str) -> Json {
    json!({"record_kind": "agencies", "owner": "KGZ", "code": code, "kind": "service", "name": code, "language": "en",
        "source_system": "crm", "external_key": code})
}

#[tokio::test]
async fn an_object_is_of_the_kind_that_it_says() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let rows = [
            task(&json!({})),
            agency("NEW"),
            task(&json!({"record_kind": "bogus"})),
            task(&json!({"record_kind": 5})),
            task(&json!({"kind": "taks"})),
            task(&json!({"kind": "task", "record_kind": null})),
        ];
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();

        let done = send(&me, "kind=tasks&atomic=row", lines).await;
        let array =
            send(&me, "kind=tasks&atomic=row&dry_run=true", Json::from(rows.to_vec()).to_string()).await;

        let expected = ["created", "created", "rejected", "rejected", "rejected", "created"];
        assert_eq!(results(done.ok(200)), expected, "{}", done.body);
        assert_eq!(
            done.body["rows"].as_array().unwrap().iter().map(|row| row["kind"].clone()).collect::<Vec<_>>(),
            ["task", "agency", "task", "task", "task", "task"]
        );
        assert_eq!(
            faults(&done.body),
            [(3, "record_kind", "not_in_list"), (4, "record_kind", "wrong_type"), (5, "kind", "not_in_list")]
        );
        let error = &done.body["rows"][4]["errors"][0];
        assert_eq!(
            (&error["value"], &error["message"], &error["pointer"]),
            (&json!("taks"), &json!("there is no kind \"taks\"; did you mean `tasks`?"), &json!("/kind"))
        );
        assert_eq!(results(array.ok(200)).iter().filter(|result| **result == "rejected").count(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_preview_understands_rows_as_the_kind_that_they_say() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let lines = format!("{}\n{}\n", agency("NEW"), task(&json!({"record_kind": "taks"})));
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("agencies").unwrap();
        sheet.write_row(0, 0, ["code", "name"]).unwrap();

        let path = "/api/v1/imports/preview?kind=tasks";
        let seen = me.send(Method::POST, path, Some("application/octet-stream"), lines.into_bytes()).await;
        let sheet = me
            .send(Method::POST, path, Some("application/octet-stream"), book.save_to_buffer().unwrap())
            .await;

        let rows = &seen.ok(200)["tables"][0]["rows"];
        assert_eq!((&rows[0]["errors"], &rows[0]["fields"]["code"]), (&json!([]), &json!("NEW")), "{rows}");
        assert_eq!(rows[1]["errors"][0]["code"], "not_in_list", "{rows}");
        assert_eq!(sheet.ok(200)["tables"][0]["kind"], "agencies", "{}", sheet.body);
    })
    .await;
}

#[tokio::test]
async fn a_table_of_cells_is_of_one_kind() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = "kind,title,owner,lead_agency,language\ntask,A,KGZ,MES,en\nplan,B,KGZ,MES,en\nnonsense,C,KGZ,MES,en\n,D,KGZ,MES,en\n";
        let own = "code,name,kind,owner,language\nNEW,New,service,KGZ,en\n";

        let done = send(&me, "kind=tasks&atomic=row", file).await;
        let other = send(&me, "kind=tasks&atomic=row", file.replacen("kind", "record_kind", 1)).await;
        let agencies = send(&me, "kind=agencies", own).await;

        assert_eq!(results(done.ok(200)), ["created", "rejected", "rejected", "created"], "{}", done.body);
        assert_eq!(faults(&done.body), [(3, "kind", "rule_broken"), (4, "kind", "not_in_list")]);
        assert_eq!(done.body["rows"][1]["errors"][0]["value"], "plan");
        assert_eq!(
            faults(other.ok(200)),
            [(3, "record_kind", "rule_broken"), (4, "record_kind", "not_in_list")]
        );
        assert_eq!(counts(agencies.ok(200)), [1, 0, 0, 0, 0], "{}", agencies.body);
    })
    .await;
}

#[tokio::test]
async fn without_a_kind_rows_of_unknown_kinds_refuse_the_file() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let lines =
            format!("{}\n{}\n{}\n", agency("NEW"), task(&json!({"record_kind": "taks"})), task(&json!({})));

        let refused = send(&me, "", lines).await;
        let broken = send(&me, "atomic=row", format!("{}\nbroken\n", agency("NEW"))).await;

        refused.problem(422, "invalid");
        assert_eq!(
            refused.violations(),
            [("/lines/2".to_owned(), "not_in_list".to_owned()), ("?kind".to_owned(), "required".to_owned())]
        );
        assert_eq!(faults(broken.ok(200)), [(2, "", "malformed_json")], "{}", broken.body);
    })
    .await;
}

#[tokio::test]
async fn sync_deletes_records_of_its_kind_alone() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let keyed = |key: &str| task(&json!({"source_system": "crm", "external_key": key}));
        let before = format!("{}\n{}\n", agency("KEPT"), keyed("old"));
        send(&me, "kind=tasks", before).await.ok(200);
        let file = format!("{}\n{}\n", agency("NEW"), keyed("new"));

        let shown = send(&me, "kind=tasks&mode=sync&source_system=crm&dry_run=true", file).await;

        assert_eq!(counts(shown.ok(200)), [2, 0, 0, 1, 0], "{}", shown.body);
        assert_eq!(shown.body["rows"][2]["kind"], "task", "{}", shown.body);
    })
    .await;
}
