//! Exercises, what they find, and what follows.

use serde_json::{Value as Json, json};

use super::{id, made};
use crate::support::{TestApp, app};

fn exercise(title: &str) -> Json {
    json!({"owner": "KGZ", "language": "en", "title": title, "kind": "table_top", "lead_agency": "MES",
        "countries": ["KGZ", "KAZ"], "contributing_agencies": ["MOH"]})
}

/// A finding of a new exercise of the officer's agency; answers its address.
async fn finding(app: &TestApp) -> String {
    let me = app.user("officer").await;
    let of = made(&me, "/exercises", exercise("Spill")).await;
    let body = json!({"exercise": of.rsplit('/').next(), "title": "No common channel", "lead_agency": "MES"});
    made(&me, "/findings", body).await
}

#[tokio::test]
async fn an_exercise_that_was_held_says_when() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = made(&me, "/exercises", exercise("Spill")).await;

        let bare = me.act(&path, "complete", json!({})).await;
        let held = me.act(&path, "complete", json!({"held_on": "2026-11-20"})).await;
        let emptied = me.edit(&path, json!({"held_on": null})).await;
        let mut past = exercise("Past");
        past["status"] = json!("done");
        let undated = me.post("/exercises", past).await;

        let missing = &bare.problem(409, "illegal_move")["missing"];
        assert_eq!(*missing, json!(["the day it was held (`held_on`)"]));
        assert_eq!((&held.ok(200)["status"], &held.body["held_on"]), (&json!("done"), &json!("2026-11-20")));
        assert_eq!(emptied.violations(), [("/held_on".to_owned(), "required".to_owned())]);
        assert_eq!(undated.violations(), [("/held_on".to_owned(), "required".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn a_finding_closes_with_an_action_a_task_or_a_reason() {
    app(async |app| {
        let me = app.user("officer").await;
        let ways = [
            json!({"action": id(app, "action:national")}),
            json!({"task": id(app, "task:national")}),
            json!({"closing_reason": "The service was merged"}),
        ];
        let first = finding(app).await;

        let bare = me.act(&first, "close", json!({})).await;
        let mut closed = Vec::new();
        for way in ways {
            let done = me.act(&finding(app).await, "close", way).await;
            closed.push(done.ok(200)["status"].clone());
        }

        let wanted = "a linked `action` or `task`, or a `closing_reason` that says why there is none";
        assert_eq!(bare.problem(409, "illegal_move")["missing"], json!([wanted]));
        assert_eq!(closed, ["closed"; 3]);
        assert_eq!(me.get(&first).await.ok(200)["status"], "open");
    })
    .await;
}

#[tokio::test]
async fn a_closed_finding_keeps_what_closed_it_and_a_reopened_one_loses_the_reason() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = finding(app).await;
        me.act(&path, "close", json!({"closing_reason": "Merged"})).await.ok(200);

        let emptied = me.edit(&path, json!({"closing_reason": null})).await;
        let reopened = me.act(&path, "reopen", json!({"reason": "Split again"})).await;

        assert_eq!(emptied.violations(), [("/closing_reason".to_owned(), "required".to_owned())]);
        assert_eq!(
            (&reopened.ok(200)["status"], &reopened.body["closing_reason"]),
            (&json!("open"), &Json::Null)
        );
        assert_eq!(reopened.body["status_reason"], "Split again");
    })
    .await;
}

#[tokio::test]
async fn exercises_held_and_lessons_not_yet_closed_are_one_call() {
    app(async |app| {
        let me = app.user("officer").await;
        let held = made(&me, "/exercises", exercise("Held")).await;
        made(&me, "/exercises", exercise("To come")).await;
        let of = held.rsplit('/').next().expect("an id");
        for title in ["Open lesson", "Closed lesson"] {
            let body = json!({"exercise": of, "title": title, "lead_agency": "MES"});
            let path = made(&me, "/findings", body).await;
            if title == "Closed lesson" {
                me.act(&path, "close", json!({"closing_reason": "Done at once"})).await.ok(200);
            }
        }
        me.act(&held, "complete", json!({"held_on": "2026-11-20"})).await.ok(200);
        let query = "{ exercises(filter: { status: [DONE] }, sort: [HELD_ON_DESC]) { nodes { title heldOn \
                     findings(filter: { status: [OPEN] }) { totalCount nodes { title leadAgency { code } } } } } }";

        let answer = me.graphql(query, json!({})).await;
        let by_rest = me.get("/findings?status=open").await;

        let lessons = json!({"totalCount": 1, "nodes": [{"title": "Open lesson", "leadAgency": {"code": "MES"}}]});
        let wanted = json!([{"title": "Held", "heldOn": "2026-11-20", "findings": lessons}]);
        assert_eq!(answer.data()["exercises"]["nodes"], wanted);
        assert_eq!(by_rest.ok(200)["items"][0]["exercise"]["name"], "Held");
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_capacity_measure_has_a_reason_and_comes_back() {
    app(async |app| {
        let me = app.user("officer").await;
        let body = json!({"owner": "KGZ", "language": "en", "title": "Detectors", "kind": "equipment", "lead_agency": "MES"});
        let path = made(&me, "/capacity-measures", body).await;

        let bare = me.act(&path, "cancel", json!({})).await;
        let cancelled = me.act(&path, "cancel", json!({"reason": "No money"})).await;
        let reopened = me.act(&path, "reopen", json!({"reason": "Money was found"})).await;

        bare.problem(409, "illegal_move");
        assert_eq!((&cancelled.ok(200)["status"], &cancelled.body["domains"]), (&json!("cancelled"), &json!([])));
        assert_eq!(reopened.ok(200)["status"], "running");
    })
    .await;
}
