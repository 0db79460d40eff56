//! What of a file is left out, told by warnings.

use std::io::{Cursor, Write as _};

use serde_json::{Value as Json, json};

use super::{counts, send};
use crate::support::app;

/// Codes, columns and messages of warnings.
fn warnings(report: &Json) -> Vec<(&str, &Json, &str)> {
    let all = report["warnings"].as_array().expect("warnings").iter();
    all.map(|one| {
        (
            one["code"].as_str().unwrap_or_default(),
            &one["columns"],
            one["message"].as_str().unwrap_or_default(),
        )
    })
    .collect()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a zip");
        writer.write_all(bytes).expect("a zip");
    }
    writer.finish().expect("a zip").into_inner()
}

#[tokio::test]
async fn members_that_nobody_writes_are_told() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let row = json!({"title": "Drill", "owner": "KGZ", "lead_agency": "MES", "language": "en"});
        let with = |name: &str, value: Json| {
            let mut row = row.clone();
            row[name] = value;
            row
        };
        let rows = [
            with("created_at", json!("2020-01-01T00:00:00Z")),
            with("can", json!({})),
            with("created_at", json!(null)),
            with("x_ours", json!(1)),
        ];
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();

        let done = send(&me, "kind=tasks", lines.as_str()).await;
        let array = send(&me, "kind=tasks&fail_on=warning", Json::from(rows.to_vec()).to_string()).await;

        assert_eq!(counts(done.ok(200)), [4, 0, 0, 0, 0], "{}", done.body);
        assert_eq!(
            warnings(&done.body),
            [(
                "columns_left_alone",
                &json!(["created_at"]),
                "these are left alone, for nobody writes them, or they show texts in translation: created_at"
            )]
        );
        array.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_member_is_refused_also_where_it_holds_nothing() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let row = r#"{"title":"Drill","owner":"KGZ","lead_agency":"MES","language":"en","titel":null}"#;

        let done = send(&me, "kind=tasks&atomic=row", row).await;

        assert_eq!(super::faults(done.ok(200)), [(1, "titel", "unknown_member")], "{}", done.body);
    })
    .await;
}

#[tokio::test]
async fn files_that_a_package_does_not_name_are_told() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let table = b"title,owner,lead_agency,language\nDrill,KGZ,MES,en\n";
        let described = |more: &str| {
            let text = format!(r#"{{"resources":[{{"name":"tasks","path":"tasks.csv"{more}}}]}}"#);
            zip(&[("datapackage.json", text.as_bytes()), ("tasks.csv", table), ("plans.csv", b"title\nB\n")])
        };

        let done = send(&me, "", described("")).await;
        let refused = send(&me, "", described(r#","dialect":{"header":false}"#)).await;

        assert_eq!(counts(done.ok(200)), [1, 0, 0, 0, 0], "{}", done.body);
        assert_eq!(
            warnings(&done.body),
            [("tables_left_out", &json!([]), "these tables of the file are left out: plans.csv")]
        );
        refused.problem(422, "invalid");
        assert!(
            refused.body["errors"][0]["detail"].as_str().unwrap().contains("dialect.header false"),
            "{}",
            refused.body
        );
    })
    .await;
}

#[tokio::test]
async fn workbooks_in_a_zip_are_read() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let rows = [["title", "owner", "lead_agency", "language"], ["Drill", "KGZ", "MES", "en"]];
        for (at, row) in (0_u32..).zip(rows) {
            sheet.write_row(at, 0, row).unwrap();
        }

        let done = send(&me, "", zip(&[("tasks.xlsx", &book.save_to_buffer().unwrap())])).await;

        assert_eq!(counts(done.ok(200)), [1, 0, 0, 0, 0], "{}", done.body);
        assert_eq!(done.body["rows"][0]["table"], "tasks");
    })
    .await;
}
