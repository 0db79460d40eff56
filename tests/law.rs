//! National law: instruments through their life, reviews, and who may move what.

use serde_json::{Value as Json, json};

use crate::{
    delivery::made,
    support::{TestApp, app},
};

fn law(more: Json) -> Json {
    let mut body = json!({"owner": "KGZ", "language": "en", "kind": "law", "title": "Law on export control", "lead_agency": "MES"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    body
}

/// What a new instrument is refused for.
async fn refused(app: &TestApp, more: Json) -> Vec<(String, String)> {
    let answer = app.user("secretariat").await.post("/legal-instruments", law(more)).await;
    answer.problem(422, "invalid");
    answer.violations()
}

fn faults(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect()
}

#[tokio::test]
async fn a_law_goes_from_the_idea_to_its_repeal() {
    app(async |app| {
        let lead = app.user("officer").await;
        let full = app.user("secretariat").await;
        let path = made(&lead, "/legal-instruments", law(json!({"obligations": ["CWC-VII"]}))).await;

        lead.act(&path, "draft", json!({})).await.ok(200);
        lead.act(&path, "consult", json!({})).await.ok(200);
        let by_lead =
            lead.act(&path, "adopt", json!({"adopted_on": "2026-10-01", "issuing_body": "Parliament"})).await;
        let bare = full.act(&path, "adopt", json!({})).await;
        let undated = full.act(&path, "adopt", json!({"issuing_body": "Parliament"})).await;
        let adopted = full
            .act(
                &path,
                "adopt",
                json!({"adopted_on": "2026-10-01", "issuing_body": "Parliament", "number": "30"}),
            )
            .await;
        let early = full.act(&path, "enter_into_force", json!({"in_force_on": "2026-09-30"})).await;
        let in_force = full.act(&path, "enter_into_force", json!({"in_force_on": "2026-11-01"})).await;
        let nameless = full.act(&path, "repeal", json!({"repealed_on": "2026-11-20"})).await;
        let repealed = full
            .act(&path, "repeal", json!({"repealed_on": "2026-11-20", "repealing_act": "Law No. 31"}))
            .await;

        by_lead.problem(403, "forbidden");
        assert_eq!(bare.violations(), faults(&[("/issuing_body", "required")]));
        assert_eq!(undated.problem(409, "illegal_move")["missing"], json!(["adopted_on"]));
        assert_eq!((&adopted.ok(200)["status"], &adopted.body["number"]), (&json!("adopted"), &json!("30")));
        early.problem(422, "invalid");
        assert_eq!(early.violations(), faults(&[("/in_force_on", "rule_broken")]));
        assert_eq!(in_force.ok(200)["status"], "in_force");
        assert_eq!(nameless.violations(), faults(&[("/repealing_act", "required")]));
        assert_eq!(repealed.ok(200)["status"], "repealed");
    })
    .await;
}

#[tokio::test]
async fn nothing_enters_into_force_before_it_is_adopted_and_all_faults_come_at_once() {
    app(async |app| {
        let early = refused(
            app,
            json!({"status": "in_force", "adopted_on": "2026-10-01", "in_force_on": "2026-09-30", "url": "ftp://law.example"}),
        )
        .await;
        let never = refused(app, json!({"status": "in_force", "in_force_on": "2026-10-01"})).await;
        let bare = refused(app, json!({"status": "repealed"})).await;
        let repealed_early = refused(
            app,
            json!({"status": "repealed", "adopted_on": "2026-10-01", "repealed_on": "2026-09-01", "repealing_act": "Law No. 31"}),
        )
        .await;

        assert_eq!(early, faults(&[("/in_force_on", "rule_broken"), ("/url", "bad_format")]));
        assert_eq!(never, faults(&[("/adopted_on", "required")]));
        let wanted = [("/adopted_on", "required"), ("/repealed_on", "required"), ("/repealing_act", "required")];
        assert_eq!(bare, faults(&wanted));
        assert_eq!(repealed_early, faults(&[("/repealed_on", "rule_broken")]));
    })
    .await;
}

#[tokio::test]
async fn a_law_in_force_keeps_its_days() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let body =
            law(json!({"status": "in_force", "adopted_on": "2026-10-01", "in_force_on": "2026-10-01"}));
        let path = made(&me, "/legal-instruments", body).await;

        let emptied = me.edit(&path, json!({"adopted_on": null, "in_force_on": null})).await;

        assert_eq!(
            emptied.violations(),
            faults(&[("/adopted_on", "required"), ("/in_force_on", "required")])
        );
    })
    .await;
}

#[tokio::test]
async fn laws_are_of_countries() {
    app(async |app| {
        let me = app.user("regional").await;
        let body = law(json!({"owner": "region:CA", "lead_agency": "SEC"}));

        let refused = me.post("/legal-instruments", body).await;

        refused.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_law_is_found_by_the_obligation_it_serves_with_its_reviews_and_successor() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let newer = made(&me, "/legal-instruments", law(json!({"title": "Newer"}))).await;
        let newer = newer.rsplit('/').next().expect("an id").to_owned();
        let body = law(json!({"title": "Older", "obligations": ["CWC-VII"], "successor": newer}));
        let path = made(&me, "/legal-instruments", body).await;
        let of = path.rsplit('/').next().expect("an id");
        let review = json!({"legal_instrument": of, "title": "Review", "reviewed_on": "2026-11-01", "lead_agency": "MOH"});
        let mut backwards = review.clone();
        backwards["next_review_on"] = json!("2026-10-01");
        made(&me, "/legal-reviews", review).await;

        let late = me.post("/legal-reviews", backwards).await;
        let query = "{ obligation(code: \"CWC-VII\") { legalInstruments { nodes { title successor { title } \
                     reviews { nodes { title leadAgency { code } } } } } } }";
        let answer = me.graphql(query, json!({})).await;
        let by_rest = me.get("/legal-instruments?obligation=CWC-VII").await;

        assert_eq!(late.violations(), faults(&[("/next_review_on", "rule_broken")]));
        let reviews = json!({"nodes": [{"title": "Review", "leadAgency": {"code": "MOH"}}]});
        let wanted = json!([{"title": "Older", "successor": {"title": "Newer"}, "reviews": reviews}]);
        assert_eq!(answer.data()["obligation"]["legalInstruments"]["nodes"], wanted);
        assert_eq!(by_rest.ok(200)["items"][0]["successor"]["name"], "Newer");
    })
    .await;
}
