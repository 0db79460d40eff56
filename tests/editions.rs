//! Editions of plans: the next one held apart, its adoption, what it froze, what differs, and what stood earlier.

mod bounds;
mod frozen;
mod hidden;
mod past;
mod sections;

use serde_json::{Value as Json, json};

use crate::{
    plans::{act, adopt, at},
    support::{TestApp, app, client::Client},
};

/// Adopts the world's plan and opens its next edition; answers the addresses of the plan and its records.
pub async fn opened(app: &TestApp, name: &str) -> [String; 4] {
    let paths = ["plan", "pillar", "objective", "action"].map(|kind| at(app, kind, name));
    adopt(app, &paths[0]).await;
    let me = app.user("secretariat").await;
    me.post(&format!("{}/editions", paths[0]), json!({})).await.ok(201);
    paths
}

/// The address of the next edition of a record.
pub fn next(path: &str) -> String {
    format!("{path}?edition=working")
}

/// Edits a record in the next edition, based on the version it has there.
pub async fn edit_next(who: &Client<'_>, path: &str, body: Json) -> crate::support::client::Answer {
    let etag = who.get(&next(path)).await.etag();
    who.patch(&next(path), &etag, body).await
}

/// Brings the next edition of a plan to adoption.
pub async fn adopt_next(app: &TestApp, path: &str) -> crate::support::client::Answer {
    let secretariat = app.user("secretariat").await;
    secretariat.act(path, "consult", json!({})).await.ok(200);
    secretariat.act(path, "submit", json!({})).await.ok(200);
    let mut act = act();
    act["act_number"] = json!("341");
    app.user("approver").await.act(path, "adopt", act).await
}

#[tokio::test]
async fn a_new_plan_is_worked_on_and_an_adopted_one_is_not() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let path = at(app, "plan", "national");

        let draft = me.get(&path).await;
        adopt(app, &path).await;
        let adopted = me.get(&path).await;

        assert_eq!(draft.ok(200)["working_status"], "draft");
        assert_eq!(adopted.ok(200)["working_status"], Json::Null);
        assert_eq!(adopted.ok(200)["status"], "adopted");
    })
    .await;
}

#[tokio::test]
async fn what_is_in_force_stays_while_the_next_edition_is_written() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [plan, pillar, _, action] = opened(app, "national").await;

        let edited = edit_next(&me, &action, json!({"title": "A better action"})).await;
        let moved = edit_next(&me, &plan, json!({"vision": "A country without CBRN incidents"})).await;
        let in_force = me.get(&action).await;
        let working = me.get(&next(&action)).await;
        let stated = me.get(&plan).await;

        assert_eq!(edited.ok(200)["title"], "A better action");
        assert_eq!(moved.ok(200)["vision"], "A country without CBRN incidents");
        assert_ne!(in_force.ok(200)["title"], "A better action");
        assert_eq!(working.ok(200)["title"], "A better action");
        assert_eq!(working.ok(200)["version"], in_force.ok(200)["version"]);
        assert_eq!(stated.ok(200)["vision"], Json::Null);
        assert_eq!(stated.ok(200)["working_status"], "draft");
        assert_eq!(stated.ok(200)["status"], "adopted");
        me.get(&next(&pillar)).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn what_the_next_edition_makes_is_absent_until_it_is_adopted() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [plan, pillar, ..] = opened(app, "national").await;
        let id = plan.rsplit('/').next().unwrap_or_default().to_owned();
        let above = pillar.rsplit('/').next().unwrap_or_default().to_owned();

        let made = me
            .post(
                "/objectives?edition=working",
                json!({"pillar": above, "title": "A new objective", "position": 9}),
            )
            .await;
        let path = format!("/objectives/{}", made.id());
        let below = json!({"objective": made.id(), "title": "A new action", "lead_agency": "MES"});
        let action = me.post("/actions?edition=working", below.clone()).await;
        let refused = me.post("/actions", below).await;
        let listed = me.get(&format!("/objectives?plan_id={id}&total=true")).await;
        let absent = me.get(&path).await;
        let there = me.get(&next(&path)).await;
        let tree = me.get(&format!("{plan}/tree?edition=working")).await;
        let adopted = adopt_next(app, &plan).await;

        assert_eq!(made.status, 201);
        assert_eq!(action.status, 201);
        refused.problem(422, "invalid");
        assert_eq!(listed.ok(200)["page"]["total"], 1);
        absent.problem(404, "not_found");
        assert_eq!(there.ok(200)["title"], "A new objective");
        assert!(tree.ok(200).to_string().contains("A new action"));
        assert_eq!(adopted.ok(200)["edition"], 2);
        assert_eq!(adopted.ok(200)["working_status"], Json::Null);
        assert_eq!(me.get(&path).await.ok(200)["title"], "A new objective");
        assert_eq!(me.get(&format!("/objectives?plan_id={id}&total=true")).await.ok(200)["page"]["total"], 2);
    })
    .await;
}

