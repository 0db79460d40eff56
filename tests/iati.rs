//! Plans as activities in the manner of IATI: in the order of its schema, and no more than their reader sees.

use quick_xml::{Reader, events::Event};
use serde_json::{Value as Json, json};

use crate::support::{TestApp, app};

/// What stands in each element of the schema of IATI 2.03, in its order, as far as elements are written.
const ORDER: &[(&str, &[&str])] = &[
    ("iati-activities", &["iati-activity"]),
    (
        "iati-activity",
        &[
            "iati-identifier",
            "reporting-org",
            "title",
            "description",
            "participating-org",
            "other-identifier",
            "activity-status",
            "activity-date",
            "contact-info",
            "activity-scope",
            "recipient-country",
            "recipient-region",
            "location",
            "sector",
            "tag",
            "budget",
            "planned-disbursement",
            "capital-spend",
            "transaction",
            "document-link",
            "related-activity",
            "legacy-data",
            "conditions",
            "result",
        ],
    ),
    ("budget", &["period-start", "period-end", "value"]),
    ("planned-disbursement", &["period-start", "period-end", "value", "provider-org", "receiver-org"]),
    ("transaction", &["transaction-type", "transaction-date", "value", "description", "provider-org"]),
    ("result", &["title", "description", "document-link", "reference", "indicator"]),
    ("indicator", &["title", "description", "document-link", "reference", "baseline", "period"]),
    ("period", &["period-start", "period-end", "target", "actual"]),
];

/// Elements that an activity has by the schema.
const REQUIRED: &[&str] =
    &["iati-identifier", "reporting-org", "title", "description", "participating-org", "activity-status"];

/// What is wrong with the elements of a document, by what stands in what.
fn faults(text: &str) -> Vec<String> {
    let (mut reader, mut faults) = (Reader::from_str(text), Vec::new());
    let mut open: Vec<(String, Vec<String>)> = vec![("document".to_owned(), Vec::new())];
    loop {
        let event = reader.read_event().expect("well-formed XML");
        let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match event {
            Event::Start(tag) => open.push((name(tag.name().as_ref()), Vec::new())),
            Event::Empty(tag) => open.last_mut().expect("an element").1.push(name(tag.name().as_ref())),
            Event::End(_) => {
                let (own, inside) = open.pop().expect("an element");
                let known = ORDER.iter().find(|(parent, _)| *parent == own).map(|(_, all)| *all);
                let places: Vec<Option<usize>> = inside
                    .iter()
                    .map(|child| known.unwrap_or(&["narrative"]).iter().position(|one| one == child))
                    .collect();
                if places.contains(&None) || !places.is_sorted() {
                    faults.push(format!("{own} has {inside:?}"));
                }
                if own == "iati-activity" && !REQUIRED.iter().all(|one| inside.iter().any(|has| has == one)) {
                    faults.push(format!("{own} lacks something of {REQUIRED:?}"));
                }
                open.last_mut().expect("an element").1.push(own);
            }
            Event::Eof => return faults,
            _ => {}
        }
    }
}

