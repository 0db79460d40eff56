//! What errors say that the file has.

use serde_json::{Value as Json, json};

use super::{change, send};
use crate::support::app;

/// Column, pointer and value of each error.
fn told(report: &Json) -> Vec<[Option<&str>; 3]> {
    let rows = report["rows"].as_array().expect("rows").iter();
    rows.flat_map(|row| row["errors"].as_array().expect("errors"))
        .map(|error| ["column", "pointer", "value"].map(|name| error[name].as_str()))
        .collect()
}

#[tokio::test]
async fn a_value_is_told_as_the_file_has_it_in_every_format() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let csv = "title,lead_agency,language,contributing_agencies,due_on,progress_percent\n\
            Drill,NOPE,en,MES;NOPE,и\u{306} 2027,700\n";
        let row = json!({
            "title": "Drill", "lead_agency": "NOPE", "language": "en", "contributing_agencies": ["MES", "NOPE"],
            "due_on": "и\u{306} 2027", "progress_percent": 700,
        });
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("tasks").unwrap();
        for (at, line) in (0_u32..).zip(csv.lines()) {
            for (column, cell) in (0_u16..).zip(line.split(',')) {
                sheet.write_string(at, column, cell).unwrap();
            }
        }
        let book = book.save_to_buffer().unwrap();

        let by_csv = send(&me, "kind=tasks", csv).await;
        let by_json = send(&me, "kind=tasks", json!([row]).to_string()).await;
        let by_lines = send(&me, "kind=tasks", format!("{row}\n")).await;
        let by_sheet = send(&me, "kind=tasks", book).await;

        let expected = [
            ["contributing_agencies", "/contributing_agencies/1", "NOPE"],
            ["due_on", "/due_on", "и\u{306} 2027"],
            ["lead_agency", "/lead_agency", "NOPE"],
            ["progress_percent", "/progress_percent", "700"],
        ]
        .map(|error| error.map(Some));
        for report in [by_csv, by_json, by_lines, by_sheet] {
            assert_eq!(told(report.ok(200)), expected, "{}", report.body);
        }
    })
    .await;
}

#[tokio::test]
async fn lists_and_objects_are_told_as_json() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let rows = json!([
            {"title": "A", "lead_agency": {"id": "NOPE", "code": "x"}, "language": "en"},
            {"title": "B", "lead_agency": "MES", "language": "en", "shared_with": ["MES"]},
            {"title": "C", "lead_agency": "MES", "language": "en", "translations": {"ru": {"title": 5}}},
        ]);

        let report = send(&me, "kind=tasks", rows.to_string()).await;

        let expected = [
            ["lead_agency", "/lead_agency", r#"{"code":"x","id":"NOPE"}"#],
            ["shared_with", "/shared_with", r#"["MES"]"#],
            ["translations", "/translations/ru/title", "5"],
        ];
        assert_eq!(told(report.ok(200)), expected.map(|error| error.map(Some)), "{}", report.body);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_how_a_row_is_addressed_has_its_place_and_value() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let id = uuid::Uuid::from_u128(7).to_string();
        let file = format!(
            "id,version,source_system,external_key,title\nabc,,,,A\n{id},,,,B\n,old,crm,1,C\n,,crm,9,D\n,,crm,9,E\n"
        );

        let report = send(&me, "kind=tasks&mode=update&atomic=row", file).await;
        let ragged = send(&me, "kind=tasks&atomic=row", "title,owner,language\nDrill,KGZ\n").await;

        let expected = [
            ["id", "/id", "abc"],
            ["id", "/id", &id],
            ["version", "/version", "old"],
            ["external_key", "/external_key", "1"],
            ["external_key", "/external_key", "9"],
            ["external_key", "/external_key", "9"],
            ["external_key", "/external_key", "9"],
        ];
        assert_eq!(told(report.ok(200)), expected.map(|error| error.map(Some)), "{}", report.body);
        assert_eq!(told(ragged.ok(200)), [[None, None, Some("Drill,KGZ")]]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_told_as_far_as_it_can_be_shown() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let cells: &[u8] = b"title,lead_agency,language\n\xffDrill,MES,en\n\"Two\" words,MES,en\n";
        let lines = "{\"title\": oops}\n[1]\n";

        let csv = send(&me, "kind=tasks&atomic=row", cells).await;
        let json = send(&me, "kind=tasks&atomic=row", lines).await;

        let title = |value| [Some("title"), Some("/title"), value];
        assert_eq!(told(csv.ok(200)), [title(Some("\u{fffd}Drill")), title(None)], "{}", csv.body);
        let row = |text| [None, None, Some(text)];
        assert_eq!(told(json.ok(200)), [row("{\"title\": oops}"), row("[1]")], "{}", json.body);
    })
    .await;
}

#[tokio::test]
async fn a_stale_row_is_told_what_the_record_has_where_the_row_says_otherwise() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let head = "source_system,external_key,title,lead_agency,language,due_on";
        send(&me, "kind=tasks", format!("{head}\ncrm,1,Drill,MES,en,2027-03-31\n")).await.ok(200);
        change(&me, "1").await;
        let row = "crm,1,Exercise,MOH,en,2027-03-31,1";

        let report = send(&me, "kind=tasks", format!("{head},version\n{row}\n")).await;

        assert_eq!(told(report.ok(200)), [["version", "/version", "1"].map(Some)]);
        let error = &report.body["rows"][0]["errors"][0];
        assert_eq!(error["code"], "stale_version");
        assert_eq!(
            error["message"],
            "the record is at version 2 now; read it again and repeat the edit; it has lead_agency \"MES\", title \"Drill\""
        );
    })
    .await;
}
