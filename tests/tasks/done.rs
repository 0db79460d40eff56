//! The day a task was done: given with what is entered later, set by the move, and gone when it is reopened.

use serde_json::{Value as Json, json};

use super::{made, task, walk};
use crate::support::app;

fn done(day: Json) -> Json {
    let mut body = task("Done long ago");
    (body["status"], body["due_on"], body["completed_on"]) = (json!("done"), json!("2024-03-31"), day);
    body
}

/// C7: a task that is entered as done says when it was.
#[tokio::test]
async fn a_task_that_is_entered_as_done_keeps_its_day() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let create = "mutation($d: Date) { createTask(input: { owner: \"KGZ\", title: \"T\", leadAgency: \"MES\", language: \"en\", \
            status: DONE, dueOn: \"2024-03-31\", completedOn: $d }) { task { completedOn } } }";
        let day = json!("2024-03-28");
        let missing = [("/completed_on".to_owned(), "required".to_owned())];

        let without = me.post("/tasks", done(Json::Null)).await;
        let with = me.post("/tasks", done(day.clone())).await;
        let put = me.put("/tasks/by-key/crm/1", done(day.clone())).await;
        let again = me.put("/tasks/by-key/crm/1", done(day.clone())).await;
        let no_day = me.graphql(create, json!({})).await;
        let graphql = me.graphql(create, json!({"d": day})).await;
        let listed = me.get("/tasks?completed_to=2024-12-31&sort=completed_on&total=true").await;

        assert_eq!(without.violations(), missing);
        assert_eq!(with.ok(201)["completed_on"], day);
        assert_eq!(put.ok(201)["completed_on"], day);
        assert_eq!(again.ok(200)["version"], 1);
        assert_eq!(no_day.body["errors"][0]["extensions"]["errors"][0]["pointer"], "/completed_on");
        assert_eq!(graphql.data()["createTask"]["task"]["completedOn"], day);
        assert_eq!(listed.ok(200)["page"]["total"], 3);
    })
    .await;
}

#[tokio::test]
async fn the_day_comes_and_goes_with_the_state() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut new = task("Work");
        (new["status"], new["due_on"]) = (json!("in_review"), json!("2027-03-31"));
        let path = made(&me, new).await;

        let early = me.edit(&path, json!({"completed_on": "2026-11-01"})).await;
        walk(&me, &path, &[("complete", json!({}))]).await;
        let done = me.get(&path).await;
        let emptied = me.edit(&path, json!({"completed_on": null})).await;
        let mended = me.edit(&path, json!({"completed_on": "2026-11-20"})).await;
        walk(&me, &path, &[("reopen", json!({"reason": "Found an error"}))]).await;
        let reopened = me.get(&path).await;

        let at = |code: &str| vec![("/completed_on".to_owned(), code.to_owned())];
        assert_eq!(early.violations(), at("rule_broken"));
        assert_eq!(done.ok(200)["completed_on"], "2026-11-21");
        assert_eq!(emptied.violations(), at("required"));
        assert_eq!(mended.ok(200)["completed_on"], "2026-11-20");
        assert_eq!(reopened.ok(200)["completed_on"], Json::Null);
    })
    .await;
}
