//! Error codes: one table, its pages, and what every answer carries.

mod addresses;

use axum::http::{Method, header};
use kernel::Code;

use crate::support::{TestApp, app, client::Answer};

async fn page(app: &TestApp, path: &str) -> Answer {
    app.anonymous().send(Method::GET, path, None, Vec::new()).await
}

/// What is wrong with the page of a code.
async fn fault(app: &TestApp, code: Code) -> Option<String> {
    let page = page(app, &format!("/problems/{}", code.name())).await;
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    let is_page = page.status == 200 && page.headers[header::CONTENT_TYPE] == "text/html; charset=utf-8";
    let is_whole =
        [code.name(), code.title(), &code.status().to_string()].iter().all(|part| text.contains(part));
    (!is_page || !is_whole || text.contains('{')).then(|| format!("{}: {text}", code.name()))
}

#[tokio::test]
async fn every_code_has_the_page_its_type_leads_to() {
    app(async |app| {
        let pages = futures_util::future::join_all(Code::ALL.iter().map(|code| fault(app, *code))).await;
        let all = page(app, "/problems").await;
        let unknown = page(app, "/problems/no_such_code").await;

        assert_eq!(pages.into_iter().flatten().collect::<Vec<_>>(), Vec::<String>::new());
        assert_eq!(String::from_utf8_lossy(&all.bytes).matches("<li>").count(), Code::ALL.len());
        unknown.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_are_framed_nowhere() {
    app(async |app| {
        let page = page(app, "/problems/not_found").await;

        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap_or_default();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
    })
    .await;
}

#[tokio::test]
async fn answers_are_taken_for_what_they_are_and_tell_nobody_where_one_came_from() {
    app(async |app| {
        let list = app.anonymous().get("/countries").await;
        let missing = app.anonymous().get("/nowhere").await;

        assert_eq!(list.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(list.headers[header::REFERRER_POLICY], "no-referrer");
        assert_eq!(missing.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    })
    .await;
}

#[tokio::test]
async fn refusals_are_whole_when_they_are_compressed() {
    app(async |app| {
        let zipping = app.anonymous().with("accept-encoding", "gzip");

        let refused = zipping.get("/plans?limit=0").await;

        assert_eq!(refused.headers[header::CONTENT_ENCODING], "gzip");
        assert_eq!(refused.violations(), [("?limit".into(), "limit_out_of_range".into())]);
        refused.problem(400, "limit_out_of_range");
    })
    .await;
}

#[test]
fn the_table_of_codes_in_the_documentation_is_the_one_of_the_program() {
    let text = include_str!("../docs/api-design.md");

    let line = |code: &Code| {
        format!("| `{}` | {} | {} | {} |", code.name(), code.status(), code.title(), code.meaning())
    };
    let missing: Vec<String> =
        Code::ALL.iter().map(line).filter(|line| !text.contains(line.as_str())).collect();
    let table = text.split("\n## ").find(|section| section.starts_with("Errors\n")).unwrap_or_default();
    let rows = table.lines().filter(|line| line.starts_with("| `")).count();

    assert_eq!(missing, Vec::<String>::new());
    assert_eq!(rows, Code::ALL.len(), "the table has rows of other codes, or one twice");
}
