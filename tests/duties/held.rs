//! What counts, and what does not: dates known in part, what is closed, what a country entered or stopped itself.

use serde_json::{Value as Json, json};

use super::{compiled, day, days, deadlines, find, world};
use crate::support::{app, client::Client};

async fn upcoming(who: &Client<'_>) -> Json {
    who.get("/deadlines?status=upcoming&total=true").await.ok(200)["page"]["total"].clone()
}

/// Address of the first record of a list.
async fn first(who: &Client<'_>, path: &str, query: &str) -> String {
    let list = who.get(&format!("{path}?{query}")).await;
    format!("{path}/{}", list.ok(200)["items"][0]["id"].as_str().expect("a record"))
}

#[tokio::test]
async fn a_date_known_to_the_month_gives_no_offset_and_nothing_before_it() {
    app(async |app| {
        let own = world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        me.edit(&own, json!({"in_force_on": "2027-05-20", "in_force_precision": "month"})).await.ok(200);

        let done = compiled(&me).await;
        let found = deadlines(&me).await;

        assert_eq!(done["warnings"][0]["caution"], "entry_not_known_to_the_day");
        assert_eq!(days(&found, "CWC-ENTRY"), [""; 0]);
        assert_eq!(days(&found, "CWC-YEAR"), ["2028-04-15", "2029-04-15"]);
        assert_eq!(days(&found, "CWC-NEXT"), ["2027-10-02", "2028-10-02", "2029-10-02"]);
    })
    .await;
}

#[tokio::test]
async fn a_treaty_that_is_not_in_force_gives_prospective_commitments_and_no_deadlines() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, steward) = (app.user("focal_point").await, app.user("steward").await);
        let framework = format!("/frameworks/{}", app.world.id("framework:CWC"));
        steward.edit(&framework, json!({"in_force_on": null})).await.ok(200);

        let done = compiled(&me).await;
        let before = deadlines(&me).await;
        steward.edit(&framework, json!({"in_force_on": "1997-04-29"})).await.ok(200);
        day(app).await;

        assert_eq!(
            (&done["commitments"], &done["warnings"][0]["caution"]),
            (&json!(7), &json!("prospective"))
        );
        assert_eq!(before, []);
        assert_eq!(days(&deadlines(&me).await, "CWC-YEAR").len(), 4);
        assert_eq!(compiled(&me).await["warnings"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_is_closed_leads_to_nothing_and_beside_a_closed_statement_the_fact_counts() {
    app(async |app| {
        let own = world(app, Some("2026-12-01")).await;
        let (me, steward) = (app.user("focal_point").await, app.user("steward").await);
        compiled(&me).await;
        let year = first(&steward, "/obligations", "code=CWC-YEAR").await;
        let entry = find(&me, "CWC-ENTRY", "2026-12-31").await;

        steward.edit(&year, json!({"valid_until": "2026-11-01"})).await.ok(200);
        let closed = me.get("/deadlines?obligation=CWC-YEAR&status=upcoming&total=true").await;
        let stated = me.get(&entry).await.ok(200)["status"].clone();
        me.edit(&own, json!({"valid_until": "2026-11-01"})).await.ok(200);
        let fact = me.get(&entry).await.ok(200)["status"].clone();

        assert_eq!(closed.ok(200)["page"]["total"], 0);
        assert_eq!((stated, fact), (json!("upcoming"), json!("not_applicable")));
        assert_ne!(upcoming(&me).await, 0, "the fact says that the State is bound, and not since when");
    })
    .await;
}

#[tokio::test]
async fn a_country_that_stopped_it_keeps_what_it_has() {
    app(async |app| {
        let own = world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let before = upcoming(&me).await;
        let asked = first(&me, "/compilations", "owner=KGZ").await;

        me.edit(&asked, json!({"is_active": false})).await.ok(200);
        me.edit(&own, json!({"status": "not_party"})).await.ok(200);
        day(app).await;

        assert_eq!(upcoming(&me).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_commitment_that_a_country_entered_stays_its_own_and_what_is_encouraged_is_voluntary() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, steward) = (app.user("focal_point").await, app.user("steward").await);
        let next = first(&steward, "/obligations", "code=CWC-NEXT").await;
        steward.edit(&next, json!({"binding": "encouraged"})).await.ok(200);
        let own = json!({"owner": "KGZ", "obligation": "CWC-YEAR", "applicability": "unknown"});
        let own = me.post("/commitments", own).await;

        compiled(&me).await;

        let own = me.get(&format!("/commitments/{}", own.id())).await;
        let own = own.ok(200);
        assert_eq!((&own["is_compiled"], &own["applicability"]), (&json!(false), &json!("unknown")));
        assert_eq!(days(&deadlines(&me).await, "CWC-YEAR").len(), 4, "deadlines follow from it all the same");
        let encouraged = me.get("/commitments?obligation=CWC-NEXT").await;
        assert_eq!(encouraged.ok(200)["items"][0]["applicability"], "voluntary");
    })
    .await;
}

#[tokio::test]
async fn a_deadline_that_was_given_to_another_agency_stays_with_it() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let given = find(&me, "CWC-YEAR", "2027-04-15").await;
        let other = find(&me, "CWC-YEAR", "2028-04-15").await;
        let commitment = first(&me, "/commitments", "obligation=CWC-YEAR").await;

        me.edit(&given, json!({"lead_agency": "MOH"})).await.ok(200);
        me.edit(&commitment, json!({"lead_agency": "MES"})).await.ok(200);

        assert_eq!(me.get(&given).await.ok(200)["lead_agency"]["code"], "MOH");
        assert_eq!(me.get(&other).await.ok(200)["lead_agency"]["code"], "MES");
    })
    .await;
}

