//! Risks, how they change, and priorities.

mod priorities;

use chrono::TimeDelta;
use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

fn new_risk(more: Json) -> Json {
    let mut new = json!({"owner": "KGZ", "title": "Chlorine", "hazard_origin": "accidental", "domains": ["C"],
        "likelihood": 2, "impact": 4, "responsible_agency": "MES", "language": "en"});
    new.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    new
}

async fn risk(me: &Client<'_>, more: Json) -> String {
    let made = me.post("/risks", new_risk(more)).await;
    made.ok(201);
    made.id()
}

fn told(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

/// Edits a risk a minute later.
async fn later(app: &TestApp, id: &str, edit: Json) {
    app.state.clock.advance(TimeDelta::minutes(1));
    app.user("secretariat").await.edit(&format!("/risks/{id}"), edit).await.ok(200);
}

#[tokio::test]
async fn a_risk_is_at_level_group_where_nothing_is_said() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let made = me.post("/risks", new_risk(json!({}))).await;
        let path = format!("/risks/{}", made.id());
        let officer = app.user("officer").await.get(&path).await;
        let bystander = app.user("bystander").await.get(&path).await;

        assert_eq!(made.ok(201)["visibility"], "group");
        officer.ok(200);
        bystander.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn the_score_of_a_risk_is_the_product_and_is_not_given() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let id = risk(&me, json!({})).await;
        let path = format!("/risks/{id}");

        let first = me.get(&path).await;
        let edited = me.edit(&path, json!({"likelihood": 5})).await;
        let given = me.post("/risks", new_risk(json!({"score": 25}))).await;
        let beyond = me.post("/risks", new_risk(json!({"likelihood": 6, "impact": 0}))).await;

        assert_eq!(first.ok(200)["score"], 8);
        assert_eq!(edited.ok(200)["score"], 20);
        assert_eq!(given.violations(), told("/score", "unknown_member"));
        assert_eq!(
            beyond.violations(),
            [told("/impact", "out_of_range"), told("/likelihood", "out_of_range")].concat()
        );
    })
    .await;
}

#[tokio::test]
async fn a_risk_is_found_by_the_action_that_reduces_it() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let action = app.world.id("action:national");
        risk(&me, json!({"actions": [action]})).await;
        risk(&me, json!({})).await;

        let found = me.get(&format!("/risks?action={action}&total=true")).await;

        assert_eq!(found.ok(200)["page"]["total"], 1);
    })
    .await;
}

#[tokio::test]
async fn a_trend_has_the_states_in_which_likelihood_or_impact_changed() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let id = risk(&me, json!({})).await;
        later(app, &id, json!({"title": "Chlorine, again"})).await;
        later(app, &id, json!({"likelihood": 3})).await;
        later(app, &id, json!({"impact": 2, "title": "Chlorine"})).await;

        let rest = me.get(&format!("/risks/{id}/trend")).await;
        let query = "query($id: ID!) { riskTrend(id: $id) { points { at likelihood impact } } }";
        let graphql = me.graphql(query, json!({ "id": id })).await;

        let points = &rest.ok(200)["points"];
        let said: Vec<_> = points.as_array().into_iter().flatten().collect();
        let said: Vec<_> = said.iter().map(|one| (&one["likelihood"], &one["impact"])).collect();
        assert_eq!(said, [(&json!(2), &json!(4)), (&json!(3), &json!(4)), (&json!(3), &json!(2))]);
        assert_eq!(points[1]["at"], "2026-11-21T10:02:00Z");
        assert_eq!(graphql.data()["riskTrend"]["points"].as_array().map(Vec::len), Some(3));
    })
    .await;
}

#[tokio::test]
async fn a_trend_begins_with_what_the_caller_may_see_of_the_past() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let id = risk(&me, json!({})).await;
        later(app, &id, json!({"likelihood": 3})).await;
        later(app, &id, json!({"visibility": "national"})).await;
        later(app, &id, json!({"impact": 5})).await;
        let path = format!("/risks/{id}/trend");

        let inside = me.get(&path).await;
        let bystander = app.user("bystander").await.get(&path).await;
        let abroad = app.user("foreign_observer").await.get(&path).await;
        let query = "query($id: ID!) { riskTrend(id: $id) { points { at } } }";
        let hidden = app.user("foreign_observer").await.graphql(query, json!({ "id": id })).await;

        assert_eq!(inside.ok(200)["points"].as_array().map(Vec::len), Some(3));
        assert_eq!(bystander.ok(200)["points"].as_array().map(Vec::len), Some(2));
        abroad.problem(404, "not_found");
        assert_eq!(hidden.data()["riskTrend"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_risk_has_no_trend() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let id = risk(&me, json!({})).await;
        let path = format!("/risks/{id}");
        let etag = me.get(&path).await.etag();
        me.delete(&path, &etag).await.ok(204);

        let trend = me.get(&format!("{path}/trend")).await;

        trend.problem(404, "not_found");
    })
    .await;
}
