//! What is read of a country's marks: by framework and domain, and what has no recorded measure.

use serde_json::{Value as Json, json};

use super::{duty, mark, matrix};
use crate::{
    delivery::made,
    statements::counted,
    support::{
        TestApp, app,
        client::{Answer, Client},
    },
};

/// The codes of the obligations in a list.
fn codes(list: &Json) -> Vec<String> {
    let text =
        |one: &Json| one["code"].as_str().or(one["obligation"]["code"].as_str()).unwrap_or("?").to_owned();
    list.as_array().expect("a list").iter().map(text).collect()
}

async fn coverage(who: &Client<'_>, query: &str) -> Answer {
    let read = who.get(&format!("/countries/KGZ/coverage{query}")).await;
    read.ok(200);
    read
}

#[tokio::test]
async fn coverage_keeps_binding_forces_apart_and_names_what_has_no_measure() {
    app(async |app| {
        duty(app, "CWC", ("CWC-P", json!({"binding": "politically_binding", "domains": ["C", "B"]}))).await;
        duty(app, "CWC", ("CWC-X", json!({"binding": "encouraged"}))).await;
        duty(app, "CWC", ("CWC-X-1", json!({"binding": "encouraged", "part_of": "CWC-X"}))).await;
        let me = app.user("secretariat").await;
        let marked = made(&me, "/coverage-marks", mark("CWC-III", json!({}))).await;
        made(&me, "/coverage-marks", mark("CWC-P", json!({"dimension": "B", "mark": "not_applicable"}))).await;
        let law = json!({"owner": "KGZ", "language": "en", "kind": "law", "title": "Law", "lead_agency": "MES",
            "obligations": ["CWC-III"]});
        made(&me, "/legal-instruments", law).await;

        let read = coverage(&me, "").await;

        let all = &read.body["bindings"];
        let forces = [0, 1, 2].map(|at: usize| all[at]["binding"].clone());
        assert_eq!(forces, ["legally_binding", "politically_binding", "encouraged"]);
        assert_eq!(codes(&all[0]["frameworks"][0]["rows"]), ["CWC-III", "CWC-VII"]);
        let first = &all[0]["frameworks"][0]["rows"][0];
        let cell = json!({"dimension": "C", "is_in_scope": true, "recorded": {"id": marked.rsplit('/').next(),
            "mark": "found", "source": "Law No. 30, article 4", "assessed_on": "2026-11-01", "assessor": null, "note": null}});
        assert_eq!(first["cells"][0], cell);
        assert_eq!(first["cells"][1], json!({"dimension": "B", "is_in_scope": false, "recorded": null}));
        // Of the country's plans alone.
        assert_eq!((&first["actions"], &first["legal_instruments"]), (&json!(3), &json!(1)));
        assert_eq!(codes(&all[0]["without_measure"]), ["CWC-VII"]);
        assert_eq!(codes(&all[0]["without_action"]), ["CWC-VII"]);
        assert_eq!(codes(&all[0]["without_legal_instrument"]), ["CWC-VII"]);
        assert_eq!(all[1]["without_measure"][0]["dimensions"], json!(["C"]));
        // Wholes are counted, not their parts.
        assert_eq!((&all[2]["obligations"], codes(&all[2]["without_measure"])), (&json!(1), vec!["CWC-X".to_owned()]));
        assert_eq!(codes(&all[2]["frameworks"][0]["rows"]), ["CWC-X", "CWC-X-1"]);
    })
    .await;
}

