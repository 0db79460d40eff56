//! Cells and members that cannot be read, and those that are read as programs mean them.

use serde_json::json;

use super::{counts, faults, send};
use crate::support::app;

#[tokio::test]
async fn what_else_is_wrong_with_a_row_is_told_with_what_cannot_be_read() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("tasks").unwrap();
        sheet.write_row(0, 0, ["title", "owner", "lead_agency", "language", "description"]).unwrap();
        sheet.write_row(1, 0, ["B", "KGZ", "NOPE", "en"]).unwrap();
        sheet.write_formula(1, 4, rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A")).unwrap();
        let array = r#"[{"title":"x\u0000","owner":"KGZ","lead_agency":"NOPE","language":"en"}]"#;
        let twice = "title,owner,lead_agency,language,source_system,external_key\n\
            A,KGZ,MES,en,crm,1\nB,KGZ,NOPE,en,crm,1\n";
        let address = "id,title,owner,due_on\nno-id,,KGZ,soon\n";

        let book = send(&me, "", book.save_to_buffer().unwrap()).await;
        let array = send(&me, "kind=tasks", array).await;
        let twice = send(&me, "kind=tasks&atomic=row", twice).await;
        let address = send(&me, "kind=tasks", address).await;

        assert_eq!(
            faults(book.ok(200)),
            [(2, "description", "bad_format"), (2, "lead_agency", "reference_not_found")],
            "{}",
            book.body
        );
        assert_eq!(
            faults(array.ok(200)),
            [(1, "lead_agency", "reference_not_found"), (1, "title", "null_character")],
            "{}",
            array.body
        );
        assert_eq!(counts(twice.ok(200)), [1, 0, 0, 0, 1], "{}", twice.body);
        assert_eq!(
            faults(&twice.body),
            [(3, "external_key", "duplicate_item"), (3, "lead_agency", "reference_not_found")]
        );
        assert_eq!(
            faults(address.ok(200)),
            [(2, "due_on", "bad_format"), (2, "id", "bad_format")],
            "{}",
            address.body
        );
        assert_eq!(address.body["rows"][0]["errors"][1]["value"], "no-id");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_of_a_required_field_is_not_missing() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = b"title,owner,lead_agency,language\n\xff,KGZ,MES,en\n";

        let refused = send(&me, "kind=tasks", file.as_slice()).await;

        let errors = refused.ok(200)["rows"][0]["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{}", refused.body);
        assert_eq!((&errors[0]["pointer"], &errors[0]["code"]), (&json!("/title"), &json!("bad_format")));
    })
    .await;
}

#[tokio::test]
async fn columns_that_are_left_alone_may_hold_what_cannot_be_read() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = b"title,owner,lead_agency,language,x_ours,created_at\nA,KGZ,MES,en,\xff,\xff\n";

        let done = send(&me, "kind=tasks", file.as_slice()).await;

        assert_eq!(counts(done.ok(200)), [1, 0, 0, 0, 0], "{}", done.body);
    })
    .await;
}

#[tokio::test]
async fn files_of_pandas_are_understood() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = "external_key,source_system,title,owner,lead_agency,language,due_on,progress_percent\n\
            1,crm,None,KGZ,MES,en,2027-01-31 00:00:00,0.0\n\
            NaN,<NA>,B,KGZ,MES,en,NaT,NaN\n";

        let done = send(&me, "kind=tasks", file).await;
        let time = send(&me, "kind=tasks", file.replace("00:00:00", "08:00:00")).await;

        assert_eq!(counts(done.ok(200)), [2, 0, 0, 0, 0], "{}", done.body);
        let task = me.get("/tasks/by-key/crm/1").await;
        assert_eq!((&task.ok(200)["title"], &task.body["due_on"]), (&json!("None"), &json!("2027-01-31")));
        assert_eq!(faults(time.ok(200)), [(2, "due_on", "bad_format")], "{}", time.body);
    })
    .await;
}

#[tokio::test]
async fn a_broken_first_line_is_a_row_like_later_ones() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let row = r#"{"title":"Drill","owner":"KGZ","lead_agency":"MES","language":"en"}"#;

        let lines = send(&me, "kind=tasks&atomic=row", format!("{{\"title\":\n{row}\n")).await;
        let object = send(&me, "kind=tasks", "{\n\"title\": \"Drill\"\n}\n").await;

        assert_eq!(counts(lines.ok(200)), [1, 0, 0, 0, 1], "{}", lines.body);
        assert_eq!(faults(&lines.body), [(1, "", "malformed_json")]);
        object.problem(422, "invalid");
    })
    .await;
}
