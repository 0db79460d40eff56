//! Reports of imports as whole files.

use serde_json::{Value as Json, json};

use super::{counts, send};
use crate::support::{app, client::Answer};

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.bytes.clone()).expect("UTF-8")
}

#[tokio::test]
async fn errors_are_answered_whole_as_lines_of_csv_or_json() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let csv = "title,lead_agency,language,due_on\nDrill,=NONE,en,soon\nStock,MES,en,\nShort,MES\n";
        let sent = send(&me, "kind=tasks&atomic=row", csv).await;
        assert_eq!(counts(sent.ok(200)), [1, 0, 0, 0, 2], "{}", sent.body);
        let path = format!("/imports/{}/errors", sent.body["id"].as_str().expect("an id"));

        let table = me.with("accept", "text/csv").get(&path).await;
        let named = me.get(&format!("{path}.csv")).await;
        let excel = me.get(&format!("{path}.csv?excel=1&separator=semicolon")).await;
        let lines = me.with("accept", "application/x-ndjson").get(&path).await;
        let page = me.get(&path).await;

        assert_eq!(
            (table.status, &table.headers["content-type"]),
            (200, &"text/csv; charset=utf-8; header=present".parse().unwrap())
        );
        let mut rows = csv::Reader::from_reader(table.bytes.as_slice());
        assert_eq!(
            rows.headers().expect("names").iter().collect::<Vec<_>>(),
            [
                "row", "line", "table", "kind", "column", "pointer", "code", "severity", "value", "message",
                "hint"
            ]
        );
        let rows: Vec<Vec<String>> =
            rows.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
        let told = |at: usize| [0, 1, 3, 4, 6, 7].map(|column: usize| rows[at][column].as_str());
        assert_eq!(rows.len(), 3, "{}", text(&table));
        assert!(
            rows.iter().any(|row| row[4] == "lead_agency" && row[6] == "reference_not_found"),
            "{}",
            text(&table)
        );
        assert_eq!(told(2), ["3", "4", "task", "", "bad_format", "error"]);
        assert_eq!(text(&named), text(&table));
        assert!(text(&excel).starts_with("\u{feff}row;line;table;kind;"), "{}", text(&excel));
        assert_eq!(lines.headers["content-type"], "application/x-ndjson");
        let objects: Vec<Json> =
            text(&lines).lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
        assert_eq!(objects.len(), 3);
        assert_eq!(
            (&objects[2]["row"], &objects[2]["line"], &objects[2]["table"], &objects[2]["code"]),
            (&json!(3), &json!(4), &Json::Null, &json!("bad_format"))
        );
        assert_eq!(objects[2]["message"], page.ok(200)["items"][1]["errors"][0]["message"]);
    })
    .await;
}

#[tokio::test]
async fn the_report_is_answered_whole_as_lines() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let csv = "title,lead_agency,language\nDrill,MES,en\nStock,NONE,en\n";
        let sent = send(&me, "kind=tasks&atomic=row", csv).await;
        let path = format!("/imports/{}/rows", sent.ok(200)["id"].as_str().expect("an id"));

        let lines = me.with("accept", "application/x-ndjson").get(&path).await;
        let created = me.get(&format!("{path}.ndjson?result=created")).await;
        let page = me.get(&path).await;

        let objects: Vec<Json> =
            text(&lines).lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
        assert_eq!(Json::from(objects), page.ok(200)["items"]);
        assert_eq!((created.status, text(&created).lines().count()), (200, 1));
    })
    .await;
}

#[tokio::test]
async fn forms_that_a_report_does_not_have_are_refused() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let sent = send(&me, "kind=tasks&atomic=row", "title,lead_agency,language\nStock,NONE,en\n").await;
        let path = format!("/imports/{}", sent.ok(200)["id"].as_str().expect("an id"));

        me.with("accept", "text/csv").get(&format!("{path}/rows")).await.problem(406, "not_acceptable");
        me.with("accept", "image/png").get(&format!("{path}/errors")).await.problem(406, "not_acceptable");
        me.get(&format!("{path}/errors.xlsx")).await.problem(404, "not_found");
        me.get(&format!("{path}/errors.csv?limit=5")).await.problem(400, "unknown_parameter");
        me.get(&format!("{path}/errors.ndjson?excel=1")).await.problem(400, "unknown_parameter");
        me.get(&format!("{path}/rows.ndjson?result=lost")).await.problem(400, "bad_request");
        let others = app.user("observer").await;
        others.get(&format!("{path}/errors.csv")).await.problem(404, "not_found");
    })
    .await;
}
