//! Annexes of documents: risks and milestones, as their reader sees them.

use serde_json::{Value as Json, json};

use super::{make, plan, text};
use crate::support::app;

fn risk(title: &str, domain: &str, (likelihood, impact): (i32, i32)) -> Json {
    json!({"owner": "KGZ", "title": title, "hazard_origin": "accidental", "domains": [domain], "likelihood": likelihood,
        "impact": impact, "responsible_agency": "MES", "language": "en"})
}

/// The annex of a document with this key.
fn annex(document: &Json, key: &str) -> Json {
    let all = document["annexes"].as_array().cloned().expect("annexes");
    all.into_iter().find(|one| one["key"] == key).unwrap_or_default()
}

#[tokio::test]
async fn risks_of_the_plans_domains_lie_in_a_matrix_and_a_table() {
    app(async |app| {
        let id = plan(app, 1, 1).await;
        let risks = vec![risk("Chlorine", "C", (2, 4)), risk("Source", "N", (5, 5)), risk("Anthrax", "B", (1, 1))];
        make(app, "risk", risks).await;
        let me = app.user("focal_point").await;

        let json = me.get(&format!("/plans/{id}/document?lang=fr")).await;
        let page = me.get(&format!("/plans/{id}/document?lang=fr&format=html")).await;
        let file = me.get(&format!("/plans/{id}/document?lang=fr&format=docx")).await;

        let shown = annex(json.ok(200), "risks");
        let cell = |likelihood: i32, impact: i32, code: &str| json!({"likelihood": likelihood, "impact": impact, "codes": [code]});
        assert_eq!(shown["title"], "Matrice des risques");
        assert_eq!(shown["matrix"]["cells"], json!([cell(2, 4, "R2"), cell(5, 5, "R1")]));
        assert_eq!(shown["table"]["rows"][0], json!(["R1", "Source", "Accidentelle", "5", "5", "Agency MES"]));
        assert_eq!(shown["table"]["rows"].as_array().map(Vec::len), Some(2));
        let page = text(&page);
        assert!(page.contains("<svg class=\"matrix\"") && page.contains(">R2</text>"), "{page}");
        assert!(page.contains("Annexe 1. Matrice des risques") && !page.contains("Anthrax"), "{page}");
        file.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_risk_that_its_reader_may_not_see_is_in_no_annex() {
    app(async |app| {
        let id = plan(app, 1, 1).await;
        make(app, "risk", vec![risk("Chlorine", "C", (2, 4))]).await;

        let read = app.user("portal").await.get(&format!("/plans/{id}/document")).await;

        assert_eq!(annex(read.ok(200), "risks"), Json::Null);
        assert!(!read.body.to_string().contains("Chlorine"));
    })
    .await;
}

#[tokio::test]
async fn milestones_are_those_of_the_cycle_whose_step_names_the_plan() {
    app(async |app| {
        let (id, other) = (plan(app, 1, 1).await, plan(app, 1, 1).await);
        let cycle = json!({"owner": "KGZ", "number": 77, "title": "Cycle", "language": "en"});
        let cycle = make(app, "cycle", vec![cycle]).await[0];
        make(app, "cycle_step", vec![json!({"cycle": cycle, "step": "drafting", "plans": [id]})]).await;
        let milestone = |title: &str, due: &str| json!({"cycle": cycle, "title": title, "agency": "MES", "due_on": due, "language": "en"});
        make(app, "milestone", vec![milestone("Adopted", "2027-06-30"), milestone("Agreed", "2026-12-31")]).await;
        let me = app.user("focal_point").await;

        let own = me.get(&format!("/plans/{id}/document?lang=en")).await;
        let none = me.get(&format!("/plans/{other}/document?lang=en")).await;

        let rows = json!([
            ["Agreed", "31\u{a0}December 2026", "Agency MES", "Planned"],
            ["Adopted", "30\u{a0}June 2027", "Agency MES", "Planned"],
        ]);
        assert_eq!(annex(own.ok(200), "milestones")["table"]["rows"], rows);
        assert_eq!(annex(none.ok(200), "milestones"), Json::Null);
    })
    .await;
}

#[tokio::test]
async fn columns_that_say_nothing_are_left_out() {
    app(async |app| {
        let plan =
            json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "Bare", "domains": ["B"], "language": "en"});
        let plan = make(app, "plan", vec![plan]).await[0];
        let pillar =
            make(app, "pillar", vec![json!({"plan": plan, "title": "Pillar", "language": "en"})]).await[0];
        let objective = json!({"pillar": pillar, "title": "Objective", "language": "en"});
        let objective = make(app, "objective", vec![objective]).await[0];
        make(app, "action", vec![json!({"objective": objective, "title": "Action", "language": "en"})]).await;

        let read = app.user("observer").await.get(&format!("/plans/{plan}/document?lang=ru")).await;

        assert_eq!(read.ok(200)["columns"], json!(["number", "action", "status", "progress"]));
        assert_eq!((&read.body["timeline"], &read.body["annexes"]), (&Json::Null, &json!([])));
    })
    .await;
}
