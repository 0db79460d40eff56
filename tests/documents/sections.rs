//! Sections of a document: the country's own texts and their content, in every form and language.

use serde_json::json;

use super::{at, forms::part, text};
use crate::support::{TestApp, app};

/// Adds a section with every form of value to the world's national plan.
async fn add(app: &TestApp) {
    let schema = json!({"properties": {"stores": {"title": "Stores <of> all", "items": {"properties": {"kits": {"title": "Kits"}}}}}});
    let content = json!({"open": true, "closed": false, "year": 2026, "share": 1234.5, "none": null,
        "stores": [{"kits": 3}, {"kits": 4, "note": "<script>alert(1)</script> & \u{1}more"}], "codes": ["a", "b"]});
    let fields = |title: &str, position: i32| {
        json!({"plan": app.world.id("plan:national"), "code": "A", "title": title, "text": "What is <kept>", "position": position,
            "language": "en", "schema": schema, "content": content})
    };
    super::make(app, "plan_section", vec![fields("Second", 2), fields("Stockpiles & <more>", 1)]).await;
}

#[tokio::test]
async fn a_document_shows_sections_in_order_with_their_content() {
    app(async |app| {
        add(app).await;
        let path = at(app, "plan:national");
        let me = app.user("observer").await;

        let json = me.get(&format!("{path}?lang=ru")).await;
        let page = text(&me.get(&format!("{path}?lang=ru&format=html")).await);
        let file = part(&me.get(&format!("{path}?lang=ru&format=docx")).await.bytes, "word/document.xml");

        let sections = &json.ok(200)["sections"];
        assert_eq!(sections[0]["title"], json!({"text": "Stockpiles & <more>", "language": "en"}));
        assert_eq!(
            (&sections[1]["title"]["text"], &sections[0]["language"]),
            (&json!("Second"), &json!("en"))
        );
        assert_eq!(sections[0]["content"]["stores"][0]["kits"], 3);
        let entries = sections[0]["entries"].as_array().expect("entries");
        let said = |name: &str| &entries.iter().find(|one| one["name"] == name).expect("an entry")["text"];
        assert_eq!(
            [said("open"), said("closed"), said("year"), said("none")],
            ["да", "нет", "2026", "\u{2013}"]
        );
        assert_eq!(said("share"), "1\u{a0}234,5");
        for shown in [&page, &file] {
            assert!(
                shown.contains("Stockpiles &amp; &lt;more&gt;") && shown.contains("What is &lt;kept&gt;"),
                "{shown}"
            );
            assert!(shown.contains("&lt;script&gt;") && !shown.contains("<script"), "{shown}");
            assert!(
                shown.contains("Stores &lt;of&gt; all:") && shown.contains("Kits:") && shown.contains("да"),
                "{shown}"
            );
        }
        assert!(
            page.contains("<div class=\"own\" lang=\"en\"><ul><li><strong>closed:</strong> нет</li>"),
            "{page}"
        );
        assert!(page.contains("<strong>Kits:</strong> 3</li></ul></li>"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn values_of_sections_are_written_in_the_four_languages() {
    app(async |app| {
        add(app).await;
        let path = at(app, "plan:national");
        let me = app.user("observer").await;

        for (tag, open, share) in [
            ("en", "open:</strong> yes", "1,234.5"),
            ("ky", "open:</strong> ооба", "1\u{a0}234,5"),
            ("fr", "open\u{a0}:</strong> oui", "1\u{202f}234,5"),
        ] {
            let page = text(&me.get(&format!("{path}?lang={tag}&format=html")).await);

            assert!(page.contains(open) && page.contains(share), "{tag}: {page}");
        }
    })
    .await;
}