/// Fills the released plan with money and what it is measured by, and releases it anew.
async fn filled(app: &TestApp) -> String {
    let me = app.user("focal_point").await;
    let (plan, action) =
        (app.world.id("plan:released").to_string(), app.world.id("action:released").to_string());
    let period = json!({"starts_on": "2026-02-01", "ends_on": "2027-01-31", "description": "Text with <marks> & more",
        "cost": {"amount": "900.00", "currency": "KGS"}, "funding_source": "Secret fund", "status": "in_progress"});
    me.edit(&format!("/actions/{action}"), period).await.ok(200);
    let money = |amount: &str| json!({"amount": amount, "currency": "EUR"});
    for (year, source) in [(2026, "UNICRI"), (2027, "State budget")] {
        let line = json!({"action": action, "year": year, "planned": money("120.50"), "committed": money("50"), "spent": money("7"),
            "funding_source": source, "visibility": "national", "language": "en"});
        let made = me.post("/budget-lines", line).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let hidden = json!({"action": action, "year": 2026, "planned": money("1000"), "language": "en", "visibility": "group"});
    assert_eq!(me.post("/budget-lines", hidden).await.status, 201);
    let indicator = json!({"owner": "KGZ", "action": action, "title": "Trained staff", "unit": "persons", "direction": "increase",
        "baseline": "3", "baseline_on": "2026-01-01", "target": "12.5", "target_on": "2027-01-01", "language": "en"});
    let indicator = me.post("/indicators", indicator).await;
    assert_eq!(indicator.status, 201, "{}", indicator.body);
    let measured = json!({"indicator": indicator.id(), "value": "5", "measured_on": "2026-06-30"});
    assert_eq!(me.post("/measurements", measured).await.status, 201);
    let release = json!({"subject": {"plan": plan}, "audiences": ["partners"]});
    assert_eq!(me.post("/releases", release).await.status, 201);
    plan
}

#[tokio::test]
async fn a_plan_is_told_as_activities_in_the_order_of_the_schema() {
    app(async |app| {
        let path = format!("/plans/{}/iati", filled(app).await);
        let partner = app.user("partner").await;

        let told = partner.get(&path).await;
        let xml = partner.get(&format!("{path}?format=xml")).await;
        let accepted = partner.with("accept", "application/xml").get(&path).await;
        let twin = partner
            .graphql("query($id: ID!) { planIati(id: $id) }", json!({"id": app.world.id("plan:released")}))
            .await;

        let activity = &told.ok(200)["activities"][0];
        let text = String::from_utf8_lossy(&xml.bytes).into_owned();
        assert_eq!(activity["iati_identifier"], format!("KGZ-{}", app.world.id("action:released")));
        assert_eq!(activity["activity_status"], "2");
        assert_eq!(activity["recipient_country"]["code"], "KG");
        assert_eq!(activity["sector"]["code"], "CB");
        let days = json!([{"type": "1", "iso_date": "2026-02-01"}, {"type": "3", "iso_date": "2027-01-31"}]);
        assert_eq!(activity["activity_dates"], days);
        let budgets: Vec<&Json> = activity["budgets"].as_array().into_iter().flatten().collect();
        assert_eq!(budgets.len(), 2);
        assert_eq!(
            budgets[0]["value"],
            json!({"amount": "120.50", "currency": "EUR", "value_date": "2026-01-01"})
        );
        let types: Vec<&Json> = activity["transactions"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| &one["transaction_type"])
            .collect();
        assert_eq!(types, ["2", "4", "2", "4"]);
        let disbursed = &activity["planned_disbursements"][0]["provider_org"];
        assert_eq!([&disbursed["ref"], &disbursed["type"]], ["UNICRI", "40"]);
        assert_eq!(activity["results"][0]["periods"].as_array().map(Vec::len), Some(2));
        assert_eq!(faults(&text), [""; 0], "{text}");
        assert!(text.contains("Text with &lt;marks&gt; &amp; more"), "{text}");
        assert!(text.contains(r#"<reporting-org ref="KGZ" type="10">"#), "{text}");
        assert_eq!(xml.bytes, accepted.bytes);
        assert_eq!(twin.data()["planIati"], told.body);
    })
    .await;
}

#[tokio::test]
async fn activities_tell_no_more_than_their_reader_sees() {
    app(async |app| {
        let path = format!("/plans/{}/iati", filled(app).await);
        let me = app.user("focal_point").await;
        for (kind, field) in [
            ("action", "description"),
            ("action", "funding_source"),
            ("action", "cost"),
            ("budget_line", "spent"),
        ] {
            let rule = json!({"owner": "KGZ", "kind": kind, "field": field, "scope": "outside"});
            assert_eq!(me.post("/disclosure-rules", rule).await.status, 201);
        }

        let outside = app.user("partner").await.get(&format!("{path}?format=xml")).await;
        let inside = me.get(&format!("{path}?format=xml")).await;
        let stranger = app.anonymous().get(&path).await;
        let odd = me.get(&format!("{path}?format=pdf")).await;

        let [outside, inside] = [outside, inside].map(|one| String::from_utf8_lossy(&one.bytes).into_owned());
        assert_eq!(faults(&outside), [""; 0]);
        for secret in
            ["&lt;marks&gt;", "Secret fund", r#"<transaction-type code="4"/>"#, "1120.50", "Agency MOH"]
        {
            assert!(!outside.contains(secret), "{secret} in {outside}");
            assert!(inside.contains(secret), "{secret} not in {inside}");
        }
        stranger.problem(404, "not_found");
        odd.problem(400, "bad_request");
    })
    .await;
}
