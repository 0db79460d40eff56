//! Renewing an assessment with another questionnaire.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{answering, areas, edition, moved, plain, published, scale, told};
use crate::support::{app, client::Client};

/// Answers a question for an agency; answers the id.
async fn answer(me: &Client<'_>, (assessment, question): (&str, &str), agency: &str, given: Json) -> String {
    let mut body = json!({"assessment": assessment, "question": question, "agency": agency});
    body.as_object_mut().expect("fields").extend(given.as_object().cloned().expect("fields"));
    let made = me.post("/answers", body).await;
    made.ok(201);
    made.id()
}

/// The reasons by the answers that stayed behind.
fn reasons(renewed: &Json) -> BTreeMap<String, String> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let all = renewed["not_carried"].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| (text(&one["answer"]), text(&one["reason"]))).collect()
}

#[tokio::test]
async fn a_renewed_assessment_carries_what_still_fits_and_lists_the_rest() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("focal_point").await;
        let asked = ["KEPT", "MOVED", "SHORT", "TYPE", "GONE", "JOINED"].map(scale);
        let (old, questions) = published(&me, 1, &asked).await;
        let assessment = answering(&me, &old, &["MES"]).await;
        let mut ids = Vec::new();
        for (question, score) in questions.iter().zip([2, 3, 5, 1, 4, 1]) {
            let given = json!({"score": score, "note": "As measured", "confidence": "low"});
            ids.push(answer(&me, (&assessment, question), "MES", given).await);
        }
        moved(&me, &assessment, "validate").await;
        let (mut moved_on, mut short) = (scale("NEW"), scale("SHORT"));
        moved_on["replaces"] = json!(questions[1]);
        short["scale_max"] = json!(4);
        let mut joined = scale("KEPT2");
        joined["replaces"] = json!(questions[5]);
        let (new, _) =
            published(&me, 2, &[scale("KEPT"), moved_on, short, plain("TYPE", "text"), joined]).await;

        let call = json!({"questionnaire": new, "title": "Renewed", "starts_on": "2026-11-01"});
        let renewed = me.post(&format!("/assessments/{assessment}/renew"), call).await;

        let body = renewed.ok(201);
        let made = &body["assessment"];
        assert_eq!(
            (&made["title"], &made["status"], &made["starts_on"]),
            (&json!("Renewed"), &json!("answering"), &json!("2026-11-01"))
        );
        assert_eq!((&made["renews"]["id"], &made["visibility"]), (&json!(assessment), &json!("group")));
        let carried: Vec<&Json> =
            body["carried"].as_array().into_iter().flatten().map(|one| &one["from"]).collect();
        assert_eq!(carried, [&json!(ids[0]), &json!(ids[1]), &json!(ids[5])]);
        let left = [(2, "out_of_scale"), (3, "other_answer_type"), (4, "no_successor")];
        let left = left.map(|(at, why): (usize, &str)| (ids[at].clone(), why.to_owned()));
        assert_eq!(reasons(body), BTreeMap::from(left));
        let first =
            me.get(&format!("/answers/{}", body["carried"][0]["answer"].as_str().expect("an id"))).await;
        assert_eq!((&first.ok(200)["score"], &first.body["note"]), (&json!(2), &json!("As measured")));
        let all =
            me.get(&format!("/answers?assessment={}&total=true", made["id"].as_str().expect("an id"))).await;
        assert_eq!(all.ok(200)["page"]["total"], 3);
    })
    .await;
}

#[tokio::test]
async fn a_question_is_followed_through_the_editions_between() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("focal_point").await;
        let (old, first) = published(&me, 1, &[scale("A"), scale("B")]).await;
        let assessment = answering(&me, &old, &[]).await;
        answer(&me, (&assessment, &first[0]), "MES", json!({"score": 2})).await;
        let twin = answer(&me, (&assessment, &first[1]), "MES", json!({"score": 3})).await;
        moved(&me, &assessment, "validate").await;
        let mut between = scale("A2");
        between["replaces"] = json!(first[0]);
        let (_, second) = published(&me, 2, &[between]).await;
        let mut last = scale("B");
        last["replaces"] = json!(second[0]);
        let (new, third) = published(&me, 3, &[last]).await;

        let renewed =
            me.post(&format!("/assessments/{assessment}/renew"), json!({"questionnaire": new})).await;

        assert_eq!(renewed.ok(201)["carried"][0]["question"], json!(third[0]));
        assert_eq!(reasons(&renewed.body), BTreeMap::from([(twin, "no_successor".to_owned())]));
    })
    .await;
}

