//! Returns: what they ask, facts that answer it, drafts, and facts past their age limit.

mod drafts;
mod stale;

use serde_json::{Value as Json, json};

use crate::{
    coverage_marks::duty,
    delivery::made,
    seeding::{demo, empty, sign_in},
    support::{TestApp, app, client::Answer},
};

/// Two returns: one with a part that asks two questions, one that asks one.
pub async fn returns(app: &TestApp) {
    let steward = app.user("steward").await;
    for code in ["BTWC", "UNSCR1540"] {
        let framework =
            json!({"code": code, "name": code, "short_name": code, "kind": "treaty", "domains": ["B"]});
        steward.post("/frameworks", framework).await.ok(201);
    }
    let return_of = json!({"category": "reporting"});
    duty(app, "BTWC", ("BTWC-CBM-RETURN", return_of.clone())).await;
    duty(app, "BTWC", ("BTWC-CBM-E", json!({"category": "reporting", "part_of": "BTWC-CBM-RETURN"}))).await;
    duty(app, "UNSCR1540", ("UNSCR1540-OP4", return_of)).await;
    for (code, obligation, position) in
        [("E-EXPORT", "BTWC-CBM-E", 20), ("E-LAW", "BTWC-CBM-E", 10), ("OP3D", "UNSCR1540-OP4", 10)]
    {
        steward.post("/report-questions", question(code, obligation, position)).await.ok(201);
    }
}

/// A question of a return.
pub fn question(code: &str, obligation: &str, position: usize) -> Json {
    json!({"code": code, "obligation": obligation, "provision": code, "title": format!("About {code}"),
        "text": format!("What is so in {code}?"), "answer_kind": "law", "position": position, "source": "Form", "language": "en"})
}

/// A fact of the world's country, which its ministry of emergencies keeps.
pub fn fact(more: Json) -> Json {
    let body = json!({"owner": "KGZ", "language": "en", "kind": "law", "title": "Exports need a licence",
        "text": "Every export needs a licence.", "as_on": "2026-11-01", "source": "Law No. 30, article 4",
        "questions": ["E-EXPORT", "OP3D"], "lead_agency": "MES", "visibility": "national"});
    with(body, more)
}

/// A draft of a return, which the same ministry prepares.
pub fn draft(obligation: &str, more: Json) -> Json {
    let body = json!({"owner": "KGZ", "language": "en", "obligation": obligation, "title": format!("Draft of {obligation}"),
        "lead_agency": "MES", "visibility": "national"});
    with(body, more)
}

fn with(mut body: Json, more: Json) -> Json {
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    body
}

/// The code of each question with the titles of the facts that answer it.
pub fn told(answers: &Json) -> Vec<(String, Vec<String>)> {
    let text = |value: &Json| value.as_str().unwrap_or("?").to_owned();
    let facts = |one: &Json| {
        one["facts"].as_array().expect("facts").iter().map(|fact| text(&fact["title"])).collect()
    };
    let all = answers["answers"].as_array().expect("answers");
    all.iter().map(|one| (text(&one["question"]["code"]), facts(one))).collect()
}

fn faults(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect()
}

async fn refused(app: &TestApp, path: &str, body: Json) -> Answer {
    let answer = app.user("secretariat").await.post(path, body).await;
    answer.problem(422, "invalid");
    answer
}