#[tokio::test]
async fn coverage_is_narrowed_by_framework_and_domain_alike_on_both_faces() {
    app(async |app| {
        let other = json!({"code": "BTWC", "name": "BTWC", "short_name": "BTWC", "kind": "treaty", "domains": ["B"]});
        app.user("steward").await.post("/frameworks", other).await.ok(201);
        duty(app, "BTWC", ("BTWC-IV", json!({"domains": ["B"]}))).await;
        let me = app.user("secretariat").await;
        made(&me, "/coverage-marks", mark("BTWC-IV", json!({"dimension": "B"}))).await;
        let query = "query($d: Domain) { countryCoverage(code: \"KGZ\", framework: \"BTWC\", domain: $d) { country { code } \
                     bindings { binding withoutAction { code } frameworks { framework { code } rows { provision cells { dimension recorded { mark source } } } } } } }";

        let by_rest = coverage(&me, "?framework=BTWC&domain=B").await;
        let none = coverage(&me, "?framework=BTWC&domain=C").await;
        let by_graphql = me.graphql(query, json!({"d": "B"})).await;
        let wrong = me.get("/countries/KGZ/coverage?domain=Q").await;
        let nowhere = me.get("/countries/XXX/coverage").await;

        let rest = &by_rest.body["bindings"][0];
        let graphql = &by_graphql.data()["countryCoverage"]["bindings"][0];
        assert_eq!(rest["frameworks"].as_array().map(Vec::len), Some(1));
        assert_eq!(rest["frameworks"][0]["framework"]["code"], "BTWC");
        assert_eq!(graphql["frameworks"][0]["framework"]["code"], "BTWC");
        let cell = |row: &Json| row["frameworks"][0]["rows"][0]["cells"][1]["recorded"]["source"].clone();
        assert_eq!((cell(rest), cell(graphql)), (json!("Law No. 30, article 4"), json!("Law No. 30, article 4")));
        assert_eq!(codes(&graphql["withoutAction"]), ["BTWC-IV"]);
        assert_eq!(none.body["bindings"][0]["frameworks"], json!([]));
        wrong.problem(400, "bad_request");
        nowhere.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_mark_that_a_caller_may_not_see_is_absent_and_outside_nothing_is_said_of_gaps() {
    app(async |app| {
        let me = app.user("secretariat").await;
        made(&me, "/coverage-marks", mark("CWC-III", json!({}))).await;
        let open = made(&me, "/coverage-marks", mark("CWC-VII", json!({"visibility": "national"}))).await;
        let release = json!({"subject": {"record": {"kind": "coverage_mark", "id": open.rsplit('/').next()}},
            "audiences": ["partners"], "purpose": "Report"});
        app.user("focal_point").await.post("/releases", release).await.ok(201);
        let rule = json!({"owner": "KGZ", "kind": "coverage_mark", "field": "source", "scope": "outside"});
        app.user("focal_point").await.post("/disclosure-rules", rule).await.ok(201);
        let seen = async |who: &Client<'_>| {
            let read = coverage(who, "?framework=CWC").await;
            let legal = read.body["bindings"][0].clone();
            let rows = &legal["frameworks"][0]["rows"];
            let marks = [0, 1].map(|at: usize| rows[at]["cells"][0]["recorded"]["mark"].clone());
            (
                rows[0]["actions"].clone(),
                marks,
                rows[1]["cells"][0]["recorded"]["source"].clone(),
                legal["without_measure"].clone(),
            )
        };

        let inside = seen(&app.user("observer").await).await;
        let outside = seen(&app.user("partner").await).await;
        let nobody = seen(&app.anonymous()).await;

        // The action of the group's plan is not counted for who does not see it.
        assert_eq!((inside.0, inside.1), (json!(2), [Json::Null, json!("found")]));
        assert_eq!(
            (inside.2, codes(&inside.3)),
            (json!("Law No. 30, article 4"), vec!["CWC-III".to_owned()])
        );
        assert_eq!(outside, (json!(1), [Json::Null, json!("found")], Json::Null, Json::Null));
        assert_eq!(nobody, (json!(0), [Json::Null, Json::Null], Json::Null, Json::Null));
    })
    .await;
}

#[tokio::test]
async fn a_reader_outside_leaves_a_trace_of_the_marks_it_was_shown() {
    app(async |app| {
        let open = made(
            &app.user("secretariat").await,
            "/coverage-marks",
            mark("CWC-VII", json!({"visibility": "national"})),
        )
        .await;
        let release = json!({"subject": {"record": {"kind": "coverage_mark", "id": open.rsplit('/').next()}},
            "audiences": ["partners"], "purpose": "Report"});
        app.user("focal_point").await.post("/releases", release).await.ok(201);

        coverage(&app.user("partner").await, "").await;
        let traces = app.user("focal_point").await.get("/audit/reads?kind=coverage_mark").await;

        assert_eq!(traces.ok(200)["items"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

/// Adds so many obligations, each with a mark, in one call for each kind.
async fn many(app: &TestApp, (from, to): (usize, usize)) {
    let duties = (from..to).map(|at| {
        json!({"op": "create", "data": {"code": format!("UNSCR1540-M{at}"), "framework": "UNSCR1540", "provision": format!("M{at}"),
            "title": format!("Duty {at}"), "summary": "In own words.", "category": "legislation", "domains": ["C", "B"],
            "periodicity": "continuous", "lead_functions": ["foreign_affairs"], "binding": "legally_binding", "source": "Text"}})
    });
    let duties: Vec<Json> = duties.collect();
    app.user("steward").await.post("/obligations/batch", json!({"items": duties})).await.ok(200);
    let marks =
        (from..to).map(|at| json!({"op": "create", "data": mark(&format!("UNSCR1540-M{at}"), json!({}))}));
    let marks: Vec<Json> = marks.collect();
    app.user("secretariat").await.post("/coverage-marks/batch", json!({"items": marks})).await.ok(200);
}

#[tokio::test]
async fn coverage_of_two_hundred_obligations_takes_as_many_statements_as_of_one() {
    app(async |app| {
        matrix::resolution(app).await;
        let token = app.user("secretariat").await.token;
        let mut taken = Vec::new();
        for (from, to) in [(0, 1), (1, 200)] {
            many(app, (from, to)).await;
            let app = counted(app);
            let me = Client::new(&app, token.clone());
            for path in [
                "/countries/KGZ/coverage",
                "/countries/KGZ/coverage?framework=CWC",
                "/countries/KGZ/matrix-1540",
            ] {
                // What is remembered of callers and owners is asked for once.
                me.get(path).await.ok(200);
                let before = app.state.db.statements();
                me.get(path).await.ok(200);
                taken.push(app.state.db.statements() - before);
            }
        }
        let read = coverage(&app.user("secretariat").await, "").await;

        assert_eq!(taken[..3], taken[3..]);
        assert!(taken.iter().all(|count| *count <= 9), "{taken:?}");
        assert_eq!(read.body["bindings"][0]["frameworks"][1]["rows"].as_array().map(Vec::len), Some(204));
    })
    .await;
}
