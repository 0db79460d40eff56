//! What countries record about obligations: marks, evidence, contact points, and the matrices made of them.

mod demo;
mod evidence;
mod matrix;
mod reads;

use serde_json::{Value as Json, json};

use crate::{
    delivery::{id, made},
    support::{TestApp, app},
};

/// A mark of the world's country about an obligation of the Chemical Weapons Convention.
pub fn mark(obligation: &str, more: Json) -> Json {
    let mut body = json!({"owner": "KGZ", "obligation": obligation, "dimension": "C", "mark": "found",
        "source": "Law No. 30, article 4", "assessed_on": "2026-11-01"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    body
}

/// A duty of a framework, made by the steward.
pub async fn duty(app: &TestApp, framework: &str, (code, more): (&str, Json)) {
    let mut body = json!({"code": code, "framework": framework, "provision": code, "title": format!("Duty {code}"),
        "summary": "In own words.", "category": "legislation", "domains": ["C"], "periodicity": "continuous",
        "lead_functions": ["foreign_affairs"], "binding": "legally_binding", "source": format!("Text of {code}")});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    app.user("steward").await.post("/obligations", body).await.ok(201);
}

#[tokio::test]
async fn a_mark_has_a_source_unless_nobody_has_looked() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let bare =
            |mark: &str| json!({"owner": "KGZ", "obligation": "CWC-III", "dimension": "C", "mark": mark});

        let mut refused = Vec::new();
        for kind in ["found", "unclear", "not_applicable"] {
            refused.extend(me.post("/coverage-marks", bare(kind)).await.violations());
        }
        let path = made(&me, "/coverage-marks", bare("not_assessed")).await;
        let turned = me.edit(&path, json!({"mark": "found"})).await;
        let again = me.post("/coverage-marks", mark("CWC-III", json!({}))).await;
        let verdict = me.post("/coverage-marks", mark("CWC-VII", json!({"mark": "compliant"}))).await;

        assert_eq!(refused, vec![("/source".to_owned(), "required".to_owned()); 3]);
        assert_eq!(turned.violations(), [("/source".to_owned(), "required".to_owned())]);
        assert_eq!(again.violations(), [("/dimension".to_owned(), "not_unique".to_owned())]);
        assert_eq!(verdict.violations(), [("/mark".to_owned(), "not_in_list".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn a_batch_names_every_mark_without_a_source_and_writes_none() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let items = ["CWC-III", "CWC-VII"].map(|code| {
            json!({"op": "create", "data": {"owner": "KGZ", "obligation": code, "dimension": "C", "mark": "found"}})
        });

        let answer = me.post("/coverage-marks/batch", json!({"items": items})).await;
        let left = me.get("/coverage-marks").await;

        let text = answer.body.to_string();
        assert_eq!(text.matches("\"/source\"").count(), 2, "{text}");
        assert_eq!(left.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_history_of_a_mark_tells_what_was_recorded_before() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = made(&me, "/coverage-marks", mark("CWC-III", json!({"mark": "unclear"}))).await;
        me.edit(&path, json!({"mark": "found", "source": "Law No. 31"})).await.ok(200);

        let history = me.get(&format!("{path}/history")).await;

        let states: Vec<&Json> = history.ok(200)["items"].as_array().expect("states").iter().collect();
        assert_eq!(states.len(), 2);
        assert!(states[0].to_string().contains("unclear"), "{}", states[0]);
    })
    .await;
}

#[tokio::test]
async fn a_contact_point_says_who_it_is_and_may_keep_its_number() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let bare = json!({"owner": "KGZ", "language": "en", "framework": "CWC"});
        let desk = json!({"owner": "KGZ", "language": "en", "framework": "CWC", "agency": id(app, "agency:KGZ/MES"),
            "is_around_the_clock": true, "phone": "+996 000", "notified_on": "2026-11-01"});

        let refused = me.post("/contact-points", bare).await;
        let path = made(&me, "/contact-points", desk).await;
        let by_observer = app.user("observer").await.get(&path).await;
        let query = "{ framework(code: \"CWC\") { contactPoints(filter: { isAroundTheClock: true }) { nodes { phone agency { code } } } } }";
        let answer = me.graphql(query, json!({})).await;

        assert_eq!(refused.violations(), [("/body".to_owned(), "required".to_owned())]);
        by_observer.problem(404, "not_found");
        let wanted = json!([{"phone": "+996 000", "agency": {"code": "MES"}}]);
        assert_eq!(answer.data()["framework"]["contactPoints"]["nodes"], wanted);
    })
    .await;
}