#[tokio::test]
async fn an_adoption_brings_edits_and_removals_into_force() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [plan, pillar, objective, action] = opened(app, "national").await;
        let id = plan.rsplit('/').next().unwrap_or_default().to_owned();
        let made = me.post("/pillars?edition=working", json!({"plan": id, "title": "Second pillar", "position": 2})).await;
        let second = me.post("/objectives?edition=working", json!({"pillar": made.id(), "title": "Second objective"})).await;
        edit_next(&me, &action, json!({"objective": second.id(), "title": "Moved action", "cost": {"amount": "10", "currency": "KGS"}})).await.ok(200);
        let etag = me.get(&next(&pillar)).await.etag();
        me.delete(&next(&pillar), &etag).await.ok(204);
        let removed = me.get(&next(&objective)).await;
        let diff = me.get(&format!("{plan}/diff")).await;

        let adopted = adopt_next(app, &plan).await;

        removed.problem(404, "not_found");
        let kinds = |part: &str| -> Vec<Json> {
            diff.ok(200)[part].as_array().cloned().unwrap_or_default().iter().map(|one| one["kind"].clone()).collect()
        };
        assert_eq!(kinds("added"), ["pillar", "objective"]);
        assert_eq!(kinds("removed"), ["pillar", "objective"]);
        assert_eq!(kinds("moved"), ["action"]);
        assert_eq!(kinds("changed"), ["action"]);
        assert_eq!(diff.ok(200)["changed"][0]["fields"]["cost"][1]["amount"], "10.00");
        adopted.ok(200);
        me.get(&pillar).await.problem(404, "not_found");
        me.get(&objective).await.problem(404, "not_found");
        let kept = me.get(&action).await;
        assert_eq!(kept.ok(200)["title"], "Moved action");
        assert_eq!(kept.ok(200)["objective"]["id"], second.id());
        assert_eq!(me.get(&format!("{plan}/tree?edition=1")).await.ok(200)["pillars"][0]["id"], pillar.rsplit('/').next().unwrap_or_default());
    })
    .await;
}

#[tokio::test]
async fn moves_of_the_next_edition_leave_the_state_in_force() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [plan, ..] = opened(app, "national").await;

        let started = me.act(&plan, "start", json!({})).await;
        let consulted = me.act(&plan, "consult", json!({})).await;
        let submitted = me.act(&plan, "submit", json!({})).await;
        let returned =
            app.user("approver").await.act(&plan, "return", json!({"reason": "Costs are missing"})).await;

        assert_eq!(started.ok(200)["status"], "in_implementation");
        assert_eq!(consulted.ok(200)["working_status"], "in_consultation");
        assert_eq!(consulted.ok(200)["status"], "in_implementation");
        assert_eq!(submitted.ok(200)["working_status"], "submitted");
        assert_eq!(returned.ok(200)["working_status"], "draft");
        assert_eq!(returned.ok(200)["working_reason"], "Costs are missing");
        assert_eq!(returned.ok(200)["status_reason"], Json::Null);
        assert_eq!(returned.ok(200)["status"], "in_implementation");
    })
    .await;
}

#[tokio::test]
async fn a_second_edition_waits_for_the_first() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [plan, ..] = opened(app, "national").await;

        let again = me.post(&format!("{plan}/editions"), json!({})).await;
        let officer = app.user("officer").await.post(&format!("{plan}/editions"), json!({})).await;
        let draft = me.post(&format!("{}/editions", at(app, "plan", "group")), json!({})).await;

        again.problem(409, "edition_open");
        officer.problem(403, "forbidden");
        draft.problem(409, "illegal_move");
    })
    .await;
}

#[tokio::test]
async fn writes_into_an_edition_that_is_not_open_are_refused() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let plan = at(app, "plan", "national");
        let action = at(app, "action", "national");
        adopt(app, &plan).await;

        let read = me.get(&next(&action)).await;
        let refused =
            me.patch(&next(&action), &me.get(&action).await.etag(), json!({"title": "Too early"})).await;
        let other = me
            .patch(&format!("{action}?edition=1"), &me.get(&action).await.etag(), json!({"title": "Past"}))
            .await;
        let strange = me.get(&format!("{action}?edition=next")).await;

        read.problem(404, "not_found");
        refused.problem(409, "no_working_edition");
        other.problem(400, "bad_request");
        strange.problem(400, "bad_request");
    })
    .await;
}

#[tokio::test]
async fn progress_and_sharing_belong_to_no_edition() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [_, _, _, action] = opened(app, "national").await;

        let refused =
            edit_next(&me, &action, json!({"status": "done", "visibility": "group", "title": "New"})).await;
        let reported = me.edit(&action, json!({"status": "in_progress"})).await;

        let pointers: Vec<String> = refused.violations().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(refused.status, 422);
        assert_eq!(pointers, ["/status", "/visibility"]);
        assert_eq!(reported.ok(200)["status"], "in_progress");
        assert_eq!(me.get(&next(&action)).await.ok(200)["status"], "in_progress");
    })
    .await;
}
