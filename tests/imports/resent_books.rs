//! Refused rows of workbooks sent back as they came.

use std::io::{Cursor, Read as _, Write as _};

use calamine::{CellErrorType, Data, Range, Reader, Xlsx};
use rust_xlsxwriter::{Formula, Workbook};
use serde_json::json;

use super::{counts, faults, rejected::rejected, send};
use crate::support::{app, client::Answer};

/// A workbook whose formulas have no saved results, as programs write them that do not calculate.
const FORMULAS: &[u8] = include_bytes!("../../tabular/tests/files/formulas.xlsx");

fn sheet(file: &Answer, name: &str) -> Range<Data> {
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(file.bytes.clone())).expect("a workbook");
    book.worksheet_range(name).expect("a sheet")
}

#[tokio::test]
async fn bad_cells_of_workbooks_stay_bad() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut book = Workbook::new();
        let tasks = book.add_worksheet().set_name("tasks").unwrap();
        for (at, row) in (0_u32..).zip([
            ["title", "lead_agency", "language", "description"],
            ["Drill", "MES", "en", ""],
            ["a\0b", "MES", "en", "Line"],
        ]) {
            tasks.write_row(at, 0, row).unwrap();
        }
        tasks.write_formula(1, 3, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();

        let sent = send(&me, "atomic=row", book.save_to_buffer().unwrap()).await;
        let file = rejected(&me, &sent).await;
        let again = send(&me, "atomic=row", file.bytes.clone()).await;

        assert_eq!(faults(sent.ok(200)), [(2, "description", "bad_format"), (3, "title", "null_character")]);
        let read = sheet(&file, "tasks");
        assert_eq!(read.get_value((0, 3)), Some(&Data::String("title".into())));
        assert_eq!(read.get_value((1, 6)), Some(&Data::Error(CellErrorType::Div0)));
        assert_eq!(counts(again.ok(200)), [0, 0, 0, 0, 2], "{}", again.body);
        assert_eq!(faults(&again.body), faults(&sent.body));
    })
    .await;
}

#[tokio::test]
async fn formulas_without_results_are_told_and_not_calculated_elsewhere() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mapping = json!({
            "owner": "KGZ", "code": "sums", "title": "Sums", "record_kind": "tasks", "header_row": 1,
            "leaves_out_others": true, "columns": [{"column": "text", "field": "title"}],
        });
        me.post("/import-mappings", mapping).await.ok(201);

        let sent = send(&me, "mapping=sums&atomic=row", FORMULAS).await;
        let file = rejected(&me, &sent).await;
        let again = send(&me, "mapping=sums&atomic=row", file.bytes.clone()).await;

        assert_eq!(counts(sent.ok(200)), [0, 0, 0, 0, 2], "{}", sent.body);
        let read = sheet(&file, "Sums");
        let messages = read.get_value((1, 2)).expect("messages").to_string();
        assert!(messages.contains("text: =A2&\"!\"") && messages.contains("sum: =A2+B2"), "{messages}");
        assert_eq!(read.get_value((1, 6)), Some(&Data::Error(CellErrorType::NA)));
        assert_eq!(read.get_value((1, 3)), Some(&Data::Float(1.0)));
        assert_eq!(counts(again.ok(200)), [0, 0, 0, 0, 2], "{}", again.body);
        assert_eq!(faults(&again.body), faults(&sent.body));
    })
    .await;
}

#[tokio::test]
async fn the_row_of_names_of_a_sheet_keeps_its_number() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mapping = json!({
            "owner": "KGZ", "code": "low", "title": "План", "record_kind": "tasks", "header_row": 4,
            "leaves_out_others": true,
            "columns": [{"column": "Задача", "field": "title"}, {"column": "Кто", "field": "lead_agency"}],
        });
        me.post("/import-mappings", mapping).await.ok(201);
        let mut book = Workbook::new();
        let plan = book.add_worksheet().set_name("План").unwrap();
        plan.write_string(0, 0, "План на год").unwrap();
        plan.write_row(3, 0, ["Задача", "Кто"]).unwrap();
        plan.write_row(4, 0, ["Учение", "NONE"]).unwrap();
        plan.write_row(5, 0, ["Склад", "NONE"]).unwrap();
        let query = "mapping=low&language=ru&atomic=row";

        let sent = send(&me, query, book.save_to_buffer().unwrap()).await;
        let file = rejected(&me, &sent).await;
        let again = send(&me, query, file.bytes.clone()).await;

        let read = sheet(&file, "План");
        assert_eq!(read.get_value((0, 0)), Some(&Data::String("План на год".into())));
        assert_eq!(read.get_value((3, 3)), Some(&Data::String("Задача".into())));
        assert_eq!(read.get_value((4, 3)), Some(&Data::String("Учение".into())));
        assert_eq!(counts(again.ok(200)), [0, 0, 0, 0, 2], "{}", again.body);
        assert_eq!(faults(&again.body), faults(&sent.body));
    })
    .await;
}

#[tokio::test]
async fn a_zip_keeps_its_sheets_and_what_its_description_says_is_nothing() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut book = Workbook::new();
        let tasks = book.add_worksheet();
        tasks.write_row(0, 0, ["title", "lead_agency", "language", "estimate_days"]).unwrap();
        tasks.write_row(1, 0, ["Drill", "NONE", "en"]).unwrap();
        tasks.write_formula(1, 3, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        let description = json!({"resources": [
            {"name": "tasks", "path": "a.xlsx"},
            {"name": "projects", "path": "b.csv", "schema": {"missingValues": ["-"]}},
        ]});
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [
            ("a.xlsx", book.save_to_buffer().unwrap()),
            ("b.csv", b"topic,title,language,starts_on\n-,Lab,en,soon\n".to_vec()),
            ("datapackage.json", description.to_string().into_bytes()),
        ] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&content).unwrap();
        }

        let sent = send(&me, "atomic=row", zip.finish().unwrap().into_inner()).await;
        let file = rejected(&me, &sent).await;
        let again = send(&me, "atomic=row", file.bytes.clone()).await;

        let mut parts = zip::ZipArchive::new(Cursor::new(file.bytes.clone())).expect("a zip");
        let mut projects = String::new();
        parts.by_name("projects.csv").expect("a part").read_to_string(&mut projects).expect("text");
        assert!(projects.ends_with(",,Lab,en,soon\n"), "{projects}");
        assert!(parts.by_name("tasks.xlsx").is_ok());
        assert_eq!(counts(again.ok(200)), [0, 0, 0, 0, 2], "{}", again.body);
        assert_eq!(faults(&again.body), faults(&sent.body));
    })
    .await;
}
