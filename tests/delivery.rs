//! Delivery: indicators, money, proposals, exercises, and the figures of a plan.

mod exercises;
mod funding;
mod progress;

use serde_json::{Value as Json, json};

use crate::needs::areas;
use crate::support::{TestApp, app, client::Client};

/// Id of a record of the world.
pub fn id(app: &TestApp, name: &str) -> String {
    app.world.id(name).to_string()
}

/// An indicator of the world's national action.
fn indicator(app: &TestApp) -> Json {
    json!({"owner": "KGZ", "language": "en", "action": id(app, "action:national"), "title": "Laboratories",
        "unit": "laboratories", "direction": "increase"})
}

/// Makes a record and answers its address.
pub async fn made(who: &Client<'_>, path: &str, body: Json) -> String {
    let made = who.post(path, body).await;
    made.ok(201);
    format!("{path}/{}", made.id())
}

/// The indicator with these members besides; answers its violations.
async fn refused(app: &TestApp, more: Json) -> Vec<(String, String)> {
    let mut body = indicator(app);
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    let answer = app.user("focal_point").await.post("/indicators", body).await;
    answer.problem(422, "invalid");
    answer.violations()
}

fn only(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

#[tokio::test]
async fn decimals_are_exact_and_read_in_one_form() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let mut body = indicator(app);
        body["baseline"] = json!("0012.500000");
        body["baseline_on"] = json!("2025-12-31");
        body["target"] = json!("-999999999999.999999");
        body["target_on"] = json!("2026-12-31");

        let path = made(&me, "/indicators", body).await;
        let read = me.get(&path).await;
        let query = "{ indicators(sort: [BASELINE_DESC]) { nodes { baseline target } } }";
        let by_graphql = me.graphql(query, json!({})).await;
        let new =
            "mutation($i: UpdateIndicatorInput!) { updateIndicator(input: $i) { indicator { baseline } } }";
        let own = path.rsplit('/').next().expect("an id");
        let edit = json!({"i": {"id": own, "expectedVersion": 1, "baseline": "7.10"}});
        let edited = me.graphql(new, edit).await;

        assert_eq!(
            (&read.ok(200)["baseline"], &read.body["target"]),
            (&json!("12.5"), &json!("-999999999999.999999"))
        );
        assert_eq!(by_graphql.data()["indicators"]["nodes"][0]["baseline"], "12.5");
        assert_eq!(edited.data()["updateIndicator"]["indicator"]["baseline"], "7.1");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_decimal_is_refused() {
    app(async |app| {
        let day = json!("2026-01-01");

        let number = refused(app, json!({"baseline": 12.5, "baseline_on": day})).await;
        let power = refused(app, json!({"baseline": "1e3", "baseline_on": day})).await;
        let long = refused(app, json!({"baseline": "0.1234567", "baseline_on": day})).await;

        assert_eq!(number, only("/baseline", "wrong_type"));
        assert_eq!(power, only("/baseline", "bad_format"));
        assert_eq!(long, only("/baseline", "bad_format"));
    })
    .await;
}

#[tokio::test]
async fn an_indicator_says_unit_days_and_what_it_measures() {
    app(async |app| {
        let (plan, objective) = (id(app, "plan:national"), id(app, "objective:national"));

        let no_unit = refused(app, json!({"unit": "", "target": "3", "target_on": "2027-01-01"})).await;
        let no_day = refused(app, json!({"target": "3"})).await;
        let no_value = refused(app, json!({"baseline_on": "2026-01-01"})).await;
        let days =
            json!({"baseline": "1", "baseline_on": "2026-02-01", "target": "3", "target_on": "2026-01-01"});
        let backwards = refused(app, days).await;
        let other_objective = refused(app, json!({"objective": id(app, "objective:released")})).await;
        let nothing = refused(app, json!({"action": null})).await;
        let other = refused(app, json!({"plan": id(app, "plan:released")})).await;

        assert_eq!(no_unit, only("/unit", "too_short"));
        assert_eq!(no_day, only("/target_on", "required"));
        assert_eq!(no_value, only("/baseline", "required"));
        assert_eq!(backwards, only("/target_on", "rule_broken"));
        assert_eq!(other_objective, only("/objective", "rule_broken"));
        assert_eq!(nothing, only("/plan", "required"));
        assert_eq!(other, only("/plan", "rule_broken"));
        let me = app.user("focal_point").await;
        let made = me.post("/indicators", indicator(app)).await;
        assert_eq!(
            (&made.ok(201)["plan"]["id"], &made.body["objective"]["id"]),
            (&json!(plan), &json!(objective))
        );
        assert_eq!(made.body["lead_agency"]["code"], "MES");
    })
    .await;
}

#[tokio::test]
async fn the_lead_agency_of_the_action_measures_also_when_it_changes() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let (lead, other) = (app.user("officer").await, app.user("contributor").await);
        let of = made(&me, "/indicators", indicator(app)).await;
        let of = of.rsplit('/').next().expect("an id");
        let body = json!({"indicator": of, "value": "2.25", "measured_on": "2026-11-20"});

        let by_lead = lead.post("/measurements", body.clone()).await;
        let by_other = other.post("/measurements", body.clone()).await;
        let action = format!("/actions/{}", id(app, "action:national"));
        me.edit(&action, json!({"lead_agency": "MOH"})).await.ok(200);
        let by_former = lead.post("/measurements", body.clone()).await;
        let by_latter = other.post("/measurements", body).await;

        assert_eq!(
            (&by_lead.ok(201)["value"], &by_lead.body["lead_agency"]["code"]),
            (&json!("2.25"), &json!("MES"))
        );
        by_other.problem(403, "forbidden");
        by_former.problem(403, "forbidden");
        assert_eq!(by_latter.ok(201)["lead_agency"]["code"], "MOH");
        let stored = other.get(&format!("/measurements/{}", by_lead.id())).await;
        assert_eq!(
            (&stored.ok(200)["lead_agency"]["code"], &stored.body["version"]),
            (&json!("MOH"), &json!(2))
        );
    })
    .await;
}