#[tokio::test]
async fn a_fact_without_source_day_or_known_question_is_told_all_of_it_at_once() {
    app(async |app| {
        returns(app).await;
        let mut bare = fact(json!({"questions": ["E-EXPORT", "E-NOTHING"], "kind": "opinion"}));
        for name in ["source", "as_on"] {
            bare.as_object_mut().expect("an object").remove(name);
        }

        let shapeless = refused(app, "/facts", bare).await;
        let unitless = refused(app, "/facts", fact(json!({"number": "3", "as_on": "2026-12-24"}))).await;
        let countless = refused(app, "/facts", fact(json!({"kind": "count"}))).await;
        let loose = refused(app, "/facts", fact(json!({"unit": "kg"}))).await;
        let silent = refused(app, "/facts", fact(json!({"text": null}))).await;
        let endless = refused(app, "/facts", fact(json!({"valid_for_months": 121}))).await;

        let all = [
            ("/as_on", "required"),
            ("/kind", "not_in_list"),
            ("/questions/1", "reference_not_found"),
            ("/source", "required"),
        ];
        assert_eq!(shapeless.violations(), faults(&all));
        assert_eq!(unitless.violations(), faults(&[("/as_on", "rule_broken"), ("/unit", "required")]));
        assert_eq!(countless.violations(), faults(&[("/number", "required")]));
        assert_eq!(loose.violations(), faults(&[("/number", "required")]));
        assert_eq!(silent.violations(), faults(&[("/text", "required")]));
        assert_eq!(endless.violations(), faults(&[("/valid_for_months", "out_of_range")]));
        assert_eq!(app.count("fact").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_age_limit_of_a_fact_follows_its_day_and_nobody_writes_it() {
    app(async |app| {
        returns(app).await;
        let me = app.user("officer").await;
        let path = made(&me, "/facts", fact(json!({"as_on": "2025-08-31", "valid_for_months": 6}))).await;

        let first = me.get(&path).await;
        let later = me.edit(&path, json!({"as_on": "2026-10-15"})).await;
        let free = me.edit(&path, json!({"valid_for_months": null})).await;
        let own = me.edit(&path, json!({"stale_on": "2030-01-01"})).await;

        // February has no 31st.
        assert_eq!(first.ok(200)["stale_on"], "2026-02-28");
        assert_eq!(later.ok(200)["stale_on"], "2027-04-15");
        assert_eq!(free.ok(200)["stale_on"], Json::Null);
        own.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn questions_are_the_stewards_and_have_the_framework_of_their_return() {
    app(async |app| {
        returns(app).await;
        let asked = question("E-NEW", "BTWC-CBM-E", 30);

        let by_focal_point = app.user("focal_point").await.post("/report-questions", asked).await;
        let of_treaty = app.anonymous().get("/report-questions?framework=BTWC&sort=position").await;

        by_focal_point.problem(403, "forbidden");
        let items = of_treaty.ok(200)["items"].as_array().cloned().expect("items");
        let codes: Vec<&Json> = items.iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, ["E-LAW", "E-EXPORT"]);
        assert_eq!(items[0]["framework"]["code"], "BTWC");
    })
    .await;
}

#[tokio::test]
async fn an_invented_country_has_facts_and_a_draft_and_the_kyrgyz_republic_has_none() {
    empty(async |app| {
        demo(app).await;
        let me = sign_in(app, "focal_point@xaa.demo").await;
        let drafts = me.get("/report-drafts?owner=XAA").await;
        let draft = drafts.ok(200)["items"][0]["id"].as_str().expect("a draft").to_owned();

        let read = me.get(&format!("/report-drafts/{draft}/answers")).await;
        let stale = me.get("/countries/XAA/stale-facts").await;
        let map = app.anonymous().get("/report-questions?obligation=UNSCR1540-OP4&limit=200").await;

        assert_eq!((&read.ok(200)["with_fact"], &read.body["without_fact"]), (&json!(4), &json!(12)));
        assert_eq!(stale.ok(200)["facts"][0]["drafts"][0]["questions"][0]["code"], "CBM-E-D-OTHER");
        assert_eq!(map.ok(200)["items"].as_array().map(Vec::len), Some(19));
        assert_eq!(app.count("fact WHERE owner = 'KGZ'").await, 0);
        let said = (read.body.to_string() + &map.body.to_string()).to_lowercase();
        for word in ["complian", "violat", "breach", "unmet", "incomplete", "missing"] {
            assert!(!said.contains(word), "{word}");
        }
    })
    .await;
}
