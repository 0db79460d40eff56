//! Progress of a plan: counts, shares, what is told instead.

use chrono::TimeDelta;
use serde_json::{Value as Json, json};

use super::id;
use crate::{
    statements::counted,
    support::{TestApp, app, client::Client},
};

fn path(app: &TestApp, plan: &str) -> String {
    format!("/plans/{}/progress", id(app, &format!("plan:{plan}")))
}

/// Adds an action to the world's national objective.
async fn action(app: &TestApp, more: Json) {
    let mut body = json!({"objective": id(app, "objective:national"), "title": "More", "lead_agency": "MOH"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    app.user("focal_point").await.post("/actions", body).await.ok(201);
}

/// Adds a task of an action, or of the plan only.
async fn task(app: &TestApp, action: Option<&str>, more: Json) {
    let mut body = json!({"owner": "KGZ", "language": "en", "title": "More", "lead_agency": "MOF",
        "plan": id(app, "plan:national")});
    if let Some(action) = action {
        body["action"] = json!(id(app, action));
    }
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    app.user("focal_point").await.post("/tasks", body).await.ok(201);
}

/// Actions and tasks in several states.
async fn fill(app: &TestApp) {
    action(app, json!({"status": "done"})).await;
    action(app, json!({"status": "in_progress", "progress_percent": 50, "ends_on": "2026-11-20"})).await;
    action(app, json!({"status": "cancelled", "ends_on": "2026-01-01"})).await;
    task(app, Some("action:national"), json!({"status": "in_progress", "due_on": "2026-11-01"})).await;
    task(
        app,
        Some("action:national"),
        json!({"status": "done", "due_on": "2026-11-01", "completed_on": "2026-11-02"}),
    )
    .await;
    task(app, None, json!({})).await;
}

fn counts(of: &Json, names: &[&str]) -> Vec<Json> {
    names.iter().map(|name| of[name].clone()).collect()
}

#[tokio::test]
async fn progress_is_counted_by_pillar_objective_agency_and_domain() {
    app(async |app| {
        fill(app).await;

        let read = app.user("secretariat").await.get(&path(app, "national")).await;

        let all = read.ok(200);
        let whole = &all["whole"];
        let names =
            ["total", "planned", "in_progress", "done", "cancelled", "late", "done_percent", "late_percent"];
        assert_eq!(counts(&whole["actions"], &names), [4, 1, 1, 1, 1, 1, 33, 33]);
        assert_eq!(whole["percent"], 50);
        let names =
            ["total", "planned", "running", "done", "blocked", "late", "done_percent", "late_percent"];
        assert_eq!(counts(&whole["tasks"], &names), [3, 1, 1, 1, 0, 1, 33, 33]);
        assert_eq!(all["pillars"][0]["pillar"]["name"], "Pillar national");
        assert_eq!(all["pillars"][0]["computed"]["actions"], whole["actions"]);
        assert_eq!(all["objectives"][0]["computed"]["tasks"]["total"], 2);
        let agencies: Vec<Json> = all["agencies"]
            .as_array()
            .expect("agencies")
            .iter()
            .map(|one| one["agency"]["code"].clone())
            .collect();
        assert_eq!(agencies, ["MES", "MOF", "MOH"]);
        assert_eq!(
            (&all["domains"][0]["domain"], &all["domains"][0]["computed"]["tasks"]["total"]),
            (&json!("C"), &json!(2))
        );
        assert_eq!(
            (&all["domains"][1]["domain"], &all["domains"][1]["computed"]["actions"]["total"]),
            (&Json::Null, &json!(3))
        );
    })
    .await;
}

#[tokio::test]
async fn progress_reads_alike_on_both_faces() {
    app(async |app| {
        fill(app).await;
        let me = app.user("observer").await;
        let query = "query($id: ID!) { planProgress(id: $id) { asOf whole { percent actions { total done late } tasks { \
                     running late } } agencies { agency { code } computed { actions { total } } } } }";

        let by_rest = me.get(&path(app, "national")).await;
        let by_graphql = me.graphql(query, json!({"id": id(app, "plan:national")})).await;

        let (rest, graphql) = (by_rest.ok(200), &by_graphql.data()["planProgress"]);
        assert_eq!(rest["as_of"], graphql["asOf"]);
        assert_eq!(rest["whole"]["percent"], graphql["whole"]["percent"]);
        for name in ["total", "done", "late"] {
            assert_eq!(rest["whole"]["actions"][name], graphql["whole"]["actions"][name]);
        }
        assert_eq!(rest["agencies"][0]["agency"]["code"], graphql["agencies"][0]["agency"]["code"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_caller_does_not_see_is_not_counted() {
    app(async |app| {
        action(app, json!({"visibility": "group"})).await;
        let total = async |who: &Client<'_>, plan: &str| {
            let read = who.get(&path(app, plan)).await;
            if read.status == 200 {
                read.body["whole"]["actions"]["total"].clone()
            } else {
                json!(read.status)
            }
        };

        let inside = total(&app.user("focal_point").await, "national").await;
        let observer = total(&app.user("observer").await, "national").await;
        let partner = total(&app.user("partner").await, "released").await;
        let outside = total(&app.user("partner").await, "national").await;

        assert_eq!([inside, observer, partner, outside], [2, 1, 1, 404]);
    })
    .await;
}

#[tokio::test]
async fn an_agency_that_the_caller_does_not_see_is_not_named() {
    app(async |app| {
        let read = app.user("partner").await.get(&path(app, "released")).await;

        let agencies = read.ok(200)["agencies"].clone();
        assert_eq!(agencies[0]["agency"], Json::Null);
        assert_eq!(agencies[0]["computed"]["actions"]["total"], 1);
    })
    .await;
}

#[tokio::test]
async fn late_is_told_by_the_day_in_the_country() {
    app(async |app| {
        action(app, json!({"ends_on": "2026-11-21"})).await;
        let me = app.user("focal_point").await;

        let before = me.get(&path(app, "national")).await;
        // In Bishkek it is the next day already, in UTC it is not.
        app.state.clock.advance(TimeDelta::hours(9));
        let after = app.user("focal_point").await.get(&path(app, "national")).await;

        assert_eq!(
            (&before.ok(200)["as_of"], &before.body["whole"]["actions"]["late"]),
            (&json!("2026-11-21"), &json!(0))
        );
        assert_eq!(
            (&after.ok(200)["as_of"], &after.body["whole"]["actions"]["late"]),
            (&json!("2026-11-22"), &json!(1))
        );
    })
    .await;
}

#[tokio::test]
async fn an_owner_tells_another_figure_with_a_reason() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let pillar = format!("/pillars/{}", id(app, "pillar:national"));
        let objective = format!("/objectives/{}", id(app, "objective:national"));
        crate::plans::adopt(app, &format!("/plans/{}", id(app, "plan:national"))).await;

        let bare = me.edit(&pillar, json!({"progress_override_percent": 80})).await;
        let over = me
            .edit(&pillar, json!({"progress_override_percent": 101, "progress_override_reason": "x"}))
            .await;
        let alone = me.edit(&objective, json!({"progress_override_reason": "Agreed"})).await;
        let told =
            json!({"progress_override_percent": 80, "progress_override_reason": "The law is in force"});
        me.edit(&pillar, told).await.ok(200);
        let by_observer =
            app.user("observer").await.edit(&pillar, json!({"progress_override_percent": 1})).await;

        assert_eq!(bare.violations(), [("/progress_override_reason".to_owned(), "required".to_owned())]);
        assert_eq!(over.violations(), [("/progress_override_percent".to_owned(), "out_of_range".to_owned())]);
        assert_eq!(alone.violations(), [("/progress_override_percent".to_owned(), "required".to_owned())]);
        by_observer.problem(403, "forbidden");
        let read = me.get(&path(app, "national")).await;
        let first = &read.ok(200)["pillars"][0];
        assert_eq!((&first["override_percent"], &first["computed"]["percent"]), (&json!(80), &json!(0)));
        assert_eq!(first["override_reason"], "The law is in force");
    })
    .await;
}

/// Adds a pillar with an objective and so many actions and tasks, in one call.
async fn many(app: &TestApp, count: usize) {
    let me = app.user("focal_point").await;
    let (plan, objective) = (id(app, "plan:national"), id(app, "objective:national"));
    let mut items = Vec::new();
    for at in 0..count {
        let title = format!("Many {at}");
        items.push(json!({"kind": "action", "op": "create", "data": {"objective": objective, "title": title,
            "lead_agency": "MOH", "obligations": ["CWC-III", "CWC-VII"], "cost": {"amount": "10.00", "currency": "KGS"}}}));
        items.push(
            json!({"kind": "task", "op": "create", "data": {"owner": "KGZ", "language": "en", "plan": plan,
            "title": title, "lead_agency": "MOH"}}),
        );
    }
    me.post("/batch", json!({"items": items})).await.ok(200);
}

#[tokio::test]
async fn figures_take_as_many_statements_whatever_the_size() {
    app(async |app| {
        let token = app.user("secretariat").await.token;
        let mut taken = Vec::new();
        for more in [0, 400] {
            many(app, more.max(1)).await;
            let app = counted(app);
            let me = Client::new(&app, token.clone());
            for figures in ["progress", "funding"] {
                let path = format!("/plans/{}/{figures}", id(&app, "plan:national"));
                // What is remembered of callers and owners is asked for once.
                me.get(&path).await.ok(200);
                let before = app.state.db.statements();
                me.get(&path).await.ok(200);
                taken.push(app.state.db.statements() - before);
            }
        }

        assert_eq!((taken[0], taken[1]), (taken[2], taken[3]));
        assert!(taken.iter().all(|count| *count <= 10), "{taken:?}");
    })
    .await;
}
