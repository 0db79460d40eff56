//! A plan that is proposed from an assessment.

use serde_json::{Value as Json, json};

use super::{answering, areas, moved, published, scale};
use crate::support::{TestApp, app, client::Client};

/// A validated assessment with two gaps, one of which no objective is for; answers it and them.
async fn assessed(app: &TestApp, me: &Client<'_>) -> (String, [String; 2]) {
    areas(app, &["BORDER", "ODD"]).await;
    let customs = json!({"owner": "KGZ", "code": "CUSTOMS", "name": "Customs", "kind": "service", "language": "en",
        "functions": ["customs_border"]});
    me.post("/agencies", customs).await.ok(201);
    let (id, _) = published(me, 1, &[scale("Q1")]).await;
    let assessment = answering(me, &id, &["MES"]).await;
    let mut gaps = Vec::new();
    for area in ["BORDER", "ODD"] {
        let gap = json!({"owner": "KGZ", "assessment": assessment, "area": area, "title": format!("Gap {area}"),
            "domains": ["R", "N"], "obligations": ["CWC-VII"], "language": "en"});
        let made = me.post("/gaps", gap).await;
        made.ok(201);
        gaps.push(made.id());
    }
    moved(me, &assessment, "validate").await;
    (assessment, [gaps[0].clone(), gaps[1].clone()])
}

fn items(proposal: &Json) -> Vec<Json> {
    proposal["batch"]["items"].as_array().cloned().unwrap_or_default()
}

/// The kinds of the items, in order.
fn kinds(proposal: &Json) -> Vec<String> {
    items(proposal).iter().map(|item| item["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_proposal_is_a_batch_that_makes_the_plan() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (assessment, gaps) = assessed(app, &me).await;
        let plans = me.get("/plans?total=true").await.ok(200)["page"]["total"].clone();

        let proposal = me.post(&format!("/assessments/{assessment}/plan-proposal"), json!({})).await;
        let untouched = me.get("/plans?total=true").await;
        let done = me.post("/batch", proposal.ok(200)["batch"].clone()).await;

        assert_eq!(untouched.ok(200)["page"]["total"], plans);
        assert_eq!(kinds(&proposal.body), ["plan", "pillar", "objective", "action", "action", "gap"]);
        assert_eq!(proposal.body["unmapped"], json!([{"gap": gaps[1], "area": "ODD"}]));
        let action = &proposal.body["actions"][0];
        assert_eq!((&action["code"], &action["lead_agency"]), (&json!("P6.1.1"), &json!("CUSTOMS")));
        assert_eq!(
            (&action["lead_function"], &action["areas"]),
            (&json!("customs_border"), &json!(["BORDER"]))
        );
        let plan = done.ok(200)["outcomes"][0]["id"].as_str().expect("an id").to_owned();
        let tree = me.get(&format!("/plans/{plan}/tree")).await;
        let objective = &tree.ok(200)["pillars"][0]["objectives"][0];
        assert_eq!(objective["code"], "P6.1");
        let made = &objective["actions"][0];
        assert_eq!(
            (&made["lead_agency"]["code"], &made["obligations"][0]["code"]),
            (&json!("CUSTOMS"), &json!("CWC-VII"))
        );
        let gap = me.get(&format!("/gaps/{}", gaps[0])).await;
        assert_eq!(gap.ok(200)["actions"].as_array().map(Vec::len), Some(2));
    })
    .await;
}

#[tokio::test]
async fn a_proposal_is_accepted_in_part_and_the_rest_later() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (assessment, _) = assessed(app, &me).await;
        let proposal = me.post(&format!("/assessments/{assessment}/plan-proposal"), json!({})).await;
        let all = items(proposal.ok(200));

        let first = me.post("/batch", json!({ "items": all[..4] })).await;
        let second = me.post("/batch", json!({ "items": all[4..] })).await;

        first.ok(200);
        second.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_proposal_is_added_to_a_plan_that_is_there() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (assessment, _) = assessed(app, &me).await;
        let plan = app.world.id("plan:national");
        let pillar = json!({"plan": plan, "code": "P6", "title": "Detection"});
        me.post("/pillars", pillar).await.ok(201);
        let path = format!("/assessments/{assessment}/plan-proposal");

        let proposal = me.post(&path, json!({ "plan": plan })).await;
        let done = me.post("/batch", proposal.ok(200)["batch"].clone()).await;
        let foreign = me.post(&path, json!({ "plan": app.world.id("plan:foreign") })).await;

        assert_eq!(kinds(&proposal.body), ["objective", "action", "action", "gap"]);
        done.ok(200);
        foreign.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn a_proposal_needs_agreed_answers_and_the_right_to_make_plans() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let (assessment, _) = assessed(app, &me).await;
        let path = format!("/assessments/{assessment}/plan-proposal");

        let by_officer = app.user("officer").await.post(&path, json!({})).await;
        let by_observer = app.user("observer").await.post(&path, json!({})).await;
        let reason = json!({"reason": "More answers"});
        me.act(&format!("/assessments/{assessment}"), "reopen", reason).await.ok(200);
        let early = me.post(&path, json!({})).await;

        by_officer.problem(403, "forbidden");
        by_observer.problem(404, "not_found");
        early.problem(409, "not_validated");
    })
    .await;
}

#[tokio::test]
async fn both_faces_propose_alike() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (assessment, _) = assessed(app, &me).await;
        let text = "query($id: ID!) { planProposal(assessment: $id) {
            batch actions { code gaps areas leadAgency leadFunction } unmapped { gap area } } }";

        let by_rest = me.post(&format!("/assessments/{assessment}/plan-proposal"), json!({})).await;
        let by_graphql = me.graphql(text, json!({ "id": assessment })).await;

        let found = &by_graphql.data()["planProposal"];
        assert_eq!(found["batch"], by_rest.ok(200)["batch"]);
        assert_eq!(found["unmapped"], by_rest.body["unmapped"]);
        assert_eq!(found["actions"][0]["leadAgency"], by_rest.body["actions"][0]["lead_agency"]);
    })
    .await;
}

#[tokio::test]
async fn where_nothing_is_proposed_there_is_no_batch() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (assessment, gaps) = assessed(app, &me).await;
        for gap in gaps {
            let path = format!("/gaps/{gap}");
            let gone = me.delete(&path, &me.get(&path).await.etag()).await;
            assert_eq!(gone.status, 204, "{}", gone.body);
        }

        let proposal = me.post(&format!("/assessments/{assessment}/plan-proposal"), json!({})).await;
        let text = "query($id: ID!) { planProposal(assessment: $id) { batch actions { code } } }";
        let twin = me.graphql(text, json!({ "id": assessment })).await;

        assert_eq!(proposal.ok(200), &json!({"batch": null, "actions": [], "unmapped": []}));
        assert_eq!(twin.data()["planProposal"], json!({"batch": null, "actions": []}));
    })
    .await;
}
