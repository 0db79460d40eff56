//! Refused rows as a file: corrected and sent back; errors in the caller's language.

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::{counts, send};
use crate::support::{
    app,
    client::{Answer, Client},
};

/// The refused rows of an import as a file.
pub async fn rejected(me: &Client<'_>, sent: &Answer) -> Answer {
    let path = format!("/api/v1/imports/{}/rejected", sent.body["id"].as_str().expect("an id"));
    me.send(Method::GET, &path, None, Vec::new()).await
}

#[tokio::test]
async fn refused_rows_are_corrected_and_sent_back() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let csv = "title;owner;lead_agency;language;due_on\nDrill;KGZ;MES;en;2027-01-31\n\"Two\nlines; here\";KGZ;MES;en;soon\nStock;KGZ;NONE;en;\n";
        let sent = send(&me, "kind=tasks&atomic=row", csv).await;
        assert_eq!(counts(sent.ok(200)), [1, 0, 0, 0, 2], "{}", sent.body);

        let file = rejected(&me, &sent).await;
        let text = String::from_utf8(file.bytes.to_vec()).expect("text");
        let corrected = text.replace("soon", "2027-02-28").replace("NONE", "MOH");
        let again = send(&me, "kind=tasks&atomic=row", corrected).await;

        assert_eq!(file.status, 200);
        assert!(text.starts_with("x_error_line;x_error_codes;x_error_messages;title;owner;lead_agency;language;due_on\n"), "{text}");
        assert!(!text.contains("Drill") && text.contains("bad_format") && text.contains("reference_not_found"), "{text}");
        assert_eq!(counts(again.ok(200)), [2, 0, 0, 0, 0], "{}", again.body);
        rejected(&me, &again).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn refused_rows_keep_the_form_of_the_file() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let task = |title: &str, agency: &str| json!({"title": title, "owner": "KGZ", "lead_agency": agency, "language": "en"});
        let array = json!([task("A", "MES"), task("B", "NONE")]).to_string();
        let lines = format!("{}\n{}\n", task("C", "MES"), task("D", "NONE"));
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("tasks").unwrap();
        let rows = [["title", "owner", "lead_agency", "language"], ["E", "KGZ", "MES", "en"], ["F", "KGZ", "NONE", "en"]];
        for (at, row) in (0_u32..).zip(rows) {
            for (column, cell) in (0_u16..).zip(row) {
                sheet.write_string(at, column, cell).unwrap();
            }
        }
        let book = book.save_to_buffer().unwrap();

        for (query, file, media) in [
            ("kind=tasks&atomic=row", array.into_bytes(), "application/json"),
            ("kind=tasks&atomic=row", lines.into_bytes(), "application/x-ndjson"),
            ("atomic=row", book, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ] {
            let sent = send(&me, query, file).await;
            assert_eq!(counts(sent.ok(200)), [1, 0, 0, 0, 1], "{}", sent.body);
            let file = rejected(&me, &sent).await;
            assert_eq!(file.headers["content-type"], media);
            let again = send(&me, &format!("{query}&force=true"), file.bytes.to_vec()).await;
            assert_eq!(counts(again.ok(200)), [0, 0, 0, 0, 1], "{media}: {}", again.body);
        }
    })
    .await;
}

#[tokio::test]
async fn errors_are_told_in_the_language_of_the_caller() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let csv = "title,owner,lead_agency,language\nDrill,KGZ,NONE,en\n";
        let sent = send(&me, "kind=tasks&atomic=row&lang=ru", csv).await;
        let id = sent.ok(200)["id"].as_str().expect("an id").to_owned();

        let message = |answer: &Json| {
            answer["items"][0]["errors"][0]["message"].as_str().expect("a message").to_owned()
        };
        let french = me.get(&format!("/imports/{id}/errors?lang=fr")).await;
        let kyrgyz = me.get(&format!("/imports/{id}/errors?lang=ky")).await;
        let english = me.get(&format!("/imports/{id}/errors?lang=en")).await;

        let russian = sent.body["rows"][0]["errors"][0]["message"].as_str().expect("a message");
        assert!(russian.contains("Запись по ссылке не найдена") && russian.contains("NONE"), "{russian}");
        assert!(message(french.ok(200)).contains("référence"), "{}", french.body);
        assert!(message(kyrgyz.ok(200)).contains("Шилтеме"), "{}", kyrgyz.body);
        assert!(message(english.ok(200)).is_ascii(), "{}", english.body);
    })
    .await;
}
