//! What cannot be: rules that lead nowhere or everywhere, days without a reason. Everything wrong is told at once, and nothing is written.

use serde_json::{Value as Json, json};

use super::{compiled, find, world};
use crate::{
    bad_input::{by_graphql, head, pair},
    support::app,
};

fn obligation(more: Json) -> Json {
    let mut body = json!({"code": "NEW", "framework": "CWC", "provision": "P", "title": "T", "summary": "S", "category": "reporting",
        "domains": ["C"], "periodicity": "annual", "binding": "legally_binding", "source": "S", "language": "en"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    body
}

fn version(more: Json) -> Json {
    let mut body = json!({"obligation": "CWC-III", "valid_from": "2027-01-01", "reason": "r", "source": "s"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    body
}

#[tokio::test]
async fn rules_that_cannot_be_read_never_end_or_explode_are_refused_on_both_kinds() {
    app(async |app| {
        let steward = app.user("steward").await;
        let before = head(app).await;
        for (rule, pointer) in [
            (json!({"rrule": "every year"}), "/rrule"),
            (json!({"rrule": "FREQ=YEARLY;BYMONTH=13"}), "/rrule"),
            (json!({"rrule": "FREQ=YEARLY;FREQ=YEARLY"}), "/rrule"),
            (json!({"rrule": "FREQ=MINUTELY"}), "/rrule"),
            (json!({"rrule": "FREQ=DAILY"}), "/rrule"),
            (json!({"rrule": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"}), "/rrule"),
            (json!({"rrule": "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR"}), "/rrule"),
            (
                json!({"rrule": "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15;BYHOUR=0,1,2,3;BYMINUTE=0,1,2,3"}),
                "/rrule",
            ),
            (json!({"rrule": "FREQ=YEARLY;COUNT=3"}), "/rrule"),
            (json!({"rrule": "FREQ=WEEKLY"}), "/rrule"),
            (json!({"rrule": "FREQ=YEARLY;INTERVAL=101", "dtstart": "2026-01-01"}), "/rrule"),
            (json!({"rrule": "FREQ=YEARLY;INTERVAL=65536", "dtstart": "2026-01-01"}), "/rrule"),
            (json!({"rrule": "FREQ=WEEKLY", "dtstart": "0001-01-01"}), "/rrule"),
            (json!({"rrule": "FREQ=YEARLY;UNTIL=19500101T000000Z"}), "/rrule"),
            (json!({"relative_due": "P9999999999999Y"}), "/relative_due"),
            (json!({"relative_due": "P101Y"}), "/relative_due"),
            (json!({"relative_due": "P1.5D"}), "/relative_due"),
            (json!({"rrule": "FREQ=YEARLY", "relative_due": "P1D"}), "/rrule"),
        ] {
            let made = steward.post("/obligations", obligation(rule.clone())).await;
            let changed = steward.post("/obligation-versions", version(rule.clone())).await;

            assert_eq!(made.violations(), [pair(pointer, "bad_format")], "{rule}");
            assert_eq!(changed.violations(), [pair(pointer, "bad_format")], "{rule}");
        }
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_a_rule_is_told_at_once_on_both_faces() {
    app(async |app| {
        let steward = app.user("steward").await;
        let before = head(app).await;
        let rule = json!({"obligation": "CWC-III", "valid_from": "2027-01-01", "valid_to": "2026-01-01", "rrule": "FREQ=SECONDLY",
            "relative_due": "soon", "due_days": ["2027-02-30"], "reason": "r", "source": "s"});
        let input = json!({"obligation": "CWC-III", "validFrom": "2027-01-01", "validTo": "2026-01-01", "rrule": "FREQ=SECONDLY",
            "relativeDue": "soon", "dueDays": ["2027-02-30"], "reason": "r", "source": "s"});

        let rest = steward.post("/obligation-versions", rule).await;
        let text = "mutation($input: NewObligationVersion!) { createObligationVersion(input: $input) { obligationVersion { id } } }";
        let graphql = by_graphql(&steward, text, input).await;
        let items = json!({"items": [{"op": "create", "data": version(json!({"rrule": "FREQ=YEARLY"}))},
            {"op": "create", "data": version(json!({"valid_from": "2028-01-01", "rrule": "FREQ=HOURLY"}))}]});
        let batch = steward.post("/obligation-versions/batch", items).await;

        rest.problem(422, "invalid");
        let told = rest.violations();
        let wrong = ["/due_days", "/relative_due", "/rrule", "/rrule"].map(|pointer| pair(pointer, "bad_format"));
        assert_eq!(told[..4], wrong, "one of three rules, and none can be read");
        assert_eq!(told[4..], [pair("/valid_to", "rule_broken")]);
        assert_eq!(graphql, told);
        batch.problem(422, "invalid");
        assert_eq!(batch.body["outcomes"][1]["errors"][0]["pointer"], "/rrule");
        assert_eq!(head(app).await, before, "nothing is half-written");
    })
    .await;
}

#[tokio::test]
async fn a_deadline_that_is_moved_without_reason_is_refused_with_all_that_is_wrong() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let path = find(&me, "CWC-YEAR", "2027-04-15").await;
        let before = head(app).await;

        let wrong = json!({"due_on": "2027-06-31", "due_reason": "", "status": "submitted", "lead_agency": "NONE"});
        let wrong = me.edit(&path, wrong).await;
        let emptied = me.edit(&path, json!({"due_on": null})).await;
        let silent = me.edit(&path, json!({"due_on": "2027-05-31", "due_reason": null})).await;
        let event = json!({"owner": "KGZ", "kind": "accident", "obligations": ["CWC-NONE"], "lead_agency": "MES", "language": "en"});
        let event = me.post("/treaty-events", event).await;

        let pointers: Vec<String> = wrong.violations().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(pointers, ["/due_on", "/due_reason", "/lead_agency", "/status"]);
        assert_eq!(emptied.violations(), [pair("/due_on", "required")]);
        assert_eq!(silent.violations(), [pair("/due_reason", "required")]);
        assert_eq!(
            event.violations(),
            [pair("/happened_at", "required"), pair("/obligations/0", "reference_not_found"), pair("/title", "required")]
        );
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn it_is_said_for_whom_something_is_to_be_worked_out() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let before = head(app).await;

        let ask = async |owner: Json| me.post("/commitments/compile", json!({"owner": owner})).await;
        let (nobody, region, reference) =
            (ask(json!("QQQ")).await, ask(json!("region:CA")).await, ask(json!("reference")).await);
        let stranger = partner.post("/commitments/compile", json!({"owner": "KGZ"})).await;
        let anonymous = app.anonymous().post("/commitments/compile", json!({"owner": "KGZ"})).await;
        let misspelt = me.post("/commitments/compile", json!({"country": "KGZ"})).await;

        assert!([403, 422].contains(&nobody.status), "{}", nobody.body);
        assert!([403, 422].contains(&region.status), "{}", region.body);
        assert!([403, 422].contains(&reference.status), "{}", reference.body);
        stranger.problem(403, "forbidden");
        anonymous.problem(401, "unauthenticated");
        assert_eq!(misspelt.violations(), [pair("/country", "unknown_member")]);
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_due_by_what_happened_before_a_state_was_bound_or_before_its_treaty_was_in_force() {
    app(async |app| {
        let own = world(app, Some("2026-06-01")).await;
        let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
        compiled(&me).await;
        let event = |at: &str| {
            json!({"owner": "KGZ", "title": "Release", "kind": "accident", "happened_at": at,
            "obligations": ["CWC-EVENT"], "lead_agency": "MES", "language": "en"})
        };
        officer.post("/treaty-events", event("2026-05-31T10:00:00Z")).await.ok(201);
        officer.post("/treaty-events", event("2026-06-02T10:00:00Z")).await.ok(201);

        let events = me.get("/deadlines?obligation=CWC-EVENT").await;
        let asked =
            me.get("/compilations").await.ok(200)["items"][0]["id"].as_str().expect("an id").to_owned();
        me.edit(&format!("/compilations/{asked}"), json!({"from_on": "1990-01-01"})).await.ok(200);
        me.edit(&own, json!({"in_force_on": null, "in_force_precision": null})).await.ok(200);
        compiled(&me).await;
        let all = me.get("/deadlines?obligation=CWC-YEAR&limit=200&sort=due_on").await;

        let due: Vec<&Json> =
            events.ok(200)["items"].as_array().expect("a list").iter().map(|one| &one["due_at"]).collect();
        assert_eq!(due, [&json!("2026-06-03T10:00:00Z")]);
        assert_eq!(
            all.ok(200)["items"][0]["due_on"],
            "1998-04-15",
            "the treaty is in force since 29 April 1997"
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_fuller_return_takes_the_place_of_follows_its_rule_at_once() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, steward) = (app.user("focal_point").await, app.user("steward").await);
        let short = obligation(json!({"code": "CWC-SHORT", "rrule": "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15",
            "superseded_in_period_by": "CWC-YEAR"}));
        steward.post("/obligations", short).await.ok(201);
        compiled(&me).await;
        let count = async || {
            me.get("/deadlines?obligation=CWC-SHORT&status=upcoming&total=true").await.ok(200)["page"]["total"].clone()
        };

        let replaced = count().await;
        let full = steward.get("/obligations?code=CWC-YEAR").await.ok(200)["items"][0]["id"].as_str().expect("an id").to_owned();
        let moved = json!({"rrule": "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=16"});
        steward.edit(&format!("/obligations/{full}"), moved).await.ok(200);
        let apart = count().await;

        assert_eq!((replaced, apart), (json!(0), json!(4)));
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_moves_a_day_beyond_the_horizon_takes_its_deadline_along() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, steward) = (app.user("focal_point").await, app.user("steward").await);
        compiled(&me).await;
        let path = find(&me, "CWC-YEAR", "2029-04-15").await;

        let late =
            version(json!({"obligation": "CWC-YEAR", "rrule": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"}));
        steward.post("/obligation-versions", late).await.ok(201);
        let after = me.get(&path).await;

        let after = after.ok(200);
        assert_eq!((&after["due_on"], &after["status"]), (&json!("2029-12-31"), &json!("upcoming")));
    })
    .await;
}