#[tokio::test]
async fn a_version_ends_with_its_last_day_and_days_that_a_body_sets_count_once() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, steward) = (app.user("focal_point").await, app.user("steward").await);
        compiled(&me).await;
        let version = |code: &str, rule: Json| {
            let mut body = json!({"obligation": code, "valid_from": "2027-01-01", "reason": "Decision", "source": "Report"});
            body.as_object_mut().expect("an object").extend(rule.as_object().cloned().unwrap_or_default());
            body
        };
        let june = json!({"rrule": "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1", "valid_to": "2027-12-31"});
        let set = json!({"due_days": ["2028-03-31", "2027-03-31", "2027-03-31"]});

        steward.post("/obligation-versions", version("CWC-YEAR", june)).await.ok(201);
        steward.post("/obligation-versions", version("CWC-NEXT", set)).await.ok(201);
        let found = me.get("/deadlines?status=upcoming&limit=200&sort=due_on").await;

        let of = |code: &str| -> Vec<Json> {
            let all = found.ok(200)["items"].as_array().expect("a list").iter();
            all.filter(|one| one["obligation"]["code"] == code).map(|one| one["due_on"].clone()).collect()
        };
        assert_eq!(of("CWC-YEAR"), ["2026-04-15", "2027-06-01"]);
        let set = of("CWC-NEXT").into_iter().filter(|day| *day == "2027-03-31" || *day == "2028-03-31");
        assert_eq!(set.collect::<Vec<_>>(), ["2027-03-31", "2028-03-31"]);
    })
    .await;
}

#[tokio::test]
async fn an_event_that_concerns_an_obligation_no_more_takes_its_deadline_back() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
        compiled(&me).await;
        let event = json!({"owner": "KGZ", "title": "Release", "kind": "accident", "happened_at": "2020-02-28T22:30:00Z",
            "obligations": ["CWC-EVENT"], "lead_agency": "MES", "language": "en"});
        let event = format!("/treaty-events/{}", officer.post("/treaty-events", event).await.id());
        let path = find(&me, "CWC-EVENT", "2020-03-01").await;

        officer.edit(&event, json!({"obligations": ["CWC-III"]})).await.ok(200);
        let back = me.get(&path).await.ok(200)["status"].clone();
        officer.edit(&event, json!({"obligations": ["CWC-EVENT"]})).await.ok(200);
        let again = me.get(&path).await.ok(200)["status"].clone();

        assert_eq!((back, again), (json!("not_applicable"), json!("upcoming")));
    })
    .await;
}

#[tokio::test]
async fn a_day_of_entry_into_force_that_is_corrected_moves_what_counts_from_it() {
    app(async |app| {
        let own = world(app, Some("2026-12-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let path = find(&me, "CWC-ENTRY", "2026-12-31").await;

        me.edit(&own, json!({"in_force_on": "2026-12-05"})).await.ok(200);

        assert_eq!(me.get(&path).await.ok(200)["due_on"], "2027-01-04");
    })
    .await;
}
