//! Forms of a document: which is answered, and that each holds what the plan says.

use std::io::Read;

use axum::http::Method;
use serde_json::json;

use super::{DOCX, at, header, plan, text};
use crate::{
    statements::counted,
    support::{TestApp, app, client::Answer},
};

async fn asked(app: &TestApp, accept: &str) -> Answer {
    app.user("portal").await.with("accept", accept).get(&at(app, "plan:national")).await
}

#[tokio::test]
async fn accept_chooses_the_form_and_whoever_takes_anything_gets_json() {
    app(async |app| {
        let browser = asked(app, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8").await;
        let program = asked(app, "*/*").await;
        let office = asked(app, DOCX).await;
        let silent = app.user("portal").await.get(&at(app, "plan:national")).await;

        browser.ok(200);
        assert_eq!(header(&browser, "content-type"), "text/html; charset=utf-8");
        assert_eq!(program.ok(200)["title"]["text"], "Plan national");
        assert_eq!(silent.ok(200), &program.body);
        office.ok(200);
        assert_eq!(header(&office, "content-type"), DOCX);
        assert_eq!(&office.bytes[..2], b"PK");
    })
    .await;
}

#[tokio::test]
async fn the_format_stands_before_accept_and_files_have_names() {
    app(async |app| {
        let me = app.user("portal").await.with("accept", "image/png").with("accept-language", "ru");
        let get = async |format: &str| me.get(&format!("{}?format={format}", at(app, "plan:national"))).await;

        let page = get("html").await;
        let file = get("docx").await;
        let json = get("json").await;

        let named = [&page, &file, &json].map(|answer| {
            answer.ok(200);
            header(answer, "content-disposition").to_owned()
        });
        let name = |place: &str, end: &str| format!("{place}; filename=\"KGZ-cbrn-nap-edition-1.ru.{end}\"");
        assert_eq!(named, [name("inline", "html"), name("attachment", "docx"), name("inline", "json")]);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_there_is_none_of_is_refused() {
    app(async |app| {
        let me = app.user("portal").await;

        let accept = asked(app, "image/png").await;
        let format = me.get(&format!("{}?format=docs", at(app, "plan:national"))).await;
        let unknown = me.get(&format!("{}?formt=docx", at(app, "plan:national"))).await;

        accept.problem(406, "not_acceptable");
        let told = format.problem(400, "bad_request");
        assert!(told["detail"].to_string().contains("did you mean `docx`"), "{told}");
        assert_eq!(unknown.violations(), [("?formt".to_owned(), "unknown_parameter".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn a_document_is_not_sent_again_while_it_says_the_same() {
    app(async |app| {
        let path = at(app, "plan:national");
        let me = app.user("focal_point").await;
        let first = me.get(&format!("{path}?format=docx")).await;
        let page = me.get(&format!("{path}?format=html")).await;

        let same = me.with("if-none-match", first.etag()).get(&format!("{path}?format=docx")).await;
        me.edit(&path.replace("/document", ""), json!({"title": "Another title"})).await.ok(200);
        let other = me.with("if-none-match", first.etag()).get(&format!("{path}?format=docx")).await;

        assert_ne!(first.etag(), page.etag());
        assert_eq!((same.status, same.bytes.len()), (304, 0));
        other.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_page_shows_what_is_written_and_runs_nothing() {
    app(async |app| {
        let title = "<script>alert(\"x\")</script> & <b>bold</b>";
        let me = app.user("focal_point").await;
        me.edit(&at(app, "plan:national").replace("/document", ""), json!({"title": title})).await.ok(200);
        me.edit(&format!("/actions/{}", app.world.id("action:national")), json!({"title": title}))
            .await
            .ok(200);

        let page = me.get(&format!("{}?format=html", at(app, "plan:national"))).await;

        let shown = text(&page);
        assert!(!shown.contains("<script") && !shown.contains("<b>"), "{shown}");
        let escaped = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;";
        assert!(shown.matches(escaped).count() >= 3, "{shown}");
        let policy = header(&page, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline';"), "{policy}");
        assert!(
            !shown.contains("http://") && !shown.contains("https://") && !shown.contains("url("),
            "{shown}"
        );
    })
    .await;
}

/// A part of a file for word processors.
pub(super) fn part(file: &[u8], name: &str) -> String {
    let mut parts = zip::ZipArchive::new(std::io::Cursor::new(file)).expect("an archive");
    let mut text = String::new();
    parts.by_name(name).expect("a part").read_to_string(&mut text).expect("text");
    text
}

#[tokio::test]
async fn a_file_holds_the_plan_with_heads_that_repeat() {
    app(async |app| {
        let me = app.user("focal_point").await.with("accept-language", "fr");
        let odd = "A < B & \"C\" \u{1}";
        me.edit(&format!("/actions/{}", app.world.id("action:national")), json!({"title": odd}))
            .await
            .ok(200);

        let file = me.get(&format!("{}?format=docx", at(app, "plan:national"))).await;

        let document = part(&file.bytes, "word/document.xml");
        assert!(document.contains("Plan national") && document.contains("Actions du plan"), "{document}");
        assert!(
            document.contains("A &lt; B &amp; &quot;C&quot;") && !document.contains('\u{1}'),
            "{document}"
        );
        assert!(document.contains("<w:tblHeader />"), "{document}");
        assert!(part(&file.bytes, "word/styles.xml").contains("<w:lang w:val=\"fr-FR\" />"));
        assert!(part(&file.bytes, "docProps/core.xml").contains("<dc:title>Plan national</dc:title>"));
    })
    .await;
}

#[tokio::test]
async fn a_large_plan_takes_a_bounded_number_of_statements() {
    app(async |app| {
        let (small, large) = (plan(app, 2, 5).await, plan(app, 10, 100).await);
        let counted = counted(app);
        let me = counted.user("focal_point").await;
        let cost = async |id: uuid::Uuid| {
            let before = counted.state.db.statements();
            let read = me.get(&format!("/plans/{id}/document")).await;
            (counted.state.db.statements() - before, read.ok(200)["figures"]["actions"].clone())
        };

        cost(small).await;
        let (few, _) = cost(small).await;
        let (many, shown) = cost(large).await;

        assert_eq!(shown, 1_000);
        // Two of them look for annexes, of risks and of milestones.
        assert!(few <= 14 && many <= few, "{few} {many}");
    })
    .await;
}

#[tokio::test]
async fn a_head_of_a_document_has_no_body() {
    app(async |app| {
        let me = app.user("portal").await;
        let path = format!("/api/v1{}?format=html", at(app, "plan:national"));

        let head = me.send(Method::HEAD, &path, None, Vec::new()).await;

        assert_eq!((head.status, head.bytes.len()), (200, 0));
        assert!(!head.etag().is_empty());
    })
    .await;
}
