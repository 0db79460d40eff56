//! Answers: when they are written, by whom, and what each question takes.

use serde_json::{Value as Json, json};

use super::{answering, areas, moved, plain, published, scale, told};
use crate::support::app;

#[tokio::test]
async fn answers_are_written_only_while_the_assessment_is_being_answered() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
        let (id, questions) = published(&me, 1, &[scale("Q1")]).await;
        let assessment = answering(&me, &id, &["MES", "MOH"]).await;
        let answer = |agency: &str| {
            json!({"assessment": assessment, "question": questions[0], "agency": agency, "score": 2})
        };
        let made = officer.post("/answers", answer("MES")).await;
        made.ok(201);
        let path = format!("/answers/{}", made.id());
        moved(&me, &assessment, "validate").await;

        let edited = officer.edit(&path, json!({"score": 3})).await;
        let gone = officer.delete(&path, &officer.get(&path).await.etag()).await;
        let more = app.user("contributor").await.post("/answers", answer("MOH")).await;
        let narrowed = officer.edit(&path, json!({"visibility": "agency"})).await;
        let reason = json!({"reason": "A new body has answers"});
        me.act(&format!("/assessments/{assessment}"), "reopen", reason).await.ok(200);
        let again = officer.edit(&path, json!({"score": 3})).await;

        for refused in [edited, gone, more] {
            refused.problem(409, "not_answering");
        }
        narrowed.ok(200);
        assert_eq!(again.ok(200)["score"], 3);
    })
    .await;
}

#[tokio::test]
async fn answers_go_with_their_assessment_when_it_is_deleted() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("focal_point").await;
        let (id, questions) = published(&me, 1, &[scale("Q1")]).await;
        let assessment = answering(&me, &id, &[]).await;
        let answer = json!({"assessment": assessment, "question": questions[0], "agency": "MES", "score": 2});
        let made = me.post("/answers", answer).await;
        moved(&me, &assessment, "validate").await;
        let path = format!("/assessments/{assessment}");

        let gone = me.delete(&path, &me.get(&path).await.etag()).await;

        gone.ok(204);
        me.get(&format!("/answers/{}", made.id())).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_a_question_of_another_questionnaire_is_refused() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let (_, others) = published(&me, 1, &[scale("Q1")]).await;
        let (id, _) = published(&me, 2, &[scale("Q1")]).await;
        let assessment = answering(&me, &id, &[]).await;

        let answer = json!({"assessment": assessment, "question": others[0], "agency": "MES", "score": 2});
        let refused = me.post("/answers", answer).await;

        refused.problem(422, "invalid");
        assert_eq!(refused.violations(), told(&[("/question", "other_questionnaire")]));
    })
    .await;
}

#[tokio::test]
async fn an_answer_says_what_its_question_asks_for_and_nothing_else() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let mut choice = plain("C", "choice");
        choice["choices"] = json!(["none", "some"]);
        let asked = [scale("S"), plain("Y", "yes_no"), plain("N", "number"), plain("T", "text"), choice];
        let (id, questions) = published(&me, 1, &asked).await;
        let assessment = answering(&me, &id, &[]).await;
        let answer = async |at: usize, given: Json| {
            let mut body = json!({"assessment": assessment, "question": questions[at], "agency": "MES"});
            body.as_object_mut().expect("fields").extend(given.as_object().cloned().expect("fields"));
            me.post("/answers", body).await
        };

        let nothing = answer(0, json!({})).await.violations();
        let outside = answer(0, json!({"score": 6})).await.violations();
        let other = answer(1, json!({"text": "Yes", "is_yes": true})).await.violations();
        let unlisted = answer(4, json!({"choice": "all"})).await.violations();
        let right = [
            answer(0, json!({"score": 5})).await,
            answer(1, json!({"is_yes": false})).await,
            answer(2, json!({"number": "-12.50"})).await,
            answer(3, json!({"text": "In words"})).await,
            answer(4, json!({"choice": "some"})).await,
        ];

        assert_eq!(nothing, told(&[("/score", "required")]));
        assert_eq!(outside, told(&[("/score", "out_of_range")]));
        assert_eq!(other, told(&[("/text", "rule_broken")]));
        assert_eq!(unlisted, told(&[("/choice", "not_in_list")]));
        assert_eq!(right.each_ref().map(|answer| answer.status), [201; 5]);
        assert_eq!(right[2].body["number"], "-12.5");
    })
    .await;
}

#[tokio::test]
async fn each_agency_answers_for_itself_and_once() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let (id, questions) = published(&me, 1, &[scale("Q1")]).await;
        let assessment = answering(&me, &id, &["MES", "MOH"]).await;
        let answer = |agency: &str| {
            json!({"assessment": assessment, "question": questions[0], "agency": agency, "score": 2})
        };
        let (officer, contributor) = (app.user("officer").await, app.user("contributor").await);

        let first = officer.post("/answers", answer("MES")).await;
        let for_another = officer.post("/answers", answer("MOH")).await;
        let second = contributor.post("/answers", answer("MOH")).await;
        let twice = me.post("/answers", answer("MES")).await;

        first.ok(201);
        for_another.problem(403, "forbidden");
        second.ok(201);
        assert_eq!(twice.violations(), told(&[("/agency", "not_unique")]));
    })
    .await;
}
