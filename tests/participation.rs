//! Participation: what events make of it, and how countries stood on a day as it was known on another.

mod matrix;
mod order;

use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

/// A framework that was adopted in 1972, beside the one of the world.
async fn btwc(app: &TestApp) {
    let body = json!({"code": "BTWC", "name": "Biological and Toxin Weapons Convention", "short_name": "BTWC", "kind": "treaty",
        "domains": ["B"], "adopted_on": "1972-04-10", "language": "en"});
    app.user("steward").await.post("/frameworks", body).await.ok(201);
}

/// Address of a new reference fact without days.
async fn fact(who: &Client<'_>, country: &str, framework: &str, status: &str) -> String {
    let body = json!({"owner": "reference", "country": country, "framework": framework, "status": status,
        "confidence": "medium", "source": "from memory"});
    format!("/participations/{}", who.post("/participations", body).await.id())
}

/// An event on a day, which is known from another day on.
fn event(of: &str, what: &str, on: &str, known: &str) -> Json {
    json!({"participation": of.rsplit('/').next(), "event_type": what, "happened_on": on, "happened_precision": "day",
        "known_on": known, "confidence": "high", "source": "depositary"})
}

async fn tell(who: &Client<'_>, body: Json) -> String {
    format!("/participation-events/{}", who.post("/participation-events", body).await.id())
}

async fn held(who: &Client<'_>, of: &str, query: &str) -> Json {
    who.get(&format!("{of}/standing?{query}")).await.ok(200)["held"].clone()
}

#[tokio::test]
async fn a_participation_becomes_what_its_events_say() {
    app(async |app| {
        let steward = app.user("steward").await;
        btwc(app).await;
        let of = fact(&steward, "KAZ", "BTWC", "unknown").await;
        let shape = |row: &Json| {
            ["status", "status_on", "status_precision", "in_force_on", "in_force_precision"]
                .map(|name| row[name].clone())
        };
        let now = async || shape(steward.get(&of).await.ok(200));

        let entered = now().await;
        tell(&steward, event(&of, "signature", "1990-05-02", "1990-05-02")).await;
        let signed = now().await;
        let act = tell(&steward, event(&of, "ratification", "2007-06-15", "2007-06-15")).await;
        tell(&steward, event(&of, "reservation", "2007-06-15", "2007-06-15")).await;
        let consented = now().await;
        tell(&steward, event(&of, "entry_into_force", "2027-02-01", "2026-11-01")).await;
        let ahead = now().await;
        steward.edit(&act, json!({"happened_on": "2007-06-01", "happened_precision": "month"})).await.ok(200);
        let edited = now().await;
        let other = steward.edit(&of, json!({"status": "acceded", "note": "Checked"})).await;
        let note = steward.edit(&of, json!({"note": "Checked"})).await;

        assert_eq!(entered, [json!("unknown"), json!(null), json!(null), json!(null), json!(null)]);
        assert_eq!(signed, [json!("signed"), json!("1990-05-02"), json!("day"), json!(null), json!(null)]);
        assert_eq!(
            consented,
            [json!("ratified"), json!("2007-06-15"), json!("day"), json!(null), json!(null)]
        );
        assert_eq!(ahead[3..], [json!("2027-02-01"), json!("day")]);
        assert_eq!(
            edited,
            [json!("ratified"), json!("2007-06-01"), json!("month"), json!("2027-02-01"), json!("day")]
        );
        assert_eq!(other.violations(), [("/status".to_owned(), "rule_broken".to_owned())]);
        assert_eq!(note.ok(200)["status"], "ratified");
    })
    .await;
}

#[tokio::test]
async fn a_participation_whose_events_go_stays_as_they_left_it() {
    app(async |app| {
        let steward = app.user("steward").await;
        btwc(app).await;
        let of = fact(&steward, "KAZ", "BTWC", "unknown").await;
        let act = tell(&steward, event(&of, "accession", "2007-06-15", "2007-06-15")).await;
        let etag = steward.get(&act).await.etag();

        steward.delete(&act, &etag).await;
        let left = steward.get(&of).await.ok(200)["status"].clone();
        let edited = steward
            .edit(&of, json!({"status": "not_party", "status_on": null, "status_precision": null}))
            .await;

        assert_eq!(left, "acceded");
        assert_eq!(edited.ok(200)["status"], "not_party");
    })
    .await;
}

