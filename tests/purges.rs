//! Purging: content entered by mistake is destroyed, in the record and in its past.

use serde_json::{Value as Json, json};

use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

const SECRET: &str = "Whereabouts of the stockpile";

async fn purge(who: &Client<'_>, path: &str) -> Answer {
    let etag = who.get(path).await.headers.get("etag").and_then(|tag| tag.to_str().ok().map(str::to_owned));
    let by_version = who.with("if-match", etag.unwrap_or_else(|| "\"1.000000000000\"".into()));
    by_version.post(&format!("{path}/purge"), json!({"reason": "Entered by mistake"})).await
}

fn task(title: &str) -> Json {
    json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en"})
}

/// Whether the log or the records hold the secret anywhere.
async fn holds_secret(app: &TestApp) -> bool {
    let mut all = String::new();
    for (table, column) in
        [("change_payload", "before"), ("change_payload", "after"), ("task", "title"), ("task", "search")]
    {
        all += &app.stored(table, column).await.concat();
    }
    all.to_lowercase().contains("stockpile")
}

async fn history(who: &Client<'_>, path: &str) -> Json {
    let past = who.get(&format!("{path}/history")).await;
    if past.status == 404 { json!([]) } else { past.ok(200)["items"].clone() }
}

#[tokio::test]
async fn what_is_purged_is_nowhere_and_the_log_says_that_it_was() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let keyed = me.with("idempotency-key", "mistake");
        let made = keyed.post("/tasks", task(SECRET)).await;
        let path = format!("/tasks/{}", made.id());
        me.edit(&path, json!({"title": "Harmless", "description": SECRET})).await.ok(200);
        let feed = me.get("/changes?after=now").await.ok(200)["next"].as_str().expect("a cursor").to_owned();
        assert!(holds_secret(app).await);

        let purged = purge(&me, &path).await;

        purged.ok(204);
        assert!(!holds_secret(app).await);
        me.get(&path).await.problem(404, "not_found");
        assert_eq!(history(&me, &path).await, json!([]));
        keyed.post("/tasks", task(SECRET)).await.problem(404, "not_found");
        assert_eq!(me.get("/tasks?q=stockpile").await.ok(200)["items"], json!([]));
        let told = me.get(&format!("/changes?after={feed}")).await;
        let events: Vec<_> = told.ok(200)["items"].as_array().expect("items").iter().collect();
        assert_eq!((&events[0]["event"], &events[0]["id"]), (&json!("disappeared"), &json!(made.id())));
        assert_eq!(events.len(), 1);
        assert_eq!(app.stored("purge", "reason").await, ["Entered by mistake"]);
        assert_eq!(app.stored("purge", "kind").await, ["task"]);
        let report = kernel::change::verify(&app.system(), None).await.expect("a report");
        assert_eq!((report.findings, report.erased), (vec![], 3));
    })
    .await;
}

#[tokio::test]
async fn the_focal_point_and_the_leading_agencys_lead_purge_and_nobody_else() {
    app(async |app| {
        let officer = app.user("officer").await;
        let mut kept = task("Ours");
        kept["visibility"] = json!("agency");
        let open = format!("/tasks/{}", officer.post("/tasks", task("Open")).await.id());
        let closed = format!("/tasks/{}", officer.post("/tasks", kept).await.id());
        let lead = app.user("lead").await;

        purge(&app.user("secretariat").await, &open).await.problem(403, "forbidden");
        purge(&officer, &open).await.problem(403, "forbidden");
        purge(&app.user("bystander").await, &open).await.problem(403, "forbidden");
        purge(&app.user("foreign_focal_point").await, &open).await.problem(404, "not_found");
        purge(&app.user("operator").await, &open).await.problem(404, "not_found");
        purge(&app.user("focal_point").await, &closed).await.problem(404, "not_found");
        purge(&app.anonymous(), &open).await.problem(401, "unauthenticated");
        purge(&lead, &closed).await.ok(204);
        purge(&lead, &open).await.ok(204);
    })
    .await;
}

#[tokio::test]
async fn what_others_stand_below_or_refer_to_is_not_purged() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let plan = format!("/plans/{}", app.world.id("plan:national"));
        let agency = format!("/agencies/{}", app.world.id("agency:KGZ/MES"));

        let below = purge(&me, &plan).await;
        let used = purge(&me, &agency).await;

        below.problem(409, "in_use");
        used.problem(409, "in_use");
        assert_ne!(history(&me, &plan).await, json!([]));
        assert_eq!(app.stored("purge", "reason").await, Vec::<String>::new());
    })
    .await;
}

/// Whoever purges is not told of what only agencies see below.
#[tokio::test]
async fn what_is_hidden_below_goes_along_untold() {
    app(async |app| {
        let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
        let objective = app.world.id("objective:national");
        let action = json!({"objective": objective, "title": "By mistake", "lead_agency": "MES"});
        let action = me.post("/actions", action).await.id();
        let hidden = json!({"owner": "KGZ", "action": action, "title": "Hidden", "lead_agency": "MES", "visibility": "agency"});
        let hidden = officer.post("/tasks", hidden).await;
        hidden.ok(201);
        let path = format!("/tasks/{}", hidden.id());

        let purged = purge(&me, &format!("/actions/{action}")).await;

        assert!((200..300).contains(&purged.status), "{}", purged.body);
        assert_eq!((me.get(&path).await.status, officer.get(&path).await.status), (404, 404));
        assert_eq!(history(&officer, &path).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_purge_says_why_and_of_which_version() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let made = me.post("/tasks", task("Kept")).await;
        let path = format!("/tasks/{}/purge", made.id());
        let reason = json!({"reason": "Entered by mistake"});

        let silent = me.post(&path, json!({"reason": ""})).await;
        let blind = me.post(&path, reason.clone()).await;
        let late = me.with("if-match", "\"9.000000000000\"").post(&path, reason).await;

        assert_eq!(silent.violations(), [("/reason".to_owned(), "too_short".to_owned())]);
        blind.problem(428, "version_required");
        assert_eq!(late.problem(412, "stale_version")["current_version"], 1);
        me.get(&format!("/tasks/{}", made.id())).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn purging_has_a_twin() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let made = me.post("/tasks", task(SECRET)).await;
        let mutation = "mutation($id: ID!) {
            purgeTask(input: {id: $id, expectedVersion: 1, reason: \"Entered by mistake\"}) { id } }";

        let forbidden = app.user("officer").await.graphql(mutation, json!({"id": made.id()})).await;
        let purged = me.graphql(mutation, json!({"id": made.id()})).await;

        assert_eq!(forbidden.body["errors"][0]["extensions"]["code"], "forbidden");
        assert_eq!(purged.data()["purgeTask"]["id"], made.id());
        assert!(!holds_secret(app).await);
    })
    .await;
}
