//! Tasks that deadlines made go with them, and no task is seen by more than its deadline.

use serde_json::{Value as Json, json};

use super::{
    compiled, day, find,
    work::{named, tasks},
    world,
};
use crate::support::{TestApp, app, client::Client};

/// A deadline of the yearly return with the task that it made: their addresses.
async fn begun(app: &TestApp, me: &Client<'_>) -> (String, String) {
    world(app, Some("2005-01-01")).await;
    compiled(me).await;
    let year = find(me, "CWC-YEAR", "2027-04-15").await;
    named(me, &year, json!({"task_days_before": 200})).await;
    day(app).await;
    let task = format!("/tasks/{}", tasks(me).await[0]["id"].as_str().expect("an id"));
    (year, task)
}

async fn commitment(me: &Client<'_>, deadline: &str) -> String {
    let deadline = me.get(deadline).await.ok(200).clone();
    format!("/commitments/{}", deadline["commitment"]["id"].as_str().expect("an id"))
}

/// What a task says of one thing.
async fn of(me: &Client<'_>, task: &str, what: &str) -> Json {
    me.get(task).await.ok(200)[what].clone()
}

#[tokio::test]
async fn a_made_task_is_seen_and_handled_as_its_deadline() {
    app(async |app| {
        let (me, observer) = (app.user("focal_point").await, app.user("observer").await);
        let (year, task) = begun(app, &me).await;
        let commitment = commitment(&me, &year).await;
        observer.get(&task).await.ok(200);

        me.edit(&commitment, json!({"visibility": "group", "handling": "restricted"})).await.ok(200);

        observer.get(&year).await.problem(404, "not_found");
        observer.get(&task).await.problem(404, "not_found");
        let task = me.get(&task).await.ok(200).clone();
        assert_eq!((&task["visibility"], &task["handling"]), (&json!("group"), &json!("restricted")));
        assert_eq!(of(&me, &year, "handling").await, "restricted");
    })
    .await;
}

