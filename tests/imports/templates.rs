//! Templates: empty files that are filled in and sent.

use std::io::{Cursor, Read as _};

use axum::http::Method;
use calamine::{Reader, Xlsx};
use concord::domain::KINDS;
use serde_json::Value as Json;

use super::{counts, send};
use crate::support::app;

#[tokio::test]
async fn a_template_is_filled_in_and_sent() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let csv = me.send(Method::GET, "/api/v1/imports/templates/tasks", None, Vec::new()).await;
        let text = String::from_utf8(csv.bytes.to_vec()).expect("text");
        let names: Vec<&str> = text.trim_start_matches('\u{feff}').trim_end().split(',').collect();
        let row: Vec<&str> = names
            .iter()
            .map(|name| match *name {
                "title" => "Drill",
                "owner" => "KGZ",
                "lead_agency" => "MES",
                "language" => "en",
                _ => "",
            })
            .collect();

        let sent = send(&me, "kind=tasks", format!("{text}{}\r\n", row.join(","))).await;

        assert_eq!((csv.status, csv.headers["content-type"].to_str().ok()), (200, Some("text/csv")));
        assert_eq!(counts(sent.ok(200)), [1, 0, 0, 0, 0], "{}", sent.body);
    })
    .await;
}

#[tokio::test]
async fn a_template_comes_in_four_forms() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let book = me.send(Method::GET, "/api/v1/imports/templates/tasks?format=xlsx&lang=ru", None, Vec::new()).await;
        let schema = me.get("/imports/templates/tasks?format=json_schema").await;
        let table = me.get("/imports/templates/tasks?format=table_schema").await;
        let none = me.get("/imports/templates/taks").await;
        let form = me.get("/imports/templates/tasks?format=pdf").await;

        assert_eq!(book.status, 200, "{}", book.body);
        let mut read: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book.bytes.to_vec())).expect("a workbook");
        assert_eq!(read.sheet_names(), ["tasks", "x_lists"]);
        let first = read.worksheet_range("tasks").expect("a sheet");
        assert_eq!(first.get_value((0, 0)).map(ToString::to_string).as_deref(), Some("id"));
        // The empty workbook is a file that an import can read, though it has no row.
        let sent = send(&me, "", book.bytes.to_vec()).await;
        assert_eq!(counts(sent.ok(200)), [0, 0, 0, 0, 0], "{}", sent.body);
        assert_eq!(schema.ok(200)["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let validator = jsonschema::validator_for(&schema.body).expect("a schema");
        let task = serde_json::json!({"title": "Drill", "owner": "KGZ", "lead_agency": "MES", "language": "en", "x_own": 1});
        assert!(validator.is_valid(&task), "{:?}", validator.iter_errors(&task).map(|one| one.to_string()).collect::<Vec<_>>());
        assert!(!validator.is_valid(&serde_json::json!({"titel": "Drill"})));
        let fields = table.ok(200)["fields"].as_array().expect("fields");
        let status = fields.iter().find(|field| field["name"] == "status").expect("a field");
        assert!(status["constraints"]["enum"].as_array().is_some_and(|codes| codes.iter().any(|code| code == "done")));
        none.problem(404, "not_found");
        form.problem(400, "bad_request");
    })
    .await;
}

#[tokio::test]
async fn notes_are_in_the_language_that_is_wanted() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let book = me
            .send(Method::GET, "/api/v1/imports/templates/tasks?format=xlsx&lang=ru", None, Vec::new())
            .await;

        let mut zip = zip::ZipArchive::new(Cursor::new(book.bytes)).expect("a workbook");
        let name = zip
            .file_names()
            .filter_map(Result::ok)
            .find(|name| name.contains("comments"))
            .expect("notes")
            .into_owned();
        let mut notes = String::new();
        zip.by_name(&name).expect("notes").read_to_string(&mut notes).expect("a text");
        for said in ["срок", "День, например 2027-03-31.", "Обязательно для новой записи.", "done: "]
        {
            assert!(notes.contains(said), "{said}");
        }
        assert!(!notes.contains("A new record needs it."));
    })
    .await;
}

#[tokio::test]
async fn a_pattern_of_a_table_is_one_of_whole_texts() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let table = me.get("/imports/templates/legal-instruments?format=table_schema").await;
        let row = me.get("/imports/templates/legal-instruments?format=json_schema").await;

        let fields = table.ok(200)["fields"].as_array().expect("fields");
        let url = fields.iter().find(|field| field["name"] == "url").expect("a field");
        assert_eq!(url["constraints"]["pattern"], "^https?://.*$");
        assert_eq!(row.ok(200)["properties"]["url"]["pattern"], "^https?://");
    })
    .await;
}

#[test]
fn examples_refer_to_what_is_built_in() {
    let codes = |file: &str| -> Vec<String> {
        csv::Reader::from_reader(file.as_bytes())
            .records()
            .map(|line| line.expect("a line")[0].to_owned())
            .collect()
    };
    let known = [
        ("obligation", codes(include_str!("../../api/data/obligations.csv"))),
        ("framework", codes(include_str!("../../api/data/frameworks.csv"))),
        ("capability_area", codes(include_str!("../../api/data/naq_areas.csv"))),
        ("report_question", codes(include_str!("../../api/data/report_questions.csv"))),
    ];
    let mut wrong = Vec::new();
    for def in KINDS.served() {
        let example: Json = serde_json::from_str(def.declared.example).expect("an example is JSON");
        for field in def.declared.fields {
            let Some((_, codes)) = known.iter().find(|(kind, _)| field.shape.target() == Some(*kind)) else {
                continue;
            };
            let given = &example[field.name];
            let given = given.as_array().map_or(vec![given], |all| all.iter().collect());
            let texts = given.into_iter().filter_map(Json::as_str).filter(|text| !text.starts_with("0198"));
            wrong.extend(
                texts
                    .filter(|text| !codes.iter().any(|code| code == text))
                    .map(|text| format!("{}: {text}", def.name)),
            );
        }
    }

    assert_eq!(wrong, Vec::<String>::new());
}
