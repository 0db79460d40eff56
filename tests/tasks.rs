//! Tasks: lifecycle, dependencies, contributors.

mod batches;
mod breaking;
mod conditions;
mod done;
mod keys;
mod several;

use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

/// A new task of Kyrgyzstan's ministry of emergencies.
pub fn task(title: &str) -> Json {
    json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en"})
}

/// Makes a task and answers its address.
pub async fn made(who: &Client<'_>, body: Json) -> String {
    let made = who.post("/tasks", body).await;
    made.ok(201);
    format!("/tasks/{}", made.id())
}

pub fn at(app: &TestApp, name: &str) -> String {
    format!("/tasks/{}", app.world.id(&format!("task:{name}")))
}

/// Makes moves one after the other; answers the state or code after each.
async fn walk(who: &Client<'_>, path: &str, moves: &[(&str, Json)]) -> Vec<String> {
    let mut states = Vec::new();
    for (verb, body) in moves {
        let moved = who.act(path, verb, body.clone()).await;
        let said = if moved.status == 200 { &moved.body["status"] } else { &moved.body["code"] };
        states.push(said.as_str().unwrap_or_default().to_owned());
    }
    states
}

#[tokio::test]
async fn a_task_walks_from_planned_to_done() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "national");
        let none = json!({});
        let forward = [
            ("assign", json!({"due_on": "2027-03-31"})),
            ("start", none.clone()),
            ("submit", none.clone()),
            ("return", json!({"reason": "The annex is missing"})),
            ("submit", none.clone()),
            ("complete", none),
            ("reopen", json!({"reason": "Found an error"})),
        ];

        let states = walk(&me, &path, &forward).await;

        let expected =
            ["assigned", "in_progress", "in_review", "in_progress", "in_review", "done", "in_progress"];
        assert_eq!(states, expected);
        let read = me.get(&path).await;
        assert_eq!(read.ok(200)["due_on"], "2027-03-31");
        assert_eq!(read.ok(200)["status_reason"], "Found an error");
    })
    .await;
}

#[tokio::test]
async fn a_blocked_task_goes_back_to_where_it_was() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "national");
        let block = ("block", json!({"reason": "Waits for the laboratory"}));
        let unblock = ("unblock", json!({}));

        walk(&me, &path, &[("assign", json!({"due_on": "2027-03-31"}))]).await;
        let early = walk(&me, &path, &[block.clone(), unblock.clone()]).await;
        walk(&me, &path, &[("start", json!({})), ("submit", json!({}))]).await;
        let late = walk(&me, &path, &[block, unblock]).await;

        assert_eq!(early, ["blocked", "assigned"]);
        assert_eq!(late, ["blocked", "in_review"]);
    })
    .await;
}

#[tokio::test]
async fn an_assignment_needs_a_day_and_a_block_its_reason() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "national");

        let dayless = me.act(&path, "assign", json!({})).await;
        me.act(&path, "assign", json!({"due_on": "2027-03-31"})).await.ok(200);
        let groundless = me.act(&path, "block", json!({})).await;
        let unknown = me.act(&path, "complete", json!({})).await;

        assert_eq!(dayless.problem(409, "illegal_move")["missing"], json!(["due_on"]));
        assert_eq!(groundless.problem(409, "illegal_move")["missing"], json!(["reason"]));
        assert_eq!(unknown.problem(409, "illegal_move")["allowed"], json!(["start", "block", "cancel"]));
    })
    .await;
}

#[tokio::test]
async fn an_assignment_hands_the_lead_over() {
    app(async |app| {
        let path = at(app, "national");
        let body = json!({"due_on": "2027-03-31", "lead_agency": "MOF"});

        let by_officer = app.user("officer").await.act(&path, "assign", body.clone()).await;
        let by_secretariat = app.user("secretariat").await.act(&path, "assign", body).await;

        by_officer.problem(403, "forbidden");
        assert_eq!(by_secretariat.ok(200)["lead_agency"]["code"], "MOF");
    })
    .await;
}

#[tokio::test]
async fn a_task_is_complete_only_after_those_it_waits_for() {
    app(async |app| {
        let me = app.user("officer").await;
        let first = made(&me, task("First")).await;
        let id = first.trim_start_matches("/tasks/");
        let mut second = task("Second");
        second["depends_on"] = json!([id]);
        let second = made(&me, second).await;
        let forward =
            [("assign", json!({"due_on": "2027-03-31"})), ("start", json!({})), ("submit", json!({}))];
        walk(&me, &second, &forward).await;

        let early = me.act(&second, "complete", json!({})).await;
        let moves = me.get(&format!("{second}/moves")).await;
        me.act(&first, "cancel", json!({"reason": "Not needed"})).await.ok(200);
        let late = me.act(&second, "complete", json!({})).await;

        let missing = json!(["every task it depends on done or cancelled"]);
        assert_eq!(early.problem(409, "illegal_move")["missing"], missing);
        let complete = json!({"verb": "complete", "to": "done", "allowed": false,
            "recorded_only": false, "missing": missing, "warnings": []});
        assert_eq!(moves.ok(200)[0], complete);
        assert_eq!(late.ok(200)["status"], "done");
    })
    .await;
}

