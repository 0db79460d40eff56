//! Deadlines that make tasks, and tasks that ask for the submission.

use serde_json::{Value as Json, json};

use super::{compiled, day, find, world};
use crate::support::{app, client::Client};

/// The tasks that deadlines made, as somebody lists them.
pub(super) async fn tasks(who: &Client<'_>) -> Vec<Json> {
    let all = who.get("/tasks?limit=200&sort=due_on").await.ok(200)["items"].clone();
    let all = all.as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|task| !task["deadline"].is_null()).collect()
}

/// Changes what the country asked to have worked out.
async fn ask(me: &Client<'_>, change: Json) {
    let asked = me.get("/compilations").await.ok(200)["items"][0]["id"].as_str().expect("an id").to_owned();
    me.edit(&format!("/compilations/{asked}"), change).await.ok(200);
}

/// Names the agency responsible for the obligation of a deadline.
pub(super) async fn named(me: &Client<'_>, deadline: &str, more: Json) {
    let commitment = me.get(deadline).await.ok(200)["commitment"]["id"].as_str().expect("an id").to_owned();
    let mut change = json!({"lead_agency": "MES"});
    change.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    me.edit(&format!("/commitments/{commitment}"), change).await.ok(200);
}

#[tokio::test]
async fn a_deadline_that_is_near_makes_one_task_for_its_agency() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let (year, next) =
            (find(&me, "CWC-YEAR", "2027-04-15").await, find(&me, "CWC-NEXT", "2027-10-02").await);
        named(&me, &year, json!({})).await;
        day(app).await;
        let unasked = tasks(&me).await;

        ask(&me, json!({"task_days_before": 200})).await;
        day(app).await;
        let first = tasks(&me).await;
        let sets = app.count("change_set").await;
        day(app).await;
        let quiet = app.count("change_set").await;
        named(&me, &next, json!({"task_days_before": 400})).await;
        day(app).await;
        let second = tasks(&me).await;
        let path = format!("/tasks/{}", first[0]["id"].as_str().expect("an id"));
        me.delete(&path, &me.get(&path).await.etag()).await.ok(204);
        day(app).await;

        assert_eq!(unasked, [Json::Null; 0], "nobody asked for tasks");
        assert_eq!(first.len(), 1, "one has no agency, the others are far: {first:?}");
        let task = &first[0];
        assert_eq!((&task["title"], &task["due_on"]), (&json!("CWC-YEAR"), &json!("2027-04-15")));
        assert_eq!((&task["lead_agency"]["code"], &task["status"]), (&json!("MES"), &json!("assigned")));
        assert_eq!(task["language"], "en", "texts are in the language of the obligation's");
        assert_eq!(year, format!("/deadlines/{}", task["deadline"]["id"].as_str().expect("an id")));
        assert_eq!(sets, quiet, "a day on which nothing comes near writes nothing");
        let days: Vec<&Json> = second.iter().map(|task| &task["due_on"]).collect();
        assert_eq!(days, ["2027-04-15", "2027-10-02"], "a commitment may say other days");
        assert_eq!(tasks(&me).await.len(), 1, "a task that was deleted is not made again");
    })
    .await;
}

