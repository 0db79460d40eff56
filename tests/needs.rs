//! The needs assessment: rules of questionnaires, questions, assessments and gaps.

mod answers;
mod proposals;
mod renewals;

use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

/// Makes areas of capability as the steward does.
pub async fn areas(app: &TestApp, codes: &[&str]) {
    let steward = app.user("steward").await;
    for code in codes {
        let area = json!({"code": code, "title": format!("Area {code}"), "domains": ["R", "N"]});
        steward.post("/capability-areas", area).await.ok(201);
    }
}

/// A question on a scale from 1 to 5.
pub fn scale(code: &str) -> Json {
    json!({"code": code, "area": "BORDER", "text": format!("Question {code}?"), "answer_type": "scale",
        "scale_min": 1, "scale_max": 5})
}

/// A question with an answer type that needs nothing else.
pub fn plain(code: &str, answer_type: &str) -> Json {
    json!({"code": code, "area": "BORDER", "text": format!("Question {code}?"), "answer_type": answer_type})
}

/// Makes an edition with its questions; answers its id and theirs.
pub async fn edition(me: &Client<'_>, number: i32, questions: &[Json]) -> (String, Vec<String>) {
    let new =
        json!({"owner": "KGZ", "code": "NAQ", "edition": number, "title": "Questionnaire", "language": "en"});
    let made = me.post("/questionnaires", new).await;
    made.ok(201);
    let mut ids = Vec::new();
    for question in questions {
        let mut question = question.clone();
        question["questionnaire"] = json!(made.id());
        let made = me.post("/questions", question).await;
        made.ok(201);
        ids.push(made.id());
    }
    (made.id(), ids)
}

/// The same, published.
pub async fn published(me: &Client<'_>, number: i32, questions: &[Json]) -> (String, Vec<String>) {
    let (id, questions) = edition(me, number, questions).await;
    me.act(&format!("/questionnaires/{id}"), "publish", json!({})).await.ok(200);
    (id, questions)
}

/// Makes an assessment that is being answered, shared with these agencies; answers its id.
pub async fn answering(me: &Client<'_>, questionnaire: &str, agencies: &[&str]) -> String {
    let new = json!({"owner": "KGZ", "questionnaire": questionnaire, "title": "Assessment", "language": "en",
        "status": "answering", "shared_with": {"agencies": agencies}});
    let made = me.post("/assessments", new).await;
    made.ok(201);
    made.id()
}

/// Makes a move of an assessment.
pub async fn moved(me: &Client<'_>, assessment: &str, verb: &str) {
    me.act(&format!("/assessments/{assessment}"), verb, json!({})).await.ok(200);
}

/// Places and codes as a test says them.
pub fn told(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect()
}

#[tokio::test]
async fn a_published_questionnaire_and_its_questions_refuse_edits() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let (id, questions) = published(&me, 1, &[scale("Q1")]).await;
        let (whole, question) = (format!("/questionnaires/{id}"), format!("/questions/{}", questions[0]));
        let mut more = scale("Q2");
        more["questionnaire"] = json!(id);

        let title = me.edit(&whole, json!({"title": "Another"})).await;
        let text = me.edit(&question, json!({"text": "Another?"})).await;
        let gone = me.delete(&question, &me.get(&question).await.etag()).await;
        let added = me.post("/questions", more).await;
        let shared = me.edit(&whole, json!({"visibility": "group"})).await;

        for refused in [title, text, gone, added] {
            refused.problem(409, "questionnaire_published");
        }
        assert_eq!(shared.ok(200)["visibility"], "group");
    })
    .await;
}

#[tokio::test]
async fn a_published_questionnaire_is_deleted_while_nobody_uses_it() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let (used, _) = published(&me, 1, &[scale("Q1")]).await;
        let (unused, _) = published(&me, 2, &[scale("Q1")]).await;
        answering(&me, &used, &[]).await;
        let gone = async |id: &str| {
            let path = format!("/questionnaires/{id}");
            me.delete(&path, &me.get(&path).await.etag()).await
        };

        let (of_used, of_unused) = (gone(&used).await, gone(&unused).await);

        of_used.problem(409, "in_use");
        of_unused.ok(204);
    })
    .await;
}

