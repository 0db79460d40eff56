//! Money of a plan, each currency for itself.

use serde_json::{Value as Json, json};

use super::{id, made};
use crate::support::{TestApp, app};

fn amount(amount: &str, currency: &str) -> Json {
    json!({ "amount": amount, "currency": currency })
}

fn path(app: &TestApp) -> String {
    format!("/plans/{}/funding", id(app, "plan:national"))
}

/// The world's national action needs money in one currency, another one in another; one line pays in each.
async fn fill(app: &TestApp) -> String {
    let me = app.user("focal_point").await;
    let action = format!("/actions/{}", id(app, "action:national"));
    let needs = json!({"cost": amount("1000.00", "KGS"), "funding_source": "State budget", "starts_on": "2026-02-01"});
    me.edit(&action, needs).await.ok(200);
    let other = json!({"objective": id(app, "objective:national"), "title": "Other", "lead_agency": "MOH",
        "cost": amount("500.00", "EUR")});
    let other = made(&me, "/actions", other).await;
    let line = json!({"action": id(app, "action:national"), "year": 2026, "planned": amount("600.00", "KGS"),
        "committed": amount("400.5", "KGS"), "spent": amount("100.00", "KGS"), "funding_source": "State budget"});
    made(&me, "/budget-lines", line).await;
    let line = json!({"action": id(app, "action:national"), "year": 2027, "planned": amount("70.00", "EUR"),
        "funding_source": "EU"});
    made(&me, "/budget-lines", line).await;
    other
}

#[tokio::test]
async fn a_line_has_one_currency() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let line = json!({"action": id(app, "action:national"), "year": 2026, "planned": amount("1.00", "KGS"),
            "committed": amount("1.00", "EUR"), "spent": amount("1.00", "KGS")});

        let refused = me.post("/budget-lines", line).await;

        refused.problem(422, "invalid");
        assert_eq!(refused.violations(), [("/committed/currency".to_owned(), "rule_broken".to_owned())]);
        let detail = refused.body["errors"][0]["detail"].as_str().unwrap_or_default().to_owned();
        assert!(detail.contains("KGS") && detail.contains("EUR"), "{detail}");
    })
    .await;
}

#[tokio::test]
async fn a_line_is_seen_by_focal_point_and_secretariat_where_nobody_says_otherwise() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let line =
            json!({"action": id(app, "action:national"), "year": 2026, "planned": amount("1.00", "KGS")});

        let path = made(&me, "/budget-lines", line).await;

        assert_eq!(me.get(&path).await.ok(200)["visibility"], "group");
        app.user("secretariat").await.get(&path).await.ok(200);
        app.user("observer").await.get(&path).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn money_is_added_by_objective_source_and_year_and_never_across_currencies() {
    app(async |app| {
        fill(app).await;

        let read = app.user("secretariat").await.get(&path(app)).await;

        let all = read.ok(200);
        let kgs = json!({"currency": "KGS", "needed": "1000.00", "planned": "600.00", "committed": "400.50",
            "spent": "100.00", "gap": "400.00", "uncommitted": "599.50"});
        let eur = json!({"currency": "EUR", "needed": "500.00", "planned": "70.00", "committed": "0.00",
            "spent": "0.00", "gap": "430.00", "uncommitted": "500.00"});
        assert_eq!(all["whole"], json!([eur, kgs]));
        assert_eq!(all["objectives"][0]["figures"], json!([eur, kgs]));
        let sources: Vec<&Json> =
            all["sources"].as_array().expect("sources").iter().map(|one| &one["source"]).collect();
        assert_eq!(sources, [&json!("EU"), &json!("State budget"), &Json::Null]);
        assert_eq!(all["sources"][1]["figures"], json!([kgs]));
        let years: Vec<&Json> =
            all["years"].as_array().expect("years").iter().map(|one| &one["year"]).collect();
        assert_eq!(years, [&json!(2026), &json!(2027), &Json::Null]);
        assert_eq!(all["years"][0]["figures"], json!([kgs]));
    })
    .await;
}

#[tokio::test]
async fn actions_without_funding_are_named_in_the_same_call() {
    app(async |app| {
        let other = fill(app).await;
        let me = app.user("secretariat").await;
        let query =
            "query($id: ID!) { planFunding(id: $id) { withoutFunding { id name } whole { currency gap } } }";

        let by_rest = me.get(&path(app)).await;
        let by_graphql = me.graphql(query, json!({"id": id(app, "plan:national")})).await;
        app.user("focal_point").await.edit(&other, json!({"status": "cancelled"})).await.ok(200);
        let after = me.get(&path(app)).await;

        let loose = &by_rest.ok(200)["without_funding"];
        assert_eq!((loose[0]["name"].clone(), loose[1].clone()), (json!("Other"), Json::Null));
        assert_eq!(by_graphql.data()["planFunding"]["withoutFunding"][0]["id"], loose[0]["id"]);
        assert_eq!(after.ok(200)["without_funding"], json!([]));
        assert_eq!(after.body["whole"][0]["needed"], "0.00");
    })
    .await;
}

#[tokio::test]
async fn money_that_is_withheld_or_hidden_is_in_no_sum() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let action = format!("/actions/{}", id(app, "action:released"));
        me.edit(&action, json!({"cost": amount("9.00", "KGS"), "funding_source": "Donor"})).await.ok(200);
        let path = format!("/plans/{}/funding", id(app, "plan:released"));
        let partner = app.user("partner").await;

        let open = partner.get(&path).await;
        for field in ["cost", "funding_source"] {
            let rule = json!({"owner": "KGZ", "kind": "action", "field": field, "scope": "outside"});
            me.post("/disclosure-rules", rule).await.ok(201);
        }
        let withheld = app.user("partner").await.get(&path).await;

        assert_eq!(open.ok(200)["sources"][0]["source"], "Donor");
        assert_eq!((&withheld.ok(200)["whole"], &withheld.body["sources"]), (&json!([]), &json!([])));
        assert_eq!(withheld.body["without_funding"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn great_amounts_are_added_exactly() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for _ in 0..12 {
            let line = json!({"action": id(app, "action:national"), "year": 2026,
                "planned": amount("999999999999999.999", "KWD")});
            made(&me, "/budget-lines", line).await;
        }

        let read = me.get(&path(app)).await;

        assert_eq!(read.ok(200)["whole"][0]["planned"], "11999999999999999.988");
        assert_eq!(read.body["whole"][0]["gap"], "-11999999999999999.988");
    })
    .await;
}