#[tokio::test]
async fn a_deadline_that_somebody_works_on_already_gets_no_other_task() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let year = find(&me, "CWC-YEAR", "2027-04-15").await;
        named(&me, &year, json!({"task_days_before": 200})).await;
        let id = year.trim_start_matches("/deadlines/");
        let body = json!({"owner": "KGZ", "title": "Ask the plants", "lead_agency": "MES", "deadline": id, "language": "en"});
        me.post("/tasks", body.clone()).await.ok(201);

        day(app).await;
        let found = me.get(&format!("/tasks?deadline_id={id}&total=true")).await;
        let text = "query($id: ID!) { deadline(id: $id) { tasks { nodes { title } } } }";
        let twin = me.graphql(text, json!({ "id": id })).await;
        let abroad = app.user("foreign_focal_point").await;
        let mut theirs = body;
        theirs["owner"] = json!("KAZ");
        theirs["lead_agency"] = Json::Null;
        let foreign = abroad.post("/tasks", theirs).await;

        assert_eq!(found.ok(200)["page"]["total"], 1);
        assert_eq!(twin.data()["deadline"]["tasks"]["nodes"], json!([{"title": "Ask the plants"}]));
        foreign.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn completing_the_task_of_a_deadline_asks_for_the_submission() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, lead) = (app.user("focal_point").await, app.user("lead").await);
        compiled(&me).await;
        let year = find(&me, "CWC-YEAR", "2027-04-15").await;
        named(&me, &year, json!({"task_days_before": 200})).await;
        day(app).await;
        let task = format!("/tasks/{}", tasks(&me).await[0]["id"].as_str().expect("an id"));
        for verb in ["start", "submit"] {
            lead.act(&task, verb, json!({})).await.ok(200);
        }
        let allowed = async |path: &str, verb: &str| {
            let moves = lead.get(&format!("{path}/moves")).await.ok(200).clone();
            let moves = moves["items"].as_array().or(moves.as_array()).cloned().expect("moves");
            moves.into_iter().find(|one| one["verb"] == verb).expect("a move")
        };

        let asked = allowed(&task, "complete").await;
        let refused = lead.act(&task, "complete", json!({})).await;
        let warned = allowed(&year, "submit").await;
        let sent = json!({"owner": "KGZ", "deadline": year.trim_start_matches("/deadlines/"), "title": "Return for 2026",
            "sent_on": "2026-11-10", "recipient": "The secretariat", "audience": "states_parties", "lead_agency": "MES", "language": "en"});
        lead.post("/submissions", sent).await.ok(201);
        let silent = allowed(&year, "submit").await;
        let done = lead.act(&task, "complete", json!({})).await;

        let words = "a submission on record for its deadline, or the deadline closed";
        assert_eq!((&asked["allowed"], &asked["missing"]), (&json!(false), &json!([words])));
        assert!(refused.problem(409, "illegal_move").to_string().contains(words));
        assert_eq!((&warned["allowed"], &warned["warnings"]), (&json!(true), &json!(["a submission on record"])));
        assert_eq!(silent["warnings"], json!([]));
        assert_eq!(done.ok(200)["status"], "done");
    })
    .await;
}

#[tokio::test]
async fn a_submission_that_the_caller_does_not_see_is_not_there_for_its_moves() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, lead) = (app.user("focal_point").await, app.user("lead").await);
        compiled(&me).await;
        let year = find(&me, "CWC-YEAR", "2027-04-15").await;
        named(&me, &year, json!({"task_days_before": 200})).await;
        day(app).await;
        let task = format!("/tasks/{}", tasks(&me).await[0]["id"].as_str().expect("an id"));
        for verb in ["start", "submit"] {
            lead.act(&task, verb, json!({})).await.ok(200);
        }
        let told = async || {
            let moves = [format!("{task}/moves"), format!("{year}/moves")];
            (lead.get(&moves[0]).await.ok(200).clone(), lead.get(&moves[1]).await.ok(200).clone())
        };

        let before = told().await;
        let sent = json!({"owner": "KGZ", "deadline": year.trim_start_matches("/deadlines/"), "title": "Return for 2026", "visibility": "agency",
            "sent_on": "2026-11-10", "recipient": "The secretariat", "audience": "states_parties", "lead_agency": "MOF", "language": "en"});
        let sent = app.user("bystander").await.post("/submissions", sent).await;
        sent.ok(201);
        let after = told().await;
        let refused = lead.act(&task, "complete", json!({})).await;
        let path = format!("/submissions/{}", sent.id());
        app.user("bystander").await.edit(&path, json!({"visibility": "national"})).await.ok(200);
        let shown = told().await;
        let done = lead.act(&task, "complete", json!({})).await;

        assert_eq!(before, after);
        refused.problem(409, "illegal_move");
        assert_ne!(shown, after);
        assert_eq!(done.ok(200)["status"], "done");
    })
    .await;
}
