//! What a document shows, and to whom.

use serde_json::{Value as Json, json};

use super::{actions, at, make, text};
use crate::support::{TestApp, app, client::Client};

#[tokio::test]
async fn a_document_holds_the_plan_as_the_tree_does() {
    app(async |app| {
        let me = app.user("portal").await;

        let read = me.get(&at(app, "plan:national")).await;

        let document = read.ok(200);
        let action = &actions(document)[0];
        assert_eq!(document["status"], json!({"code": "draft", "label": "Долбоор"}));
        assert_eq!(action["lead"]["code"], "MES");
        assert_eq!(action["partners"][0]["code"], "MOH");
        assert_eq!(action["obligations"][0]["code"], "CWC-III");
        assert_eq!(document["obligations"][0]["obligation"]["code"], "CWC-III");
        assert_eq!(document["obligations"][0]["actions"], json!([action["number"]]));
        assert_eq!(document["pillars"][0]["figures"]["actions"], document["figures"]["actions"]);
    })
    .await;
}

#[tokio::test]
async fn a_hidden_plan_has_no_document() {
    app(async |app| {
        let abroad = app.user("foreign_focal_point").await;

        for format in ["json", "html", "docx"] {
            let read = abroad.get(&format!("{}?format={format}", at(app, "plan:national"))).await;
            read.problem(404, "not_found");
        }
        abroad.get("/plans/nothing/document").await.problem(404, "not_found");
    })
    .await;
}

/// What a reader is shown of the plan's document, in every form that is text.
async fn said(app: &TestApp, reader: &Client<'_>, plan: &str) -> (Json, String) {
    let json = reader.get(&at(app, plan)).await.ok(200).clone();
    let page = reader.get(&format!("{}?format=html", at(app, plan))).await;
    (json, text(&page))
}

#[tokio::test]
async fn an_action_that_its_reader_may_not_see_is_absent_everywhere() {
    app(async |app| {
        let objective = app.world.id("objective:national");
        let hidden = json!({"objective": objective, "title": "Kept to the ministry", "language": "en", "visibility": "agency",
            "lead_agency": "MES", "obligations": ["CWC-VII"], "starts_on": "1999-01-01", "cost": {"amount": "5", "currency": "XOF"}});
        make(app, "action", vec![hidden]).await;

        let (inside, page) = said(app, &app.user("officer").await, "plan:national").await;
        let (outside, other) = said(app, &app.user("observer").await, "plan:national").await;

        assert_eq!(actions(&inside).len(), actions(&outside).len() + 1);
        assert!(page.contains("Kept to the ministry") && page.contains("CWC-VII"));
        assert!(!other.contains("Kept to the ministry") && !other.contains("CWC-VII") && !other.contains("XOF"));
        assert!(!other.contains("1999") && !outside.to_string().contains("1999"));
        assert_eq!(outside["figures"]["actions"], actions(&outside).len());
    })
    .await;
}

#[tokio::test]
async fn numbers_of_a_document_tell_nothing_of_what_is_hidden() {
    app(async |app| {
        let objective = app.world.id("objective:national");
        let action = |title: &str, position: i32, level: &str| {
            json!({"objective": objective, "title": title, "position": position, "language": "en", "visibility": level, "lead_agency": "MES"})
        };
        make(app, "action", vec![action("Hidden", 90, "agency"), action("Last", 91, "national")]).await;

        let (inside, _) = said(app, &app.user("officer").await, "plan:national").await;
        let (outside, _) = said(app, &app.user("observer").await, "plan:national").await;

        let number = |document: &Json| actions(document).last().map(|action| action["number"].clone());
        let place = |document: &Json| Some(json!(format!("1.1.{}", actions(document).len())));
        assert_eq!((number(&inside), number(&outside)), (place(&inside), place(&outside)));
    })
    .await;
}

#[tokio::test]
async fn codes_of_a_plan_stand_before_places() {
    app(async |app| {
        let me = app.user("focal_point").await;
        me.edit(&format!("/pillars/{}", app.world.id("pillar:national")), json!({"code": "II"}))
            .await
            .ok(200);

        let read = me.get(&at(app, "plan:national")).await;

        let numbers = [&read.ok(200)["pillars"][0], &read.body["pillars"][0]["objectives"][0]]
            .map(|one| one["number"].clone());
        assert_eq!(numbers, ["II", "II.1"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_reads_by_a_release_sees_what_is_released() {
    app(async |app| {
        let body = json!({"subject": {"record": {"kind": "plan", "id": app.world.id("plan:national")}}, "audiences": ["partners"]});
        let me = app.user("focal_point").await;
        let partner = app.user("partner").await;
        partner.get(&at(app, "plan:national")).await.problem(404, "not_found");
        me.post("/releases", body).await.ok(201);

        let (plan_alone, _) = said(app, &partner, "plan:national").await;
        let body = json!({"subject": {"plan": app.world.id("plan:national")}, "audiences": ["partners"]});
        me.post("/releases", body).await.ok(201);
        let (whole, page) = said(app, &partner, "plan:national").await;

        assert_eq!(plan_alone["pillars"], json!([]));
        assert_eq!(plan_alone["title"]["text"], "Plan national");
        assert_eq!(actions(&whole).len(), 1);
        assert!(page.contains("Action national"), "{page}");
        // Agencies are the country's own, and hidden unless they are released.
        assert_eq!(actions(&whole)[0]["lead"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn currencies_are_added_up_apart() {
    app(async |app| {
        let objective = app.world.id("objective:national");
        let action = |amount: &str, currency: &str| {
            json!({"objective": objective, "title": "Costs", "language": "en", "cost": {"amount": amount, "currency": currency}})
        };
        make(app, "action", vec![action("10.25", "EUR"), action("5", "KGS"), action("2.50", "EUR")]).await;

        let read = app.user("observer").await.get(&format!("{}?lang=en", at(app, "plan:national"))).await;

        let costs = read.ok(200)["pillars"][0]["figures"]["costs"].as_array().cloned().expect("costs");
        let told: Vec<_> = costs.iter().map(|cost| cost["text"].as_str().expect("a text")).collect();
        assert_eq!(told, ["EUR\u{a0}12.75", "KGS\u{a0}5"]);
    })
    .await;
}

#[tokio::test]
async fn a_document_is_the_same_on_both_faces() {
    app(async |app| {
        let me = app.user("portal").await.with("accept-language", "fr");
        let query = "query($id: ID!) { planDocument(id: $id) { id language madeOn content } }";
        let id = app.world.id("plan:national");

        let by_rest = me.get(&at(app, "plan:national")).await;
        let by_graphql = me.graphql(query, json!({ "id": id })).await;
        let abroad = app.user("foreign_focal_point").await.graphql(query, json!({ "id": id })).await;

        let told = &by_graphql.data()["planDocument"];
        assert_eq!(
            (&told["id"], &told["language"], &told["madeOn"]),
            (&json!(id), &json!("fr"), &json!("2026-11-21"))
        );
        assert_eq!(by_rest.ok(200), &told["content"]);
        assert_eq!(abroad.data()["planDocument"], Json::Null);
    })
    .await;
}
