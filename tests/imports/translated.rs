//! Texts as somebody was shown them, in translation, are no texts to be kept.

use serde_json::{Value as Json, json};

use super::{results, send};
use crate::support::{TestApp, app, client::Client};

/// Gives an agency a name in another language; answers its address.
async fn translated(app: &TestApp, me: &Client<'_>) -> String {
    let path = format!("/agencies/{}", app.world.id("agency:KGZ/MES"));
    me.edit(&path, json!({"translations": {"ru": {"name": "МЧС"}}})).await.ok(200);
    path
}

fn line(record: &Json) -> String {
    format!("{record}\n")
}

#[tokio::test]
async fn a_record_in_translation_is_sent_back_and_changes_nothing() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = translated(app, &me).await;
        let before = me.get(&format!("{path}?lang=*")).await;
        let shown = me.get(&format!("{path}?lang=ru")).await;
        let asked = me.with("accept-language", "ru").get("/agencies?owner=KGZ&limit=200").await;
        let items: String = asked.ok(200)["items"].as_array().expect("items").iter().map(line).collect();
        let chosen = me.get("/agencies.ndjson?owner=KGZ&lang=ru&columns=id,name").await;
        let table = me.get("/agencies.csv?owner=KGZ&lang=ru&columns=id,name").await;

        let one = send(&me, "kind=agencies", line(shown.ok(200))).await;
        let all = send(&me, "kind=agencies", items).await;
        let members = send(&me, "kind=agencies", chosen.bytes.clone()).await;
        let cells = send(&me, "kind=agencies", table.bytes.clone()).await;

        assert_eq!((&shown.body["name"], &shown.body["language"]), (&json!("МЧС"), &json!("en")));
        assert!(String::from_utf8_lossy(&chosen.bytes).contains(r#""languages":{"name":"ru"}"#));
        assert!(String::from_utf8_lossy(&table.bytes).starts_with("id,name,shown_in\n"));
        for report in [&one, &all, &members, &cells] {
            assert!(results(report.ok(200)).iter().all(|result| *result == "unchanged"), "{}", report.body);
            let left = &report.body["warnings"][0];
            assert_eq!(left["code"], "columns_left_alone", "{}", report.body);
            assert!(left["columns"].as_array().expect("columns").contains(&json!("name")), "{left}");
        }
        assert_eq!(me.get(&format!("{path}?lang=*")).await.ok(200), before.ok(200));
    })
    .await;
}

#[tokio::test]
async fn a_text_that_is_no_translation_is_written_beside_one_that_is() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let task = json!({"owner": "KGZ", "title": "Drill", "description": "First", "lead_agency": "MES", "language": "en",
            "translations": {"ru": {"title": "Учение"}}});
        let id = me.post("/tasks", task).await.id();
        let mut shown = me.get(&format!("/tasks/{id}?lang=ru")).await.ok(200).clone();
        shown["title"] = json!("Другое");
        shown["description"] = json!("Second");

        let sent = send(&me, "kind=tasks", line(&shown)).await;

        assert_eq!(shown["languages"], json!({"title": "ru"}));
        assert_eq!(sent.ok(200)["rows"][0]["changes"], json!({"description": ["First", "Second"]}));
        let stored = me.get(&format!("/tasks/{id}?lang=*")).await;
        assert_eq!((&stored.ok(200)["title"], &stored.body["description"]), (&json!("Drill"), &json!("Second")));
        assert_eq!(stored.body["translations"], json!({"ru": {"title": "Учение"}}));
    })
    .await;
}

#[tokio::test]
async fn a_new_record_is_not_made_of_a_text_in_translation() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let row = json!({"owner": "KGZ", "title": "Учение", "lead_agency": "MES", "language": "en", "languages": {"title": "ru"}});
        let of_table = json!({"owner": "KGZ", "title": "Учение", "lead_agency": "MES", "language": "en", "shown_in": "ru"});

        let sent = send(&me, "kind=tasks", line(&row) + &line(&of_table)).await;

        assert_eq!(super::faults(sent.ok(200)), [(1, "title", "required"), (2, "title", "required")]);
    })
    .await;
}

#[tokio::test]
async fn a_preview_leaves_texts_as_they_are_shown_alone() {
    app(async |app| {
        let me = app.user("focal_point").await;
        translated(app, &me).await;
        let file = me.get("/agencies.csv?owner=KGZ&lang=ru").await;

        let path = "/api/v1/imports/preview?kind=agencies";
        let shown = me.send(axum::http::Method::POST, path, Some("text/csv"), file.bytes).await;

        let columns = shown.ok(200)["tables"][0]["columns"].as_array().expect("columns");
        let name = columns.iter().find(|column| column["column"] == "name").expect("a column");
        assert_eq!(name["is_left_alone"], true);
        assert_eq!(shown.body["tables"][0]["rows"][0]["fields"].get("name"), None);
    })
    .await;
}
