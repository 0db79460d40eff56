//! Files in the forms in which they come.

use std::io::Write as _;

use serde_json::json;

use super::{counts, faults, send};
use crate::support::app;

const CSV: &str = "title;owner;lead_agency;language;contributing_agencies\r\nУчение;KGZ;MES;ru;MOH\r\n";

#[tokio::test]
async fn files_are_read_in_the_forms_in_which_they_come() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let marked = [b"\xef\xbb\xbf", CSV.as_bytes()].concat();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&marked).unwrap();
        let narrow = b"title,owner,lead_agency,language\n\xD1\xEA\xEB\xE0\xE4,KGZ,MES,ru\n".to_vec();
        let array =
            json!([{"title": "Array", "owner": "KGZ", "lead_agency": "MES", "language": "en"}]).to_string();

        let all = [
            send(&me, "kind=tasks", marked.clone()).await,
            send(&me, "kind=tasks&force=true", gzip.finish().unwrap()).await,
            send(&me, "kind=tasks&charset=windows-1251", narrow).await,
            send(&me, "kind=tasks", array).await,
            send(&me, "kind=tasks", "sep=;\rtitle;owner;lead_agency;language\rOld Mac;KGZ;MES;en\r").await,
        ];

        for one in &all {
            assert_eq!(counts(one.ok(200)), [1, 0, 0, 0, 0], "{}", one.body);
        }
        let found = me.get("/tasks?q=Склад&lang=ru").await;
        assert_eq!(found.ok(200)["items"][0]["title"], "Склад");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_with_everything_that_is_wrong() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let columns = send(&me, "kind=tasks", "titel,owner,dou\nx,KGZ,\n").await;
        let kind = send(&me, "kind=taks&mode=sync", "title\nx\n").await;
        let none = send(&me, "", "title\nx\n").await;
        let quote = send(&me, "kind=tasks", "title\n\"never closed\n").await;
        let empty = send(&me, "", "").await;
        let setting = send(&me, "kind=tasks&mode=replace&atomik=row", "title\nx\n").await;

        let told = columns.problem(422, "invalid")["errors"].as_array().unwrap();
        assert_eq!(told.len(), 2, "{}", columns.body);
        assert!(told[0]["detail"].as_str().unwrap().contains("`title`"), "{}", columns.body);
        assert!(kind.problem(400, "bad_request")["errors"].as_array().unwrap().len() >= 2, "{}", kind.body);
        none.problem(422, "invalid");
        quote.problem(422, "invalid");
        empty.problem(422, "invalid");
        assert_eq!(setting.problem(400, "bad_request")["errors"].as_array().map(Vec::len), Some(2));
        assert_eq!(me.get("/imports").await.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_list_without_a_record_is_a_file_of_its_kind() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let pack = |bytes: &[u8]| {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(bytes).unwrap();
            gzip.finish().unwrap()
        };
        let lines = me.get("/gaps.ndjson").await;
        let table = me.get("/gaps.csv").await;

        for file in [lines.bytes.clone(), pack(b""), b"[]".to_vec(), b"\n".to_vec(), table.bytes] {
            let sent = send(&me, "kind=gaps&force=true", file).await;
            assert_eq!(counts(sent.ok(200)), [0, 0, 0, 0, 0], "{}", sent.body);
            assert_eq!(sent.body["state"], "completed");
        }

        assert!(lines.bytes.is_empty());
        send(&me, "kind=gaps&format=csv", "").await.problem(422, "invalid");
        send(&me, "kind=gaps", ";;;\n").await.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn rows_that_are_wrong_by_themselves_are_told_with_their_line() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file: &[u8] =
            b"title,owner,lead_agency,language\n\n\"Two\nlines\",KGZ,MES,en\nShort,KGZ\n\xff,KGZ,MES,en\n";

        let report = send(&me, "kind=tasks&atomic=row", file).await;

        assert_eq!(counts(report.ok(200)), [1, 0, 0, 0, 2], "{}", report.body);
        assert_eq!(faults(&report.body), [(5, "", "bad_format"), (6, "title", "bad_format")]);
    })
    .await;
}

#[tokio::test]
async fn two_rows_about_one_record_are_told() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = "title,owner,lead_agency,language,source_system,external_key\n\
            One,KGZ,MES,en,crm,1\nAgain,KGZ,MES,en,crm,1\n";

        let report = send(&me, "kind=tasks&atomic=row", file).await;

        assert_eq!(counts(report.ok(200)), [1, 0, 0, 0, 1]);
        assert_eq!(faults(&report.body), [(3, "external_key", "duplicate_item")]);
    })
    .await;
}

#[tokio::test]
async fn a_file_may_name_as_many_source_systems_as_it_has_rows() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut file = "source_system,external_key,owner,lead_agency,language,title\n".to_owned();
        for row in 0..1000 {
            file.push_str(&format!("system-{row},{row},KGZ,MES,en,Task\n"));
        }

        let first = send(&me, "kind=tasks", file.as_str()).await;
        let again = send(&me, "kind=tasks&force=true", file.as_str()).await;

        assert_eq!(counts(first.ok(200)), [1000, 0, 0, 0, 0], "{}", first.body["state"]);
        assert_eq!(counts(again.ok(200)), [0, 0, 1000, 0, 0], "{}", again.body["state"]);
    })
    .await;
}

#[tokio::test]
async fn an_import_says_how_its_file_was_read() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let narrow = b"title;owner;lead_agency;language\n\xD1\xEA\xEB\xE0\xE4;KGZ;MES;ru\n".to_vec();
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("tasks").unwrap();
        sheet.write(0, 0, "title").unwrap().write(1, 0, "Drill").unwrap();

        let csv = send(&me, "kind=tasks&charset=windows-1251&nulls=clear", narrow).await;
        let json =
            send(&me, "kind=tasks", r#"[{"title": "Drill", "lead_agency": "MES", "language": "en"}]"#).await;
        let book = send(&me, "kind=tasks", book.save_to_buffer().unwrap()).await;

        let told = |report: &serde_json::Value| {
            ["format", "charset", "separator", "nulls"].map(|name| report[name].clone())
        };
        assert_eq!(
            told(csv.ok(200)),
            [json!("csv"), json!("windows-1251"), json!("semicolon"), json!("clear")]
        );
        assert_eq!(told(json.ok(200)), [json!("json"), json!("utf-8"), json!(null), json!("keep")]);
        assert_eq!(told(book.ok(200)), [json!("xlsx"), json!(null), json!(null), json!("keep")]);
    })
    .await;
}
