//! Facts past their age limit, and the drafts that they are in.

use serde_json::{Value as Json, json};

use super::{draft, fact, returns};
use crate::{delivery::made, support::app};

/// The titles of facts with those of the drafts that they are in.
fn told(stale: &Json) -> Vec<(String, Vec<String>)> {
    let name = |of: &Json| of["name"].as_str().unwrap_or("?").to_owned();
    let drafts =
        |one: &Json| one["drafts"].as_array().expect("drafts").iter().map(|of| name(&of["draft"])).collect();
    stale["facts"].as_array().expect("facts").iter().map(|one| (name(&one["fact"]), drafts(one))).collect()
}

#[tokio::test]
async fn a_fact_past_its_limit_lists_the_drafts_that_it_is_in() {
    app(async |app| {
        returns(app).await;
        let me = app.user("officer").await;
        let old = json!({"title": "Old", "as_on": "2025-11-21", "valid_for_months": 12});
        made(&me, "/facts", fact(old)).await;
        made(&me, "/facts", fact(json!({"title": "Older", "as_on": "2025-01-01", "valid_for_months": 12, "questions": ["E-LAW"]}))).await;
        made(&me, "/facts", fact(json!({"title": "Fresh", "valid_for_months": 12}))).await;
        made(&me, "/facts", fact(json!({"title": "Without limit", "as_on": "2001-01-01"}))).await;
        made(&me, "/report-drafts", draft("BTWC-CBM-RETURN", json!({"title": "Whole"}))).await;
        made(&me, "/report-drafts", draft("BTWC-CBM-E", json!({"title": "Part"}))).await;
        let report = made(&me, "/report-drafts", draft("UNSCR1540-OP4", json!({"title": "Report"}))).await;
        let query = "query($on: Date) { countryStaleFacts(code: \"KGZ\", on: $on) { on facts { fact { name } staleOn daysPast drafts { draft { name } questions { code } } } } }";

        let today = me.get("/countries/KGZ/stale-facts").await;
        let by_graphql = me.graphql(query, json!({})).await;
        me.act(&report, "finish", json!({})).await.ok(200);
        let finished = me.get("/countries/KGZ/stale-facts?on=2026-11-21").await;
        let yesterday = me.get("/countries/KGZ/stale-facts?on=2026-11-20").await;
        let ahead = me.get("/countries/KGZ/stale-facts?on=2027-11-01").await;

        let pair = |fact: &str, drafts: &[&str]| {
            (fact.to_owned(), drafts.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(told(today.ok(200)), [pair("Older", &["Whole", "Part"]), pair("Old", &["Whole", "Part", "Report"])]);
        let first = &today.body["facts"][0];
        assert_eq!((&first["stale_on"], &first["days_past"]), (&json!("2026-01-01"), &json!(324)));
        assert_eq!(first["drafts"][0]["obligation"]["code"], "BTWC-CBM-RETURN");
        assert_eq!(first["drafts"][0]["questions"][0]["code"], "E-LAW");
        let twin = &by_graphql.data()["countryStaleFacts"];
        assert_eq!(told(twin), told(&today.body));
        assert_eq!((&twin["on"], &twin["facts"][1]["daysPast"]), (&json!("2026-11-21"), &json!(0)));
        assert_eq!(told(finished.ok(200))[1], pair("Old", &["Whole", "Part"]));
        assert_eq!(told(yesterday.ok(200)), [pair("Older", &["Whole", "Part"])]);
        assert_eq!(told(ahead.ok(200)).len(), 3);
    })
    .await;
}

#[tokio::test]
async fn hidden_facts_and_drafts_are_absent_and_what_cannot_be_read_is_refused() {
    app(async |app| {
        returns(app).await;
        let other = app.user("contributor").await;
        let old = json!({"title": "Kept", "as_on": "2020-01-01", "valid_for_months": 1, "lead_agency": "MOH", "visibility": "agency"});
        made(&other, "/facts", fact(old)).await;
        let known = json!({"title": "Known", "as_on": "2020-01-01", "valid_for_months": 1});
        made(&app.user("officer").await, "/facts", fact(known)).await;
        let secret = json!({"title": "Secret draft", "lead_agency": "MOH", "visibility": "agency"});
        made(&other, "/report-drafts", draft("UNSCR1540-OP4", secret)).await;

        let own = other.get("/countries/KGZ/stale-facts").await;
        let inside = app.user("observer").await.get("/countries/KGZ/stale-facts").await;
        let outside = app.user("partner").await.get("/countries/KGZ/stale-facts").await;
        let nowhere = app.anonymous().get("/countries/XXX/stale-facts").await;
        let never = app.anonymous().get("/countries/KGZ/stale-facts?on=2026-02-30").await;

        assert_eq!(told(own.ok(200)).len(), 2);
        assert_eq!(told(inside.ok(200)), [("Known".to_owned(), Vec::new())]);
        assert_eq!(outside.ok(200)["facts"], json!([]));
        nowhere.problem(404, "not_found");
        never.problem(400, "bad_request");
    })
    .await;
}
