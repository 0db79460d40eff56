//! What users of the service ask, each answered by one call.

use serde_json::{Value as Json, json};

use crate::{
    exports::Sheet,
    odata,
    support::{TestApp, app, client::Client},
};

async fn rows(who: &Client<'_>, path: &str) -> Vec<Json> {
    let answer = who.get(path).await;
    let body = answer.ok(200);
    let rows = if body["rows"].is_array() { &body["rows"] } else { &body["items"] };
    rows.as_array().cloned().unwrap_or_default()
}

fn row<'a>(rows: &'a [Json], name: &str, value: &str) -> &'a Json {
    rows.iter().find(|row| row[name] == value).unwrap_or_else(|| panic!("no {name} {value} in {rows:?}"))
}

/// A task of the ministry, made by the focal point.
async fn task(app: &TestApp, title: &str, more: Json) -> String {
    let mut body = json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let made = app.user("focal_point").await.post("/tasks", body).await;
    made.ok(201);
    made.id()
}

#[tokio::test]
async fn the_state_of_all_plans_of_a_region_that_are_released() {
    app(async |app| {
        let partner = app.user("partner").await;

        let told = rows(&partner, "/analytics/plans?group_by=country,status&region=CA&kind=cbrn_nap").await;

        assert_eq!(told.len(), 1, "of the countries only one has released its plan");
        assert_eq!(
            (&told[0]["country"], &told[0]["status"], &told[0]["count"]),
            (&json!("KGZ"), &json!("draft"), &json!(1))
        );
        let meta =
            partner.get("/analytics/plans?region=CA&kind=cbrn_nap").await.body["meta"]["coverage"].clone();
        assert_eq!(meta, json!({"n": 1, "m": 2}), "one of two has released one");
    })
    .await;
}

#[tokio::test]
async fn how_many_countries_stand_at_which_step_by_region() {
    app(async |app| {
        let fp = app.user("focal_point").await;
        let cycle = json!({"owner": "KGZ", "number": 1, "title": "First", "language": "en"});
        let cycle = fp.post("/cycles", cycle).await;
        cycle.ok(201);
        let step = fp.post("/cycle-steps", json!({"cycle": cycle.id(), "step": "assessment"})).await;
        step.ok(201);
        fp.act(&format!("/cycle-steps/{}", step.id()), "start", json!({})).await.ok(200);

        let path =
            "/country_overview_flat?$apply=groupby((region,cycle_step),aggregate($count as countries))";
        let told = odata::value(&odata::get(&fp, path).await);
        let matrix = rows(&fp, "/country_overview_flat?region=CA").await;

        assert_eq!(
            row(&told, "cycle_step", "assessment"),
            &json!({"region": "CA", "cycle_step": "assessment", "countries": 1})
        );
        assert_eq!(row(&told, "cycle_step", "not_recorded")["countries"], 1);
        assert_eq!(row(&matrix, "country", "KGZ")["cycle_step_status"], "running");
        // Over countries that let nobody read it there is a cube, which tells nothing of fewer than three.
        let cube = rows(&app.anonymous(), "/cubes/countries-by-step").await;
        assert!(cube.iter().all(|cell| cell["countries"].is_null()), "{cube:?}");
    })
    .await;
}

#[tokio::test]
async fn gaps_by_area_across_a_region() {
    app(async |app| {
        let steward = app.user("steward").await;
        steward
            .post("/capability-areas", json!({"code": "LABS", "title": "Laboratories", "domains": ["B"]}))
            .await
            .ok(201);
        let fp = app.user("focal_point").await;
        for title in ["One", "Two"] {
            let gap =
                json!({"owner": "KGZ", "area": "LABS", "title": title, "domains": ["B"], "language": "en"});
            fp.post("/gaps", gap).await.ok(201);
        }

        let told = rows(&fp, "/analytics/gaps?group_by=area,country&region=CA&labels=codes").await;
        let hidden =
            rows(&app.user("foreign_focal_point").await, "/analytics/gaps?group_by=area&region=CA").await;

        assert_eq!(told, [json!({"area": "LABS", "country": "KGZ", "count": 2})]);
        assert_eq!(hidden, Vec::<Json>::new());
    })
    .await;
}

#[tokio::test]
async fn who_is_party_to_what_in_a_region_on_a_day() {
    app(async |app| {
        let steward = app.user("steward").await;
        let fact = json!({"owner": "reference", "country": "KAZ", "framework": "CWC", "status": "ratified", "status_on": "2000-03-23",
            "status_precision": "day", "in_force_on": "2000-04-22", "in_force_precision": "day", "confidence": "high", "source": "depositary"});
        steward.post("/participations", fact).await.ok(201);

        let now = app.anonymous().get("/participation-matrix?region=CA&party_to=CWC").await;
        let before = app.anonymous().get("/participation-matrix?region=CA&not_party_to=CWC&valid_on=2000-01-01").await;
        let flat = rows(&app.anonymous(), "/participation_flat?framework_code=CWC&region=CA").await;

        let codes = |of: &Json| of["rows"].as_array().expect("rows").iter().map(|row| row["country"]["code"].clone()).collect::<Vec<_>>();
        assert_eq!(codes(now.ok(200)), ["KAZ"]);
        assert!(codes(before.ok(200)).contains(&json!("KAZ")));
        assert_eq!(row(&flat, "country", "KAZ")["standing"], "party");
    })
    .await;
}

