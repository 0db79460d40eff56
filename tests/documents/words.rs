//! The language of documents.

use serde_json::{Value as Json, json};

use super::{at, header, plan, text};
use crate::support::app;

#[tokio::test]
async fn every_form_speaks_the_four_languages() {
    app(async |app| {
        let id = plan(app, 1, 1).await;
        let me = app.user("observer").await;
        let wanted = [
            (
                "en",
                "Actions of the plan",
                "1\u{a0}February 2026 \u{2013} 30\u{a0}June 2027",
                "EUR\u{a0}1,000.50",
                "40%",
            ),
            (
                "ru",
                "Мероприятия плана",
                "01.02.2026 \u{2013} 30.06.2027",
                "1\u{a0}000,50\u{a0}EUR",
                "40\u{a0}%",
            ),
            (
                "ky",
                "Пландын иш-чаралары",
                "01.02.2026 \u{2013} 30.06.2027",
                "1\u{a0}000,50\u{a0}EUR",
                "40\u{a0}%",
            ),
            (
                "fr",
                "Actions du plan",
                "01/02/2026 \u{2013} 30/06/2027",
                "1\u{202f}000,50\u{a0}EUR",
                "40\u{202f}%",
            ),
        ];

        for (tag, heading, period, cost, progress) in wanted {
            let json = me.get(&format!("/plans/{id}/document?lang={tag}")).await;
            let page = me.get(&format!("/plans/{id}/document?lang={tag}&format=html")).await;
            let file = me.get(&format!("/plans/{id}/document?lang={tag}&format=docx")).await;

            let action = &json.ok(200)["pillars"][0]["objectives"][0]["actions"][0];
            assert_eq!(
                (&json.body["language"], &json.body["words"]["content"]),
                (&json!(tag), &json!(heading))
            );
            let told = [&action["period"]["text"], &action["cost"]["text"], &action["progress_text"]];
            assert_eq!(told, [&json!(period), &json!(cost), &json!(progress)]);
            let page = text(&page);
            assert!(page.contains(&format!("<html lang=\"{tag}\">")), "{page}");
            assert!([heading, period, cost, progress].iter().all(|part| page.contains(part)), "{page}");
            file.ok(200);
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_language_a_document_speaks_that_of_its_owner() {
    app(async |app| {
        let me = app.user("observer").await;

        let own = me.get(&at(app, "plan:national")).await;
        let other = me.with("accept-language", "de, ru;q=0.5").get(&at(app, "plan:national")).await;
        let editors = me.get(&format!("{}?lang=*", at(app, "plan:national"))).await;

        let spoken = [&own, &other, &editors].map(|answer| answer.ok(200)["language"].clone());
        assert_eq!(spoken, ["ky", "ru", "ky"]);
    })
    .await;
}

#[tokio::test]
async fn texts_in_another_language_say_which_one() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let id = plan(app, 1, 1).await;
        let title = json!({"translations": {"ru": {"title": "План с содержанием"}}});
        me.edit(&format!("/plans/{id}"), title).await.ok(200);

        let mixed = me.get(&format!("/plans/{id}/document?lang=ru&format=html")).await;
        let json = me.get(&format!("/plans/{id}/document?lang=ru")).await;
        let english = me.get(&format!("/plans/{id}/document?lang=en")).await;

        let page = text(&mixed);
        assert!(page.contains("<h1>План с содержанием</h1>"), "{page}");
        assert!(page.contains("<span lang=\"en\">Action 0</span>"), "{page}");
        assert_eq!(json.ok(200)["title"], json!({"text": "План с содержанием", "language": "ru"}));
        assert_eq!(header(&mixed, "content-language"), "");
        english.ok(200);
        assert_eq!(header(&english, "content-language"), "en");
    })
    .await;
}

#[tokio::test]
async fn no_word_of_a_document_judges() {
    app(async |app| {
        let read = app.user("observer").await.get(&format!("{}?lang=en", at(app, "plan:national"))).await;

        let words = read.ok(200)["words"].as_object().cloned().expect("words");
        let all: Vec<String> = words.values().filter_map(Json::as_str).map(str::to_lowercase).collect();

        for word in ["complian", "unmet", "fail", "overdue", "weak", "good", "bad"] {
            assert!(!all.iter().any(|text| text.contains(word)), "{word}");
        }
    })
    .await;
}
