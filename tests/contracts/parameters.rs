//! Parameters: what the document says an operation takes, it takes.

use serde_json::Value as Json;

use super::{document, operations};
use crate::support::{TestApp, app};

/// The parameters of an operation, shared ones too.
pub fn parameters(document: &Json, operation: &Json) -> Vec<Json> {
    let all = operation["parameters"].as_array().cloned().unwrap_or_default();
    let resolved = |one: Json| match one["$ref"].as_str() {
        Some(to) => document.pointer(to.trim_start_matches('#')).cloned().unwrap_or_default(),
        None => one,
    };
    all.into_iter().map(resolved).collect()
}

fn named(document: &Json, operation: &Json, place: &str) -> Vec<String> {
    let all = parameters(document, operation).into_iter().filter(|one| one["in"] == place);
    all.filter_map(|one| one["name"].as_str().map(str::to_owned)).collect()
}

/// Lists: their addresses with their documented parameters.
fn lists() -> Vec<(String, Vec<String>)> {
    let document = document();
    let lists = operations(&document).into_iter().filter(|(name, one)| {
        name.starts_with("get /") && one["operationId"].as_str().is_some_and(|id| id.starts_with("list_"))
    });
    lists.map(|(name, one)| (name["get ".len()..].to_owned(), named(&document, &one, "query"))).collect()
}

/// Documented parameters that a list says it does not know.
async fn refused(app: &TestApp, path: &str, names: &[String]) -> Vec<String> {
    let query: Vec<String> = names.iter().map(|name| format!("{name}=1")).collect();
    let answer = app.anonymous().get(&format!("{path}?{}", query.join("&"))).await;
    let unknown = answer.violations().into_iter().filter(|(_, code)| code == "unknown_parameter");
    // A sort key that is not known has the same code; its parameter is known all the same.
    unknown.filter(|(place, _)| place != "?sort").map(|(place, _)| format!("{path}{place}")).collect()
}

#[tokio::test]
async fn lists_take_every_parameter_they_document() {
    app(async |app| {
        let lists = lists();

        let mut wrong = Vec::new();
        for (path, names) in &lists {
            wrong.extend(refused(app, path, names).await);
        }

        assert!(lists.len() > 18, "{} lists", lists.len());
        assert_eq!(wrong, [""; 0]);
    })
    .await;
}

#[test]
fn operations_that_answer_records_document_languages_and_the_acting_owner() {
    let document = document();

    let reads: Vec<_> = operations(&document)
        .into_iter()
        .filter(|(name, _)| {
            name.starts_with("get ") && !["get /vocabularies", "get /limits"].contains(&name.as_str())
        })
        .filter(|(_, one)| {
            let (query, header) = (named(&document, one, "query"), named(&document, one, "header"));
            !query.contains(&"lang".into())
                || !header.contains(&"Accept-Language".into())
                || !header.contains(&"X-Concord-Act-As".into())
        })
        .map(|(name, _)| name)
        .collect();

    assert_eq!(reads, [""; 0]);
}

#[test]
fn moves_that_need_no_body_do_not_ask_for_one() {
    let document = document();
    let moves = operations(&document)
        .into_iter()
        .filter(|(name, _)| name.starts_with("post /plans/{id}/") || name.starts_with("post /tasks/{id}/"));

    let needing: Vec<_> =
        moves.filter(|(_, one)| one["requestBody"]["required"] == true).map(|(name, _)| name).collect();

    assert_eq!(needing, ["post /plans/{id}/adopt", "post /plans/{id}/purge", "post /tasks/{id}/purge"]);
}
