//! What is understood of headers and labels as people write them.

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::{counts, faults, send};
use crate::support::{
    app,
    client::{Answer, Client},
};

async fn look(me: &Client<'_>, query: &str, file: &str) -> Answer {
    let path = format!("/api/v1/imports/preview?{query}");
    me.send(Method::POST, &path, Some("text/csv"), file.as_bytes().to_vec()).await
}

#[tokio::test]
async fn headers_are_understood_however_they_are_written() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let done =
            send(&me, "kind=tasks", "TITLE,Lead agency,LANGUAGE,Due on\nDrill,MES,en,2027-01-31\n").await;
        let wrong = send(&me, "kind=tasks&atomic=row", "Title,Lead_Agency.,language\nDrill,NOPE,en\n").await;
        let comments = send(&me, "kind=comments", "subject.kind,subject.id,Body,language\ntask,x,Why?,en\n");
        let comments = comments.await;

        assert_eq!(counts(done.ok(200)), [1, 0, 0, 0, 0], "{}", done.body);
        assert_eq!(done.body["rows"][0]["changes"]["due_on"], json!([null, "2027-01-31"]));
        assert_eq!(faults(wrong.ok(200)), [(2, "Lead_Agency.", "reference_not_found")]);
        assert_eq!(faults(comments.ok(200)), [(2, "subject.id", "reference_not_found")], "{}", comments.body);
    })
    .await;
}

#[tokio::test]
async fn a_mapping_is_suggested_by_the_words_of_headers_and_by_usual_labels() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = "План мероприятий;;;;;;\n№ п/п;Наименование мероприятия;Ответственный;Due on;Прогресс, %;Состояние;Titel@ru\n\
            1;Учение;MES;31.12.2027;25;в работе;Учение\n2;Склад;MES;31.12.2027;0;Не начато;Склад\n";

        let seen = look(&me, "kind=tasks", file).await;
        let suggested = &seen.ok(200)["suggested"];
        let mut body = suggested.clone();
        (body["owner"], body["code"]) = (json!("KGZ"), json!("suggested"));
        me.post("/import-mappings", body).await.ok(201);
        let done = send(&me, "mapping=suggested&mode=create&language=ru", file).await;

        let lines: Vec<(&str, &str)> = suggested["columns"]
            .as_array()
            .expect("columns")
            .iter()
            .filter_map(|one| Some((one["column"].as_str()?, one["field"].as_str()?)))
            .collect();
        let expected = [
            ("№ п/п", "x_number"),
            ("Наименование мероприятия", "title"),
            ("Ответственный", "lead_agency"),
            ("Due on", "due_on"),
            ("Прогресс, %", "progress_percent"),
            ("Состояние", "status"),
        ];
        assert_eq!((suggested["header_row"].as_i64(), lines), (Some(2), expected.to_vec()), "{}", seen.body);
        let states = json!([{"label": "в работе", "code": "in_progress"}, {"label": "Не начато", "code": "planned"}]);
        assert_eq!(suggested["columns"][5]["values"], states);
        assert_eq!(counts(done.ok(200)), [2, 0, 0, 0, 0], "{}", done.body);
        let states: Vec<&Json> = (0..2).map(|at| &done.body["rows"][at]["changes"]["status"][1]).collect();
        assert_eq!(states, ["in_progress", "planned"]);
    })
    .await;
}