#[tokio::test]
async fn day_and_agency_of_a_made_task_follow_until_somebody_changes_them() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let (year, task) = begun(app, &me).await;

        let moved = json!({"due_on": "2027-05-31", "due_reason": "Extension granted", "lead_agency": "MOF"});
        me.edit(&year, moved).await.ok(200);
        let followed = me.get(&task).await.ok(200).clone();
        me.edit(&task, json!({"due_on": "2027-03-01", "lead_agency": "MOH"})).await.ok(200);
        let again = json!({"due_on": "2027-06-30", "due_reason": "Another one", "lead_agency": "MES"});
        me.edit(&year, again).await.ok(200);
        let stayed = me.get(&task).await.ok(200).clone();

        assert_eq!(
            (&followed["due_on"], &followed["lead_agency"]["code"]),
            (&json!("2027-05-31"), &json!("MOF"))
        );
        assert_eq!(
            (&stayed["due_on"], &stayed["lead_agency"]["code"]),
            (&json!("2027-03-01"), &json!("MOH"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_changes_moves_the_made_task_too() {
    app(async |app| {
        let (me, steward) = (app.user("focal_point").await, app.user("steward").await);
        let (_, task) = begun(app, &me).await;

        let version = json!({"obligation": "CWC-YEAR", "valid_from": "2027-01-01", "rrule": "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1",
            "reason": "Decision of the conference", "source": "C-30/DEC.1"});
        steward.post("/obligation-versions", version).await.ok(201);

        assert_eq!(of(&me, &task, "due_on").await, "2027-06-01");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_due_any_more_cancels_its_open_task_and_brings_it_back() {
    app(async |app| {
        let (me, lead) = (app.user("focal_point").await, app.user("lead").await);
        let (year, task) = begun(app, &me).await;
        lead.act(&task, "start", json!({})).await.ok(200);

        me.act(&year, "waive", json!({"reason": "No plants"})).await.ok(200);
        let waived = me.get(&task).await.ok(200).clone();
        me.act(&year, "reopen", json!({"reason": "Plants were found"})).await.ok(200);
        let back = me.get(&task).await.ok(200).clone();
        me.act(&year, "exempt", json!({"reason": "Not in the scope"})).await.ok(200);
        let exempted = of(&me, &task, "status").await;
        lead.act(&task, "reopen", json!({"reason": "Asked all the same"})).await.ok(200);
        lead.act(&task, "cancel", json!({"reason": "By hand"})).await.ok(200);
        me.act(&year, "reopen", json!({"reason": "Due"})).await.ok(200);

        assert_eq!(waived["status"], "cancelled");
        assert!(waived["status_reason"].as_str().is_some_and(|why| !why.contains("plants")), "{waived}");
        assert_eq!((&back["status"], &back["status_reason"]), (&json!("in_progress"), &Json::Null));
        assert_eq!(exempted, "cancelled");
        assert_eq!(of(&me, &task, "status").await, "cancelled", "what people cancelled stays so");
    })
    .await;
}

#[tokio::test]
async fn a_deadline_that_lapses_or_has_no_agency_takes_its_task_along() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let (year, task) = begun(app, &me).await;
        let own = format!("/participations/{}", app.world.id("participation:own"));

        me.edit(&own, json!({"status": "withdrawn"})).await.ok(200);
        let lapsed = of(&me, &task, "status").await;
        me.edit(&own, json!({"status": "ratified"})).await.ok(200);
        let back = of(&me, &task, "status").await;
        me.edit(&year, json!({"lead_agency": null})).await.ok(200);
        let unheld = of(&me, &task, "status").await;
        me.edit(&year, json!({"lead_agency": "MOH"})).await.ok(200);
        day(app).await;
        let held = me.get(&task).await.ok(200).clone();

        assert_eq!((lapsed, back, unheld), (json!("cancelled"), json!("assigned"), json!("cancelled")));
        assert_eq!((&held["status"], &held["lead_agency"]["code"]), (&json!("assigned"), &json!("MOH")));
        assert_eq!(tasks(&me).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_task_by_hand_is_never_wider_than_its_deadline_and_is_led_by_people() {
    app(async |app| {
        let (me, lead) = (app.user("focal_point").await, app.user("lead").await);
        let (year, made) = begun(app, &me).await;
        let commitment = commitment(&me, &year).await;
        let plan = app.world.id("plan:national");
        let body = |more: Json| {
            let mut body = json!({"owner": "KGZ", "title": "Ask the plants", "lead_agency": "MES", "due_on": "2027-01-15",
                "deadline": year.trim_start_matches("/deadlines/"), "language": "en"});
            body.as_object_mut().expect("members").extend(more.as_object().cloned().unwrap_or_default());
            body
        };
        let before = lead.post("/tasks", body(json!({}))).await;
        before.ok(201);

        me.edit(&commitment, json!({"visibility": "group"})).await.ok(200);
        let wide = lead.post("/tasks", body(json!({"visibility": "national"}))).await;
        let planned = me.post("/tasks", body(json!({"visibility": "national", "plan": plan}))).await;
        let inherited = me.post("/tasks", body(json!({"plan": plan}))).await;
        let path = format!("/tasks/{}", before.id());
        let widened = lead.edit(&path, json!({"visibility": "national"})).await;
        me.act(&year, "waive", json!({"reason": "No plants"})).await.ok(200);

        let told = [("/visibility".to_owned(), "wider_than_parent".to_owned())];
        assert_eq!((wide.violations(), planned.violations(), widened.violations()), (told.to_vec(), told.to_vec(), told.to_vec()));
        assert_eq!(inherited.ok(201)["visibility"], "group");
        assert_eq!(of(&me, &path, "visibility").await, "group", "narrowed with its deadline");
        assert_eq!(of(&me, &path, "status").await, "planned", "people made it, and people end it");
        assert_eq!(of(&me, &made, "status").await, "cancelled");
        app.user("observer").await.get(&path).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_plan_goes_out_without_the_tasks_of_deadlines_that_stay_inside() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let (year, _) = begun(app, &me).await;
        let plan = app.world.id("plan:national");
        let body = json!({"owner": "KGZ", "title": "Ask the plants", "lead_agency": "MES", "due_on": "2027-01-15", "plan": plan,
            "deadline": year.trim_start_matches("/deadlines/"), "language": "en"});
        let task = format!("/tasks/{}", me.post("/tasks", body).await.id());
        let action = format!("/actions/{}", app.world.id("action:national"));
        let release = json!({"subject": {"plan": plan}, "audiences": ["public"]});

        let first = me.post("/releases", release.clone()).await;
        first.ok(201);
        let inside = app.anonymous().get(&task).await.status;
        let beside = app.anonymous().get(&action).await.status;
        for kind in ["commitment", "deadline"] {
            let all = json!({"subject": {"kind": kind}, "audiences": ["public"]});
            me.post("/releases", all).await.ok(201);
        }
        me.post("/releases", release).await.ok(201);
        let shown = app.anonymous().get(&task).await.status;

        assert_eq!((inside, beside, shown), (404, 200, 200));
    })
    .await;
}

#[tokio::test]
async fn a_commitment_that_is_deleted_takes_the_tasks_of_its_deadlines_along() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let (year, task) = begun(app, &me).await;
        let commitment = commitment(&me, &year).await;

        let gone = me.delete(&commitment, &me.get(&commitment).await.etag()).await;

        gone.ok(204);
        me.get(&task).await.problem(404, "not_found");
    })
    .await;
}
