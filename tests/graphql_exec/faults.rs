//! Every fault of a document has a code of the table, and names what is known instead.

use kernel::Code;
use serde_json::{Value as Json, json};

use super::{refused, run};
use crate::support::{app, client::Answer};

fn text(answer: &Answer) -> &str {
    answer.body["errors"][0]["message"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn every_error_of_the_library_has_a_code_of_the_table() {
    app(async |app| {
        let known: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        let documents = [
            "{ tasks(first: 1 { totalCount } }",
            "",
            "{ tasks { nodes { titel } } }",
            "{ tasks }",
            "{ tasks(frist: 1) { totalCount } }",
            "query($a: Tusk) { tasks(first: $a) { totalCount } }",
            "query($a: Int) { tasks { totalCount } }",
            "query($a: Int, $a: Int) { tasks(first: $a) { totalCount } }",
            "{ tasks(first: $a) { totalCount } }",
            "query($a: Int = \"x\") { tasks(first: $a) { totalCount } }",
            "{ tasks(first: \"x\") { totalCount } }",
            "{ tasks(first: 1, first: 2) { totalCount } }",
            "{ tasks(filter: { q: \"a\", q: \"b\" }) { totalCount } }",
            "{ tasks { ...X } }",
            "{ tasks { totalCount } } fragment X on Task { id }",
            "{ tasks { ...X } } fragment X on TaskConnection { ...X }",
            "{ ... on Task { id } }",
            "{ tasks { totalCount { x } } }",
            "{ tasks @nothing { totalCount } }",
            "query @skip(if: true) { tasks { totalCount } }",
            "{ tasks @skip(if: false) @skip(if: false) { totalCount } }",
            "{ tasks @skip { totalCount } }",
            "{ tasks @skip(if: 1) { totalCount } }",
            "query A { me { id } } query A { me { id } }",
            "query A { me { id } } query B { me { id } }",
            "{ me { id } } { me { id } }",
            "mutation { createTask(input: {}) { task { id } } }",
            "{ x: me { id } x: countries { totalCount } }",
            "subscription { changes { id } x: changes { id } }",
            "subscription { changes(kinds: [\"cookie\"]) { id } }",
        ];

        for document in documents {
            let answer = run(&app.anonymous(), document, json!({})).await;
            let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
            assert!(answer.status == 400 && !errors.is_empty(), "{document}: {}", answer.body);
            for error in errors {
                let code = error["extensions"]["code"].as_str().unwrap_or_default();
                assert!(known.contains(&code), "{document}: {error}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_wrong_value_of_a_closed_list_names_all_and_the_nearest() {
    app(async |app| {
        let me = app.user("observer").await;
        let all = "PLANNED, ASSIGNED, IN_PROGRESS, IN_REVIEW, DONE, BLOCKED, CANCELLED (TaskStatus)";
        let variable = "query($s: [TaskStatus!]) { tasks(filter: { status: $s }) { totalCount } }";

        let given = run(&me, variable, json!({ "s": ["DON"] })).await;
        let small = run(&me, variable, json!({ "s": "done" })).await;
        let literal = run(&me, "{ tasks(filter: { status: [DON] }) { totalCount } }", json!({})).await;
        let default = run(&me, &variable.replace("[TaskStatus!]", "[TaskStatus!] = [DON]"), json!({})).await;
        let far = run(&me, variable, json!({ "s": ["a cookie"] })).await;

        [&given, &small, &literal, &default, &far].into_iter().for_each(refused);
        assert_eq!(text(&given), format!("$s[0]: \"DON\" is none of {all}; did you mean `DONE`?"));
        assert_eq!(text(&small), format!("$s: \"done\" is none of {all}; did you mean `DONE`?"));
        assert_eq!(
            text(&literal),
            format!("tasks.filter.status[0]: DON is none of {all}; did you mean `DONE`?")
        );
        assert_eq!(text(&default), format!("$s[0]: DON is none of {all}; did you mean `DONE`?"));
        assert_eq!(text(&far), format!("$s[0]: \"a cookie\" is none of {all}"));
    })
    .await;
}

#[tokio::test]
async fn unknown_names_get_the_nearest_one_and_wrong_values_their_form() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let ask = async |query: &str, given: Json| {
            let answer = run(&me, query, given).await;
            refused(&answer);
            text(&answer).to_owned()
        };

        let field = ask("{ tasks { nodes { titel } } }", json!({})).await;
        let argument = ask("{ tasks(frist: 1) { totalCount } }", json!({})).await;
        let member = ask("{ tasks(filter: { statsu: DONE }) { totalCount } }", json!({})).await;
        let kind =
            ask("query($a: TaskStat) { tasks(filter: { status: $a }) { totalCount } }", json!({})).await;
        let number = ask("{ tasks(first: \"ten\") { totalCount } }", json!({})).await;
        let input = "mutation($x: NewTask!) { createTask(input: $x) { task { id } } }";
        let in_variable =
            ask(input, json!({ "x": { "owner": "KGZ", "title": 7, "leadAgency": "MES", "language": "en" } }))
                .await;
        let twice = ask("{ tasks(filter: { q: \"a\", q: \"b\" }) { totalCount } }", json!({})).await;

        assert!(field.ends_with("did you mean `title`?"), "{field}");
        assert!(argument.ends_with("did you mean `first`?"), "{argument}");
        assert!(member.ends_with("did you mean `status`?"), "{member}");
        assert!(kind.ends_with("did you mean `TaskStatus`?"), "{kind}");
        assert_eq!(number, "tasks.first: \"ten\" is not an integer of 32 bits such as 7");
        assert_eq!(in_variable, "$x.title: 7 is not a text such as \"text\"");
        assert!(twice.contains("`q`"), "{twice}");
    })
    .await;
}
