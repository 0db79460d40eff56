//! What cannot have happened like that.

use serde_json::{Value as Json, json};

use super::{btwc, event, fact, tell};
use crate::support::app;

fn at(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

#[tokio::test]
async fn an_entry_into_force_lies_before_neither_adoption_nor_consent() {
    app(async |app| {
        let steward = app.user("steward").await;
        btwc(app).await;
        let of = fact(&steward, "KAZ", "BTWC", "unknown").await;
        tell(&steward, event(&of, "accession", "2007-06-15", "2007-06-15")).await;
        let post = async |on: &str| {
            steward.post("/participation-events", event(&of, "entry_into_force", on, "2010-01-01")).await
        };

        let early = post("1971-01-01").await;
        let before = post("2007-06-14").await;
        post("2007-06-15").await.ok(201);

        assert_eq!(
            early.violations(),
            [at("/happened_on", "out_of_order"), at("/happened_on", "out_of_order")]
        );
        assert_eq!(before.violations(), [at("/happened_on", "out_of_order")]);
    })
    .await;
}

#[tokio::test]
async fn a_successor_says_later_what_it_has_been_bound_by_since_its_independence() {
    app(async |app| {
        let steward = app.user("steward").await;
        btwc(app).await;
        let of = fact(&steward, "KAZ", "BTWC", "unknown").await;
        tell(&steward, event(&of, "succession", "1995-01-01", "1995-01-01")).await;

        steward
            .post("/participation-events", event(&of, "entry_into_force", "1991-12-16", "1995-01-01"))
            .await
            .ok(201);

        assert_eq!(steward.get(&of).await.ok(200)["in_force_on"], "1991-12-16");
    })
    .await;
}

#[tokio::test]
async fn a_period_of_participation_ends_before_another_one_begins() {
    app(async |app| {
        let steward = app.user("steward").await;
        btwc(app).await;
        let of = fact(&steward, "KAZ", "BTWC", "unknown").await;
        tell(&steward, event(&of, "entry_into_force", "2000-01-01", "2000-01-01")).await;
        let again = event(&of, "entry_into_force", "2010-01-01", "2010-01-01");

        let overlaps = steward.post("/participation-events", again.clone()).await;
        let leave = tell(&steward, event(&of, "withdrawal", "2005-01-01", "2005-01-01")).await;
        steward.post("/participation-events", again).await.ok(201);
        let etag = steward.get(&leave).await.etag();
        let gone = steward.delete(&leave, &etag).await;
        let early = steward.edit(&leave, json!({"happened_on": "1999-01-01"})).await;

        assert_eq!(overlaps.violations(), [at("/happened_on", "periods_overlap")]);
        assert_eq!(gone.violations(), [at("", "periods_overlap")]);
        let codes: Vec<String> = early.violations().into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, ["periods_overlap", "out_of_order"]);
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_wrong_with_an_event_is_told_at_once() {
    app(async |app| {
        let steward = app.user("steward").await;
        btwc(app).await;
        let of = fact(&steward, "KAZ", "BTWC", "unknown").await;
        let mut body = event(&of, "deposit", "2026-12-24", "2026-12-01");
        body["text"] = json!("Reserves article IX");
        let mut bare = event(&of, "accession", "2007-06-15", "2007-06-15");
        bare["happened_on"] = Json::Null;
        let mut vague = event(&of, "accession", "2007-06-15", "2007-06-15");
        vague["happened_precision"] = json!("unknown");

        let wrong = steward.post("/participation-events", body).await;
        let bare = steward.post("/participation-events", bare).await;
        let vague = steward.post("/participation-events", vague).await;

        assert_eq!(
            wrong.violations(),
            [
                at("/depositary", "required"),
                at("/happened_on", "rule_broken"),
                at("/known_on", "rule_broken"),
                at("/text", "rule_broken"),
            ]
        );
        assert_eq!(bare.violations(), [at("/happened_on", "required")]);
        assert_eq!(vague.violations(), [at("/happened_on", "rule_broken")]);
    })
    .await;
}

#[tokio::test]
async fn a_participation_without_events_has_days_that_can_be() {
    app(async |app| {
        let steward = app.user("steward").await;
        btwc(app).await;
        let body = json!({"owner": "reference", "country": "KAZ", "framework": "BTWC", "status": "ratified", "status_on": "2007-06-15",
            "in_force_on": "1970-01-01", "in_force_precision": "day", "confidence": "high", "source": "depositary"});

        let wrong = steward.post("/participations", body).await;

        assert_eq!(
            wrong.violations(),
            [
                at("/in_force_on", "out_of_order"),
                at("/in_force_on", "out_of_order"),
                at("/status_precision", "required"),
            ]
        );
    })
    .await;
}