#[tokio::test]
async fn the_steward_makes_and_publishes_what_belongs_to_nobody() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let (steward, focal_point) = (app.user("steward").await, app.user("focal_point").await);
        let new = json!({"owner": "reference", "code": "NAQ", "title": "Questionnaire", "language": "en"});
        let made = steward.post("/questionnaires", new.clone()).await;
        let mut question = scale("Q1");
        question["questionnaire"] = json!(made.id());
        let asked = steward.post("/questions", question).await;
        let path = format!("/questionnaires/{}", made.id());

        let by_country = focal_point.act(&path, "publish", json!({})).await;
        let by_steward = steward.act(&path, "publish", json!({})).await;
        let of_country = focal_point.post("/questionnaires", new).await;
        let used = answering(&focal_point, &made.id(), &["MES"]).await;
        let read = app.anonymous().get(&format!("/questions/{}", asked.id())).await;

        by_country.problem(403, "forbidden");
        assert_eq!(by_steward.ok(200)["status"], "published");
        of_country.problem(403, "forbidden");
        assert!(!used.is_empty());
        assert_eq!(read.ok(200)["visibility"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn a_question_has_what_its_answer_type_needs_and_nothing_else() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let (id, _) = edition(&me, 1, &[]).await;
        let ask = async |answer_type: &str, more: Json| {
            let mut body = plain("Q1", answer_type);
            body["questionnaire"] = json!(id);
            body.as_object_mut().expect("fields").extend(more.as_object().cloned().expect("fields"));
            me.post("/questions", body).await.violations()
        };

        let bare = ask("scale", json!({})).await;
        let upside_down = ask("scale", json!({"scale_min": 5, "scale_max": 1})).await;
        let labelled =
            ask("scale", json!({"scale_min": 1, "scale_max": 3, "scale_labels": ["a", "b"]})).await;
        let chosen = ask("choice", json!({"choices": ["yes", "yes"], "scale_min": 1})).await;
        let alone = ask("choice", json!({"choices": ["yes"]})).await;
        let text = ask("text", json!({"choices": ["a", "b"], "scale_labels": ["a"]})).await;

        assert_eq!(bare, told(&[("/scale_max", "required"), ("/scale_min", "required")]));
        assert_eq!(upside_down, told(&[("/scale_max", "rule_broken")]));
        assert_eq!(labelled, told(&[("/scale_labels", "rule_broken")]));
        assert_eq!(chosen, told(&[("/choices/1", "rule_broken"), ("/scale_min", "rule_broken")]));
        assert_eq!(alone, told(&[("/choices", "required")]));
        assert_eq!(text, told(&[("/choices", "rule_broken"), ("/scale_labels", "rule_broken")]));
    })
    .await;
}

#[tokio::test]
async fn a_question_replaces_one_of_an_older_edition() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let (_, newer) = edition(&me, 2, &[scale("Q1")]).await;
        let (older, _) = edition(&me, 1, &[]).await;
        let mut question = scale("Q9");
        question["questionnaire"] = json!(older);
        question["replaces"] = json!(newer[0]);

        let refused = me.post("/questions", question).await;

        refused.problem(422, "invalid");
        assert_eq!(refused.violations(), told(&[("/replaces", "rule_broken")]));
    })
    .await;
}

#[tokio::test]
async fn an_assessment_answers_a_questionnaire_that_is_published() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let (draft, _) = edition(&me, 1, &[scale("Q1")]).await;
        let new = json!({"owner": "KGZ", "questionnaire": draft, "title": "Assessment", "language": "en"});

        let refused = me.post("/assessments", new).await;

        refused.problem(422, "invalid");
        assert_eq!(refused.violations(), told(&[("/questionnaire", "rule_broken")]));
    })
    .await;
}