#[tokio::test]
async fn what_an_agency_keeps_to_itself_is_carried_untold() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
        let (old, questions) = published(&me, 1, &[scale("Q1")]).await;
        let assessment = answering(&me, &old, &["MES"]).await;
        let kept = json!({"score": 2, "visibility": "agency"});
        answer(&officer, (&assessment, &questions[0]), "MES", kept).await;
        moved(&me, &assessment, "validate").await;
        let (new, _) = published(&me, 2, &[scale("Q1")]).await;

        let renewed =
            me.post(&format!("/assessments/{assessment}/renew"), json!({"questionnaire": new})).await;

        let body = renewed.ok(201);
        assert_eq!((&body["carried"], &body["not_carried"]), (&json!([]), &json!([])));
        let list = format!("/answers?assessment={}", body["assessment"]["id"].as_str().expect("an id"));
        assert_eq!(me.get(&list).await.ok(200)["items"], json!([]));
        let own = officer.get(&list).await;
        assert_eq!(
            (&own.ok(200)["items"][0]["score"], &own.body["items"][0]["visibility"]),
            (&json!(2), &json!("agency"))
        );
    })
    .await;
}

#[tokio::test]
async fn an_assessment_is_renewed_once_it_is_validated_and_with_a_newer_questionnaire() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("focal_point").await;
        let (old, _) = published(&me, 2, &[scale("Q1")]).await;
        let (older, _) = published(&me, 1, &[scale("Q1")]).await;
        let (draft, _) = edition(&me, 3, &[]).await;
        let assessment = answering(&me, &old, &["MES"]).await;
        let path = format!("/assessments/{assessment}/renew");
        let renew = async |who: &Client<'_>, questionnaire: &str| {
            who.post(&path, json!({"questionnaire": questionnaire})).await
        };

        let early = renew(&me, &old).await;
        moved(&me, &assessment, "validate").await;
        let refused = [renew(&me, &old).await, renew(&me, &older).await, renew(&me, &draft).await];
        let (officer, observer) = (app.user("officer").await, app.user("observer").await);
        let (by_officer, by_observer) = (renew(&officer, &old).await, renew(&observer, &old).await);
        let nothing = me.post(&path, json!({})).await;
        let there = me.get("/assessments?total=true").await;

        early.problem(409, "not_validated");
        for one in &refused {
            one.problem(422, "invalid");
            assert_eq!(one.violations(), told(&[("/questionnaire", "rule_broken")]));
        }
        by_officer.problem(403, "forbidden");
        by_observer.problem(404, "not_found");
        assert_eq!(nothing.violations(), told(&[("/questionnaire", "required")]));
        assert_eq!(there.ok(200)["page"]["total"], 1);
    })
    .await;
}

#[tokio::test]
async fn both_faces_renew_alike_and_a_repeated_call_is_not_done_again() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("focal_point").await;
        let (old, questions) = published(&me, 1, &[scale("Q1")]).await;
        let assessment = answering(&me, &old, &["MES"]).await;
        answer(&me, (&assessment, &questions[0]), "MES", json!({"score": 2})).await;
        moved(&me, &assessment, "validate").await;
        let (new, asked) = published(&me, 2, &[scale("Q1")]).await;
        let (path, call) = (format!("/assessments/{assessment}/renew"), json!({"questionnaire": new}));
        let keyed = me.with("idempotency-key", "once");

        let first = keyed.post(&path, call.clone()).await;
        let again = keyed.post(&path, call).await;
        let text = "mutation($i: RenewAssessmentInput!) { renewAssessment(input: $i) {
            assessment { title status } carried { question agency } notCarried { reason } } }";
        let input = json!({"id": assessment, "questionnaire": new});
        let by_graphql = me.graphql(text, json!({ "i": input })).await;

        assert_eq!(first.ok(201)["assessment"]["id"], again.ok(201)["assessment"]["id"]);
        assert_eq!(first.body["carried"], again.body["carried"]);
        let renewed = &by_graphql.data()["renewAssessment"];
        assert_eq!(renewed["assessment"], json!({"title": "Assessment", "status": "ANSWERING"}));
        assert_eq!(
            (&renewed["carried"][0]["question"], &renewed["notCarried"]),
            (&json!(asked[0]), &json!([]))
        );
    })
    .await;
}