#[tokio::test]
async fn the_workload_of_an_agency_by_month_and_what_it_has_done() {
    app(async |app| {
        task(app, "First", json!({"due_on": "2027-03-05", "estimate_days": 4})).await;
        task(app, "Second", json!({"due_on": "2027-03-25", "estimate_days": 3})).await;
        task(app, "Later", json!({"due_on": "2027-04-01"})).await;
        task(app, "Done", json!({"status": "done", "completed_on": "2026-02-03", "due_on": "2026-02-01"})).await;
        let me = app.user("officer").await;

        let told = rows(&me, "/analytics/tasks?group_by=due_on:month&measure=count,sum:estimate_days&lead_agency=MES&due_from=2027-01-01").await;
        let done = rows(&me, "/analytics/tasks?group_by=completed_on:month&status=done").await;

        assert_eq!((&row(&told, "due_on", "2027-03")["count"], &row(&told, "due_on", "2027-03")["sum_estimate_days"]), (&json!(2), &json!(7)));
        assert_eq!(row(&told, "due_on", "2027-04")["count"], 1);
        assert_eq!(row(&done, "completed_on", "2026-02")["count"], 1);
    })
    .await;
}

#[tokio::test]
async fn projects_that_serve_a_plan_and_actions_that_nobody_pays() {
    app(async |app| {
        let fp = app.user("focal_point").await;
        let action = app.world.id("action:released");
        let project = json!({"owner": "KGZ", "title": "Equipment", "actions": [action], "language": "en"});
        let project = fp.post("/projects", project).await;
        project.ok(201);

        let serving = rows(&fp, &format!("/projects?action={action}")).await;
        let funding = fp.get(&format!("/plans/{}/funding", app.world.id("plan:released"))).await;
        let unpaid = odata::value(
            &odata::get(
                &fp,
                "/plan_action_flat?$filter=funding_source eq null and pillar_title eq 'Pillar released'",
            )
            .await,
        );

        assert_eq!(serving.len(), 1);
        assert_eq!(funding.ok(200)["without_funding"].as_array().map(Vec::len), Some(1), "{}", funding.body);
        assert_eq!(unpaid.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_project_in_several_countries_is_told_of_each() {
    app(async |app| {
        let fp = app.user("focal_point").await;
        let project =
            fp.post("/projects", json!({"owner": "KGZ", "title": "Across", "language": "en"})).await;
        project.ok(201);
        for country in ["KGZ", "KAZ"] {
            fp.post("/project-countries", json!({"project": project.id(), "country": country})).await.ok(201);
        }

        let told = rows(&fp, "/analytics/project-countries?group_by=project,country&labels=codes").await;

        let countries: Vec<&Json> = told.iter().map(|row| &row["country"]).collect();
        assert_eq!(countries, ["KAZ", "KGZ"]);
    })
    .await;
}

#[tokio::test]
async fn what_has_changed_since_a_cursor() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let start = me.get("/changes?after=now").await;
        let cursor = start.ok(200)["next"].as_str().expect("a cursor").to_owned();
        let id = task(app, "New", json!({})).await;

        let told = me.get(&format!("/changes?after={cursor}&kinds=task")).await;

        let items = told.ok(200)["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(items.len(), 1, "{}", told.body);
        assert_eq!(items[0]["id"], id);
    })
    .await;
}

#[tokio::test]
async fn reference_data_and_a_plan_as_files() {
    app(async |app| {
        let me = app.user("partner").await;
        let plan = app.world.id("plan:released");

        let frameworks = Sheet::get(&app.anonymous(), "/frameworks.csv").await;
        let actions = Sheet::get(&me, &format!("/actions.csv?plan_id={plan}")).await;
        let document = me.get(&format!("/plans/{plan}/document?format=json")).await;
        let iati = me.get(&format!("/plans/{plan}/iati?format=xml")).await;

        assert_eq!(frameworks.column("code"), ["CWC"]);
        assert_eq!(actions.column("title"), ["Action released"]);
        assert_eq!(document.status, 200);
        assert!(String::from_utf8_lossy(&iati.bytes).contains("<iati-activity"), "{}", iati.status);
    })
    .await;
}

#[tokio::test]
async fn obligations_most_often_without_a_recorded_measure() {
    app(async |app| {
        let fp = app.user("focal_point").await;
        let mark = json!({"owner": "KGZ", "obligation": "CWC-III", "dimension": "C", "mark": "found", "source": "Law",
            "assessed_on": "2026-11-20"});
        fp.post("/coverage-marks", mark).await.ok(201);

        let path = "/obligation_status_flat?$apply=filter(mark_c eq 'not_recorded')/groupby((obligation_code),aggregate($count as countries))&$orderby=countries desc&$top=10";
        let told = odata::value(&odata::get(&fp, path).await);

        assert_eq!(
            told,
            [json!({"obligation_code": "CWC-VII", "countries": 2}), json!({"obligation_code": "CWC-III", "countries": 1})]
        );
    })
    .await;
}

#[tokio::test]
async fn figures_as_they_were_known_on_a_day() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let id = task(app, "Known", json!({"estimate_days": 900})).await;
        app.state.clock.advance(chrono::TimeDelta::minutes(1));
        let read = me.get("/analytics/tasks?group_by=status").await;
        let address = read.ok(200)["meta"]["url"].as_str().expect("an address").replace("/api/v1", "");
        app.state.clock.advance(chrono::TimeDelta::days(40));
        let me = app.user("focal_point").await;
        me.act(&format!("/tasks/{id}"), "cancel", json!({"reason": "Not needed"})).await.ok(200);

        let again = me.get(&address).await;
        let now = me.get("/analytics/tasks?group_by=status").await;
        let series = rows(&me, "/analytics/tasks/series?bucket=month&group_by=status").await;

        assert_eq!(again.ok(200)["rows"], read.body["rows"], "the same address tells the same figures");
        assert_ne!(now.ok(200)["rows"], read.body["rows"]);
        assert!(series.iter().any(|row| row["status"] == "cancelled"), "{series:?}");
    })
    .await;
}
