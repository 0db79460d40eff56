//! What would fall due: nothing is written.

use serde_json::{Value as Json, json};

use super::{compiled, world};
use crate::support::app;

fn days(found: &Json) -> Vec<(Json, Json)> {
    let all = found["deadlines"].as_array().expect("a list");
    all.iter().map(|one| (one["obligation"]["code"].clone(), one["due_on"].clone())).collect()
}

#[tokio::test]
async fn question_14_when_something_first_falls_due_after_accession() {
    app(async |app| {
        world(app, None).await;
        let kaz = app.user("foreign_focal_point").await;
        let before = app.count("change_set").await;
        let input = json!({"country": "KAZ", "accession": {"framework": "CWC", "in_force_on": "2027-06-01"}, "horizon_years": 1});

        let found = kaz.post("/simulations", input).await;
        let text = "{ simulation(input: {country: \"KAZ\", horizonYears: 1, accession: {framework: \"CWC\", inForceOn: \"2027-06-01\"}}) { deadlines { dueOn } withoutDay { code } } }";
        let twin = kaz.graphql(text, json!({})).await;

        let found = found.ok(200);
        let at = |code: &str, day: &str| (json!(code), json!(day));
        assert_eq!(days(found), [at("CWC-ENTRY", "2027-07-01"), at("CWC-NEXT", "2027-10-02"), at("CWC-YEAR", "2028-04-15")]);
        let without: Vec<_> = found["without_day"].as_array().expect("a list").iter().map(|one| one["code"].clone()).collect();
        assert_eq!(without, ["CWC-EVENT", "CWC-III", "CWC-PART", "CWC-VII"]);
        assert_eq!(twin.data()["simulation"]["deadlines"].as_array().map(Vec::len), Some(3));
        assert_eq!(app.count("change_set").await, before);
    })
    .await;
}

#[tokio::test]
async fn question_15_which_notifications_an_event_triggers() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        let event = json!({"country": "KGZ", "event": {"happened_at": "2026-11-20T22:30:00+06:00"}});

        let found = me.post("/simulations", event).await;

        let found = found.ok(200);
        assert_eq!(days(found), [(json!("CWC-EVENT"), json!("2026-11-21"))]);
        assert_eq!(found["deadlines"][0]["due_at"], "2026-11-21T16:30:00Z");
    })
    .await;
}

#[tokio::test]
async fn a_rule_change_shows_its_impact_before_it_is_applied() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let change = json!({"country": "KGZ", "rule_change": {"obligation": "CWC-YEAR", "valid_from": "2027-01-01",
            "rrule": "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1"}, "horizon_years": 1});

        let found = me.post("/simulations", change.clone()).await;
        let stranger = app.user("partner").await.post("/simulations", change).await;

        let one = &found.ok(200)["deadlines"][0];
        assert_eq!((&one["due_on"], &one["due_on_now"]), (&json!("2027-06-01"), &json!("2027-04-15")));
        assert_eq!(one["is_under_way"], false);
        let hidden = &stranger.ok(200)["deadlines"][0];
        assert_eq!((&hidden["due_on_now"], &hidden["deadline"]), (&Json::Null, &Json::Null));
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_a_simulation_is_told_at_once() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let body = json!({"country": "QQQ", "horizon_years": 11, "accession": {"framework": "NONE", "in_force_on": "2027-01-01"},
            "rule_change": {"obligation": "NONE", "rrule": "FREQ=SECONDLY"},
            "event": {"happened_at": "2026-11-20T10:00:00Z", "obligations": ["NONE"]}});
        let shapeless = json!({"country": "KGZ", "rule_change": {"obligation": "CWC-III", "valid_from": "soon"},
            "event": {"happened_at": "now"}});

        let refused = me.post("/simulations", body).await;
        let shapeless = me.post("/simulations", shapeless).await;

        let told = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(
            refused.violations(),
            [
                told("", "rule_broken"),
                told("/accession/framework", "reference_not_found"),
                told("/country", "reference_not_found"),
                told("/event/obligations/0", "reference_not_found"),
                told("/horizon_years", "out_of_range"),
                told("/rule_change/obligation", "reference_not_found"),
                told("/rule_change/rrule", "bad_format"),
            ]
        );
        assert_eq!(
            shapeless.violations(),
            [told("/event/happened_at", "bad_format"), told("/rule_change/valid_from", "bad_format")]
        );
    })
    .await;
}