#[tokio::test]
async fn dependencies_form_no_circle() {
    app(async |app| {
        let me = app.user("officer").await;
        let a = made(&me, task("A")).await;
        let b = made(&me, task("B")).await;
        let c = made(&me, task("C")).await;
        let on = |path: &str| json!({"depends_on": [path.trim_start_matches("/tasks/")]});
        me.edit(&a, on(&b)).await.ok(200);
        me.edit(&b, on(&c)).await.ok(200);

        let far = me.edit(&c, on(&a)).await;
        let near = me.edit(&c, on(&c)).await;

        far.problem(422, "invalid");
        assert_eq!(far.violations(), [("/depends_on".into(), "reference_cycle".into())]);
        near.problem(422, "invalid");
        assert_eq!(near.violations(), [("/depends_on".into(), "reference_cycle".into())]);
        assert_eq!(me.get(&c).await.ok(200)["depends_on"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_circle_within_one_batch_is_found() {
    app(async |app| {
        let me = app.user("officer").await;
        let a = made(&me, task("A")).await.replace("/tasks/", "");
        let b = made(&me, task("B")).await.replace("/tasks/", "");
        let items = json!([
            {"op": "update", "id": a, "version": 1, "data": {"depends_on": [b]}},
            {"op": "update", "id": b, "version": 1, "data": {"depends_on": [a]}},
        ]);

        let refused = me.post("/tasks/batch", json!({"items": items})).await;

        let outcomes = refused.problem(422, "invalid")["outcomes"].clone();
        assert_eq!(outcomes[0]["errors"][0]["code"], "reference_cycle");
        assert_eq!(outcomes[1]["errors"][0]["code"], "reference_cycle");
    })
    .await;
}

#[tokio::test]
async fn contributors_write_progress_and_nothing_else() {
    app(async |app| {
        let me = app.user("contributor").await;
        let path = at(app, "national");
        let progress = json!({"progress_percent": 30, "progress_note": "Samples taken"});

        let reported = me.edit(&path, progress).await;
        let titled = me.edit(&path, json!({"title": "Ours now"})).await;
        let mixed = me.edit(&path, json!({"progress_percent": 40, "priority": "urgent"})).await;
        let cancelled = me.act(&path, "cancel", json!({"reason": "No"})).await;
        let deleted = me.delete(&path, &me.get(&path).await.etag()).await;

        assert_eq!(reported.ok(200)["progress_percent"], 30);
        titled.problem(403, "forbidden");
        mixed.problem(403, "forbidden");
        cancelled.problem(403, "forbidden");
        deleted.problem(403, "forbidden");
        let can = json!(["progress", "start", "submit", "complete", "return", "block", "unblock"]);
        assert_eq!(reported.body["can"], can);
    })
    .await;
}

#[tokio::test]
async fn an_officer_leads_only_for_its_own_agency() {
    app(async |app| {
        let me = app.user("officer").await;
        let mut other = task("For another ministry");
        other["lead_agency"] = json!("MOF");

        let made = me.post("/tasks", other).await;
        let handed = me.edit(&at(app, "national"), json!({"lead_agency": "MOF"})).await;

        made.problem(403, "forbidden");
        handed.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_task_in_a_later_state_gives_that_states_facts() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut assigned = task("From the old register");
        assigned["status"] = json!("assigned");
        let mut dated = assigned.clone();
        dated["due_on"] = json!("2026-12-31");

        let bare = me.post("/tasks", assigned).await;
        let whole = me.post("/tasks", dated).await;

        bare.problem(422, "invalid");
        assert_eq!(bare.violations(), [("/due_on".into(), "required".into())]);
        assert_eq!(whole.ok(201)["status"], "assigned");
    })
    .await;
}

#[tokio::test]
async fn an_agency_that_leads_tasks_is_in_use() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/agencies/{}", app.world.id("agency:KGZ/MES"));
        let new = json!({"owner": "KGZ", "language": "en", "code": "NEW", "name": "New agency", "kind": "ministry"});
        let unused = format!("/agencies/{}", me.post("/agencies", new).await.id());

        let kept = me.delete(&path, &me.get(&path).await.etag()).await;
        let gone = me.delete(&unused, &me.get(&unused).await.etag()).await;

        kept.problem(409, "in_use");
        gone.ok(204);
    })
    .await;
}

#[tokio::test]
async fn an_edit_that_changes_nothing_makes_no_version() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "national");
        let read = me.get(&path).await;

        let edited = me.patch(&path, &read.etag(), json!({"title": "Task national"})).await;

        assert_eq!(edited.ok(200)["version"], 1);
        assert_eq!(edited.etag(), read.etag());
    })
    .await;
}