#[tokio::test]
async fn a_standing_is_that_of_its_day_as_it_was_known_on_another() {
    app(async |app| {
        let steward = app.user("steward").await;
        btwc(app).await;
        let of = fact(&steward, "KAZ", "BTWC", "unknown").await;
        tell(&steward, event(&of, "signature", "1990-05-02", "1990-05-02")).await;
        tell(&steward, event(&of, "ratification", "2007-06-15", "2007-06-15")).await;
        let wrong = tell(&steward, event(&of, "entry_into_force", "2019-01-01", "2019-01-01")).await;
        let right = event(&of, "entry_into_force", "2020-06-01", "2023-03-02");
        let taken = json!({"op": "update", "id": wrong.rsplit('/').next(), "version": 1, "data": {"taken_back_on": "2023-03-02"}});
        let batch = json!({"items": [{"op": "create", "data": right}, taken]});
        let done = steward.post("/participation-events/batch", batch).await;
        tell(&steward, event(&of, "withdrawal", "2024-01-01", "2023-10-01")).await;
        let at = async |query: &str| held(&app.anonymous(), &of, query).await["standing"].clone();

        assert_eq!(done.ok(200)["outcomes"].as_array().map(Vec::len), Some(2));
        assert_eq!(at("valid_on=1980-01-01").await, "not_party");
        assert_eq!(at("valid_on=1990-05-02").await, "signatory");
        assert_eq!(at("valid_on=2020-01-01&known_on=2023-03-01").await, "party", "as it was thought to be");
        assert_eq!(at("valid_on=2020-01-01&known_on=2023-03-02").await, "contracting", "the error is taken back");
        let listed = steward.get("/participations?country=KAZ&framework=BTWC&valid_on=2020-01-01&known_on=2023-03-01").await;
        let listed = &listed.ok(200)["items"][0];
        assert_eq!((&listed["status"], &listed["in_force_on"]), (&json!("ratified"), &json!("2019-01-01")));
        let later = steward.get("/participations?country=KAZ&framework=BTWC&valid_on=2020-01-01&known_on=2023-03-02").await;
        assert_eq!(later.ok(200)["items"][0]["in_force_on"], "2020-06-01", "it lies ahead of the day");
        let wrong = steward.get("/participations?status=ratified&sort=-status_on&valid_on=2020-13-01").await;
        let told = |at: &str, code: &str| (at.to_owned(), code.to_owned());
        let faults = [told("?sort", "rule_broken"), told("?status", "rule_broken"), told("?valid_on", "bad_format")];
        assert_eq!(wrong.violations(), faults);
        assert_eq!(at("valid_on=2020-06-01").await, "party");
        assert_eq!(at("valid_on=2023-12-31").await, "party");
        assert_eq!(at("valid_on=2024-01-01").await, "not_party");
        assert_eq!(at("valid_on=2024-01-01&known_on=2023-09-30").await, "party", "nobody knew of the withdrawal");
        assert_eq!(at("valid_on=2020-01-01&known_on=2007-06-14").await, "signatory");
        assert_eq!(held(&steward, &of, "").await["status"], "withdrawn");
        assert_eq!(steward.get(&of).await.ok(200)["status"], "withdrawn");
    })
    .await;
}

#[tokio::test]
async fn within_a_date_that_is_known_in_part_nobody_can_tell() {
    app(async |app| {
        let steward = app.user("steward").await;
        btwc(app).await;
        let of = fact(&steward, "KAZ", "BTWC", "unknown").await;
        let mut year = event(&of, "entry_into_force", "2007-01-01", "2010-01-01");
        year["happened_precision"] = json!("year");
        year["confidence"] = json!("medium");
        tell(&steward, year).await;
        let at = async |query: &str| held(&steward, &of, query).await;

        let inside = at("valid_on=2007-06-01").await;
        let after = at("valid_on=2007-12-31").await;

        assert_eq!(at("valid_on=2006-12-31").await["standing"], "not_party");
        assert_eq!((&inside["standing"], &inside["status"]), (&json!("unknown"), &json!("unknown")));
        assert_eq!(
            (&inside["in_force_on"], &inside["in_force_precision"]),
            (&json!("2007-01-01"), &json!("year"))
        );
        assert_eq!((&after["standing"], &after["is_verified"]), (&json!("party"), &json!(false)));
    })
    .await;
}

#[tokio::test]
async fn what_was_known_without_events_is_in_the_log() {
    app(async |app| {
        let steward = app.user("steward").await;
        btwc(app).await;
        let of = fact(&steward, "KAZ", "BTWC", "not_party").await;
        app.state.clock.advance(chrono::TimeDelta::days(3));
        let change = json!({"status": "acceded", "status_on": "2020-01-01", "status_precision": "day", "in_force_on": "2020-02-01",
            "in_force_precision": "day"});
        app.user("steward").await.edit(&of, change).await.ok(200);
        let reader = app.anonymous();

        let at = async |query: &str| held(&reader, &of, query).await["standing"].clone();

        assert_eq!(at("valid_on=2021-01-01").await, "party");
        assert_eq!(at("valid_on=2020-01-15").await, "contracting");
        assert_eq!(at("valid_on=2021-01-01&known_on=2026-11-23").await, "not_party");
        assert_eq!(at("valid_on=2021-01-01&known_on=2026-11-20").await, "unknown");
        reader.get(&format!("{of}/standing?valid_on=soon")).await.problem(400, "bad_request");
    })
    .await;
}