#[tokio::test]
async fn only_focal_point_and_secretariat_measure_what_no_action_leads() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut body = indicator(app);
        body["action"] = Json::Null;
        body["plan"] = json!(id(app, "plan:national"));
        let of = made(&me, "/indicators", body).await;
        let of = of.rsplit('/').next().expect("an id");
        let body = json!({"indicator": of, "value": "2", "measured_on": "2026-11-20"});

        let by_officer = app.user("officer").await.post("/measurements", body.clone()).await;
        let by_secretariat = me.post("/measurements", body).await;

        by_officer.problem(403, "forbidden");
        assert_eq!(by_secretariat.ok(201)["lead_agency"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn a_measurement_keeps_the_edition_of_the_definition() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = made(&me, "/indicators", indicator(app)).await;
        let body = json!({"indicator": path.rsplit('/').next(), "value": "2", "measured_on": "2026-11-20"});
        let first = made(&me, "/measurements", body.clone()).await;
        me.edit(&path, json!({"definition": "Counted anew", "definition_edition": 2})).await.ok(200);

        let second = me.post("/measurements", body).await;
        me.edit(&first, json!({"note": "Checked"})).await.ok(200);

        assert_eq!(second.ok(201)["definition_edition"], 2);
        assert_eq!(me.get(&first).await.ok(200)["definition_edition"], 1);
    })
    .await;
}

#[tokio::test]
async fn indicators_are_content_and_measurements_go_on_after_adoption() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = made(&me, "/indicators", indicator(app)).await;
        crate::plans::adopt(app, &format!("/plans/{}", id(app, "plan:national"))).await;
        let body = json!({"indicator": path.rsplit('/').next(), "value": "2", "measured_on": "2026-11-20"});

        let edited = me.edit(&path, json!({"target": "5", "target_on": "2027-01-01"})).await;
        let measured = me.post("/measurements", body).await;

        edited.problem(409, "plan_adopted");
        measured.ok(201);
    })
    .await;
}

#[tokio::test]
async fn a_proposal_walks_from_idea_to_acceptance() {
    app(async |app| {
        let (officer, me) = (app.user("officer").await, app.user("secretariat").await);
        let body =
            json!({"owner": "KGZ", "language": "en", "title": "Mobile laboratories", "lead_agency": "MES"});
        let path = made(&officer, "/proposals", body).await;

        let by_lead = officer.act(&path, "endorse", json!({})).await;
        let endorsed = me.act(&path, "endorse", json!({})).await;
        let early = me.act(&path, "accept", json!({})).await;
        let sent = me.act(&path, "send", json!({})).await;
        let bare = me.act(&path, "decline", json!({})).await;
        let accepted = me.act(&path, "accept", json!({})).await;

        by_lead.problem(403, "forbidden");
        assert_eq!(
            (&endorsed.ok(200)["status"], &endorsed.body["visibility"]),
            (&json!("endorsed"), &json!("group"))
        );
        early.problem(409, "illegal_move");
        assert_eq!(sent.ok(200)["status"], "sent");
        assert_eq!(bare.problem(409, "illegal_move")["missing"], json!(["reason"]));
        assert_eq!(accepted.ok(200)["status"], "accepted");
    })
    .await;
}

#[tokio::test]
async fn a_proposal_names_its_gap_and_a_good_practice_its_area() {
    app(async |app| {
        areas(app, &["BORDER", "LAB"]).await;
        let me = app.user("secretariat").await;
        let gap = json!({"owner": "KGZ", "language": "en", "area": "BORDER", "title": "Few portals", "domains": ["R"]});
        let gap = me.post("/gaps", gap).await.id();
        let proposal = json!({"owner": "KGZ", "language": "en", "title": "Portals", "lead_agency": "MES", "gap": gap});
        let practice = json!({"owner": "KGZ", "language": "en", "kind": "practice", "title": "One desk", "text": "All calls.", "area": "BORDER"});

        let proposed = me.post("/proposals", proposal).await;
        let practised = me.post("/good-practices", practice).await;
        let of_gap = me.get(&format!("/proposals?gap_id={gap}&total=true")).await;
        let others = me.get(&format!("/proposals?gap_id={}&total=true", id(app, "plan:national"))).await;
        let of_area = me.get("/good-practices?area=BORDER&total=true").await;
        let of_other = me.get("/good-practices?area=LAB&total=true").await;

        assert_eq!(proposed.ok(201)["gap"]["name"], "Few portals");
        assert_eq!(practised.ok(201)["area"]["code"], "BORDER");
        let totals = [of_gap, others, of_area, of_other].map(|list| list.ok(200)["page"]["total"].clone());
        assert_eq!(totals, [1, 0, 1, 0]);
    })
    .await;
}