#[tokio::test]
async fn assessments_and_answers_are_kept_to_the_group_where_nobody_says_otherwise() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let (id, questions) = published(&me, 1, &[scale("Q1")]).await;
        let open = json!({"owner": "KGZ", "questionnaire": id, "title": "For all", "language": "en",
            "status": "answering", "visibility": "national"});
        let open = me.post("/assessments", open).await;
        let shared = answering(&me, &id, &["MES", "MOH"]).await;
        let answer = |assessment: &str| {
            json!({"assessment": assessment, "question": questions[0], "agency": "MES", "score": 2})
        };

        let plain = json!({"owner": "KGZ", "questionnaire": id, "title": "Plain", "language": "en"});
        let plain = me.post("/assessments", plain).await;
        let below_open = me.post("/answers", answer(&open.id())).await;
        let below_shared = me.post("/answers", answer(&shared)).await;
        let of_others = app.user("contributor").await.get(&format!("/answers/{}", below_shared.id())).await;
        let of_its_agency = app.user("officer").await.get(&format!("/answers/{}", below_shared.id())).await;

        assert_eq!(plain.ok(201)["visibility"], "group");
        assert_eq!(below_open.ok(201)["visibility"], "group");
        assert_eq!(below_shared.ok(201)["shared_with"], json!({"agencies": [], "groups": []}));
        of_others.problem(404, "not_found");
        of_its_agency.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_gap_with_a_severity_says_why() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let gap =
            json!({"owner": "KGZ", "area": "BORDER", "title": "A gap", "domains": ["R"], "language": "en"});
        let severe = |more: Json| {
            let mut body = gap.clone();
            body.as_object_mut().expect("fields").extend(more.as_object().cloned().expect("fields"));
            body
        };

        let bare = me.post("/gaps", severe(json!({"severity": 4}))).await;
        let whole =
            me.post("/gaps", severe(json!({"severity": 4, "severity_rationale": "Few are equipped"}))).await;
        let cleared = me.edit(&format!("/gaps/{}", whole.id()), json!({"severity_rationale": null})).await;
        let without = me.post("/gaps", gap.clone()).await;

        assert_eq!(bare.violations(), told(&[("/severity_rationale", "required")]));
        assert_eq!(whole.ok(201)["visibility"], "group");
        assert_eq!(cleared.violations(), told(&[("/severity_rationale", "required")]));
        without.ok(201);
    })
    .await;
}

#[tokio::test]
async fn a_gap_is_accepted_by_a_move_with_its_reason() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let gap = json!({"owner": "KGZ", "area": "BORDER", "title": "A gap", "domains": ["R"], "language": "en",
            "status": "accepted"});

        let refused = me.post("/gaps", gap).await;

        assert_eq!(refused.violations(), told(&[("/status", "rule_broken")]));
    })
    .await;
}

#[tokio::test]
async fn gaps_that_a_country_releases_are_listed_by_area_in_one_call() {
    app(async |app| {
        areas(app, &["BORDER", "LAB"]).await;
        let me = app.user("focal_point").await;
        for (area, severity) in [("BORDER", 4), ("BORDER", 2), ("LAB", 5)] {
            let gap = json!({"owner": "KGZ", "area": area, "title": format!("{area} {severity}"), "domains": ["R"], "language": "en",
                "severity": severity, "severity_rationale": "As found", "visibility": "national"});
            me.post("/gaps", gap).await.ok(201);
        }
        let regional = app.user("regional").await;
        let path = "/gaps?country=KGZ&area=BORDER&sort=-severity&total=true";
        let before = regional.get(path).await;

        me.post("/releases", json!({"subject": {"kind": "gap"}, "audiences": ["region:CA"]})).await.ok(201);
        let of_area = regional.get(path).await;
        let abroad = app.user("partner").await.get(path).await;

        assert_eq!(before.ok(200)["page"]["total"], 0);
        assert_eq!(of_area.ok(200)["page"]["total"], 2);
        let shown: Vec<&Json> =
            of_area.body["items"].as_array().expect("items").iter().map(|one| &one["title"]).collect();
        assert_eq!(shown, ["BORDER 4", "BORDER 2"]);
        assert_eq!(of_area.body["items"][0]["area"]["code"], "BORDER");
        assert_eq!(abroad.ok(200)["page"]["total"], 0);
    })
    .await;
}
