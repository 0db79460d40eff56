//! Duties under treaties: what is worked out, what moves with a rule, what is due, what was sent.

mod calendar;
mod cost;
mod held;
mod led;
mod many;
mod refused;
mod register;
mod simulations;
mod together;
mod walks;
mod work;

use concord::domain::treaties::compile;
use kernel::{Ctx, cause::Cause};
use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

/// A return each year on 15 April, one 30 days after entry into force, a notification within 24 hours of an event, and a part of a whole.
const DUTIES: &[(&str, &str)] = &[
    ("CWC-YEAR", r#"{"periodicity": "annual", "rrule": "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15"}"#),
    (
        "CWC-NEXT",
        r#"{"periodicity": "annual", "rrule": "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=2", "covers": "next_year"}"#,
    ),
    ("CWC-ENTRY", r#"{"periodicity": "once", "relative_due": "P30D"}"#),
    ("CWC-EVENT", r#"{"periodicity": "event", "relative_due": "PT24H", "trigger": "An accident"}"#),
    (
        "CWC-PART",
        r#"{"periodicity": "annual", "rrule": "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15", "part_of": "CWC-YEAR"}"#,
    ),
];

/// Makes the duties, the treaty in force, and its State a party since a day.
pub async fn world(app: &TestApp, in_force_on: Option<&str>) -> String {
    let steward = app.user("steward").await;
    let framework = format!("/frameworks/{}", app.world.id("framework:CWC"));
    steward.edit(&framework, json!({"in_force_on": "1997-04-29"})).await.ok(200);
    for (code, rule) in DUTIES {
        let mut body = json!({"code": code, "framework": "CWC", "provision": code, "title": code, "summary": "In own words.",
            "category": "reporting", "domains": ["C"], "binding": "legally_binding", "source": code, "language": "en"});
        let rule: Json = serde_json::from_str(rule).expect("JSON");
        body.as_object_mut().expect("an object").extend(rule.as_object().cloned().unwrap_or_default());
        steward.post("/obligations", body).await.ok(201);
    }
    let me = app.user("focal_point").await;
    let own = format!("/participations/{}", app.world.id("participation:own"));
    let day = json!({"in_force_on": in_force_on, "in_force_precision": in_force_on.map(|_| "day")});
    me.edit(&own, day).await.ok(200);
    own
}

async fn compiled(who: &Client<'_>) -> Json {
    who.post("/commitments/compile", json!({"owner": "KGZ"})).await.ok(200).clone()
}

/// What the job does each day.
async fn day(app: &TestApp) {
    compile::daily(&Ctx { cause: Cause::Job, ..app.system() }).await.expect("a day");
}

/// Codes and days of the deadlines, with their ids.
pub async fn deadlines(who: &Client<'_>) -> Vec<(String, String, String)> {
    let list = who.get("/deadlines?limit=200&sort=due_on").await;
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let items = list.ok(200)["items"].as_array().cloned().unwrap_or_default();
    items
        .iter()
        .map(|one| (text(&one["obligation"]["code"]), text(&one["due_on"]), text(&one["id"])))
        .collect()
}

fn days<'a>(all: &'a [(String, String, String)], code: &str) -> Vec<&'a str> {
    all.iter().filter(|(of, ..)| of == code).map(|(_, day, _)| day.as_str()).collect()
}

async fn find(who: &Client<'_>, code: &str, day: &str) -> String {
    let all = deadlines(who).await;
    let one = all.iter().find(|(of, on, _)| of == code && on == day).expect("a deadline");
    format!("/deadlines/{}", one.2)
}

#[tokio::test]
async fn commitments_and_deadlines_follow_from_participation() {
    app(async |app| {
        world(app, Some("2026-12-01")).await;
        let me = app.user("focal_point").await;

        let early = deadlines(&me).await;
        let done = compiled(&me).await;
        let found = deadlines(&me).await;
        let commitments = me.get("/commitments?limit=200").await;

        assert_eq!(early, [], "nothing is worked out for a country that did not ask");
        assert_eq!(
            (&done["owner"], &done["commitments"], &done["warnings"]),
            (&json!("KGZ"), &json!(7), &json!([]))
        );
        assert_eq!(days(&found, "CWC-YEAR"), ["2027-04-15", "2028-04-15", "2029-04-15"]);
        assert_eq!(days(&found, "CWC-NEXT"), ["2027-10-02", "2028-10-02", "2029-10-02"]);
        assert_eq!(days(&found, "CWC-ENTRY"), ["2026-12-31"]);
        assert_eq!(days(&found, "CWC-EVENT"), [""; 0]);
        assert_eq!(days(&found, "CWC-PART"), [""; 0], "only the whole has a due day");
        let year = me.get(&find(&me, "CWC-YEAR", "2027-04-15").await).await;
        let year = year.ok(200);
        assert_eq!((&year["period_from"], &year["period_to"]), (&json!("2026-01-01"), &json!("2026-12-31")));
        assert_eq!((&year["due_at"], &year["status"]), (&json!("2027-04-15T17:59:59Z"), &json!("upcoming")));
        let next = me.get(&find(&me, "CWC-NEXT", "2027-10-02").await).await;
        assert_eq!(next.ok(200)["period_to"], "2028-12-31");
        let one = &commitments.ok(200)["items"][0];
        assert_eq!((&one["framework"]["code"], &one["is_compiled"]), (&json!("CWC"), &json!(true)));
    })
    .await;
}

#[tokio::test]
async fn compiling_twice_writes_nothing_and_only_its_focal_point_begins() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, kaz) = (app.user("focal_point").await, app.user("foreign_focal_point").await);

        let others = kaz.post("/commitments/compile", json!({"owner": "KGZ"})).await;
        let secretariat =
            app.user("secretariat").await.post("/commitments/compile", json!({"owner": "KGZ"})).await;
        let first = compiled(&me).await;
        let (before, sets) = (deadlines(&me).await, app.count("change_set").await);
        let second = compiled(&me).await;
        day(app).await;

        others.problem(403, "forbidden");
        secretariat.problem(403, "forbidden");
        assert_eq!(first, second);
        assert_eq!(deadlines(&me).await, before);
        assert_eq!(app.count("change_set").await, sets);
        let text = "mutation { compileCommitments(input: {owner: \"KGZ\"}) { owner commitments upcoming } }";
        let twin = me.graphql(text, json!({})).await;
        assert_eq!(twin.data()["compileCommitments"]["upcoming"], second["upcoming"]);
    })
    .await;
}

#[tokio::test]
async fn a_day_that_is_not_known_gives_no_offset_and_a_warning() {
    app(async |app| {
        world(app, None).await;
        let me = app.user("focal_point").await;

        let done = compiled(&me).await;
        let found = deadlines(&me).await;

        assert_eq!(done["warnings"][0]["caution"], "entry_not_known_to_the_day");
        assert_eq!(done["warnings"][0]["framework"]["code"], "CWC");
        assert_eq!(days(&found, "CWC-YEAR"), ["2026-04-15", "2027-04-15", "2028-04-15", "2029-04-15"]);
        assert_eq!(days(&found, "CWC-ENTRY"), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn who_is_no_party_any_more_has_nothing_upcoming() {
    app(async |app| {
        let own = world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let before = deadlines(&me).await;

        me.edit(&own, json!({"status": "withdrawn"})).await.ok(200);
        let lapsed = me.get("/deadlines?status=upcoming&total=true").await;
        me.edit(&own, json!({"status": "ratified"})).await.ok(200);
        let again = me.get("/deadlines?status=upcoming&total=true").await;

        assert_eq!(lapsed.ok(200)["page"]["total"], 0);
        assert_eq!(again.ok(200)["page"]["total"], json!(before.len()));
        assert_eq!(deadlines(&me).await, before, "ids are for life");
    })
    .await;
}

#[tokio::test]
async fn a_changed_rule_moves_what_is_upcoming_and_flags_what_is_under_way() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, steward) = (app.user("focal_point").await, app.user("steward").await);
        compiled(&me).await;
        let (worked, upcoming) =
            (find(&me, "CWC-YEAR", "2027-04-15").await, find(&me, "CWC-YEAR", "2028-04-15").await);
        me.act(&worked, "prepare", json!({})).await.ok(200);

        let version = json!({"obligation": "CWC-YEAR", "valid_from": "2027-01-01", "rrule": "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1",
            "reason": "Decision of the conference", "source": "C-30/DEC.1"});
        let version = steward.post("/obligation-versions", version).await;
        let (worked, upcoming) = (me.get(&worked).await, me.get(&upcoming).await);

        version.ok(201);
        let worked = worked.ok(200);
        assert_eq!((&worked["due_on"], &worked["rule_due_on"]), (&json!("2027-04-15"), &json!("2027-06-01")));
        let upcoming = upcoming.ok(200);
        assert_eq!((&upcoming["due_on"], &upcoming["rule_due_on"]), (&json!("2028-06-01"), &Json::Null));
        assert_eq!(upcoming["rule_version"]["id"], json!(version.id()));
        assert_eq!(days(&deadlines(&me).await, "CWC-YEAR"), ["2026-04-15", "2027-04-15", "2028-06-01", "2029-06-01"]);
    })
    .await;
}

#[tokio::test]
async fn an_event_makes_deadlines_by_the_hour() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
        compiled(&me).await;
        let event = json!({"owner": "KGZ", "title": "Release", "kind": "accident", "happened_at": "2026-11-20T22:30:00Z",
            "obligations": ["CWC-EVENT"], "lead_agency": "MES", "language": "en"});

        let timeless = officer.post("/treaty-events", json!({"owner": "KGZ", "title": "R", "kind": "accident", "lead_agency": "MES", "language": "en"})).await;
        let made = officer.post("/treaty-events", event).await;
        made.ok(201);
        let path = find(&me, "CWC-EVENT", "2026-11-22").await;
        let due = me.get(&path).await;

        assert_eq!(timeless.violations(), [("/happened_at".to_owned(), "required".to_owned())]);
        let due = due.ok(200);
        assert_eq!((&due["due_at"], &due["basis"]), (&json!("2026-11-21T22:30:00Z"), &json!("event")));
        assert_eq!(due["event"]["id"], json!(made.id()));
    })
    .await;
}

#[tokio::test]
async fn what_is_past_is_overdue_inside_and_without_submission_outside() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let path = find(&me, "CWC-YEAR", "2026-04-15").await;
        let release = json!({"subject": {"kind": "deadline"}, "audiences": ["public"]});
        let commitments = json!({"subject": {"kind": "commitment"}, "audiences": ["public"]});
        me.post("/releases", commitments).await.ok(201);
        me.post("/releases", release).await.ok(201);

        let inside = me.get(&path).await;
        let outside = app.anonymous().get(&path).await;
        let due = me.get("/countries/KGZ/due?days=150").await;
        let text = "{ countryDue(code: \"KGZ\", days: 150) { past coming agencies { agency { code } past { timeliness dueOn } } } }";
        let twin = app.anonymous().graphql(text, json!({})).await;
        let wrong = me.get("/countries/KGZ/due?days=-1").await;
        me.act(&path, "submit", json!({})).await.ok(200);
        let sent = me.get(&path).await;

        assert_eq!(inside.ok(200)["timeliness"], "overdue");
        assert_eq!(outside.ok(200)["timeliness"], "no_submission_recorded");
        let due = due.ok(200);
        assert_eq!((&due["past"], &due["coming"]), (&json!(2), &json!(1)));
        assert_eq!(due["agencies"][0]["agency"], Json::Null);
        assert_eq!(due["agencies"][0]["past"][0]["due_on"], "2026-04-15");
        let twin = &twin.data()["countryDue"];
        assert_eq!(twin["agencies"][0]["past"][0]["timeliness"], "no_submission_recorded");
        assert_eq!(wrong.violations(), [("?days".to_owned(), "out_of_range".to_owned())]);
        assert_eq!(sent.ok(200)["timeliness"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn a_deadline_is_moved_by_hand_with_a_reason_and_stays_there() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let path = find(&me, "CWC-YEAR", "2027-04-15").await;

        let silent = me.edit(&path, json!({"due_on": "2027-05-31"})).await;
        let moved = me.edit(&path, json!({"due_on": "2027-05-31", "due_reason": "Extension granted"})).await;
        compiled(&me).await;
        let after = me.get(&path).await;
        let made = me.post("/deadlines", json!({})).await;

        assert_eq!(silent.violations(), [("/due_reason".to_owned(), "required".to_owned())]);
        assert_eq!(moved.ok(200)["due_at"], "2027-05-31T17:59:59Z");
        let after = after.ok(200);
        assert_eq!((&after["due_on"], &after["rule_due_on"]), (&json!("2027-05-31"), &json!("2027-04-15")));
        made.problem(405, "method_not_allowed");
    })
    .await;
}

#[tokio::test]
async fn the_agency_responsible_takes_over_what_nobody_has_begun() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
        compiled(&me).await;
        let path = find(&me, "CWC-YEAR", "2027-04-15").await;
        let commitment = me.get(&path).await.ok(200)["commitment"]["id"].as_str().expect("an id").to_owned();
        let commitment = format!("/commitments/{commitment}");

        me.edit(&commitment, json!({"lead_agency": "MES"})).await.ok(200);
        let led = officer.get(&path).await;
        let notes = officer.edit(&commitment, json!({"notes": "Asked the plants"})).await;
        let more = officer.edit(&commitment, json!({"applicability": "voluntary"})).await;
        let begun = officer.act(&path, "prepare", json!({})).await;
        let silent = me.edit(&commitment, json!({"applicability": "not_applicable"})).await;
        let rests = json!({"applicability": "not_applicable", "applicability_reason": "No such plants"});
        me.edit(&commitment, rests).await.ok(200);
        let left = me.get("/deadlines?obligation=CWC-YEAR&status=upcoming&total=true").await;

        assert_eq!(led.ok(200)["lead_agency"]["code"], "MES");
        notes.ok(200);
        more.problem(403, "forbidden");
        begun.ok(200);
        assert_eq!(silent.violations(), [("/applicability_reason".to_owned(), "required".to_owned())]);
        assert_eq!(left.ok(200)["page"]["total"], 0);
    })
    .await;
}

#[tokio::test]
async fn question_4_the_years_in_which_a_return_was_sent_and_the_gaps() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let path = find(&me, "CWC-YEAR", "2026-04-15").await;
        let deadline = me.get(&path).await.ok(200).clone();
        let commitment = deadline["commitment"]["id"].as_str().expect("an id").to_owned();
        let series = format!("/commitments/{commitment}/series");

        let before = me.get(&series).await;
        let submission = json!({"owner": "KGZ", "deadline": deadline["id"], "title": "Return for 2025", "sent_on": "2026-04-10",
            "recipient": "The secretariat", "audience": "states_parties", "lead_agency": "MES", "language": "en"});
        let sent = me.post("/submissions", submission.clone()).await;
        let after = me.get(&series).await;
        let text = "query($id: ID!) { commitmentSeries(id: $id) { sent gaps periods { periodTo sentOn } } }";
        let twin = me.graphql(text, json!({ "id": commitment })).await;
        let mut wrong = submission;
        wrong["deadline"] = Json::Null;
        wrong["sent_on"] = json!("2027-04-10");
        let wrong = me.post("/submissions", wrong).await;
        let receipt = format!("/submissions/{}", sent.id());
        let received = me.act(&receipt, "receive", json!({"received_on": "2026-04-12", "receipt": "R-1"})).await;

        assert_eq!(before.ok(200)["gaps"], json!(["2025-12-31"]));
        assert_eq!(sent.ok(201)["commitment"]["id"], json!(commitment));
        let after = after.ok(200);
        assert_eq!((&after["sent"], &after["gaps"]), (&json!(1), &json!([])));
        assert_eq!(after["periods"][0]["sent_on"], json!(["2026-04-10"]));
        assert_eq!(twin.data()["commitmentSeries"]["sent"], 1);
        let told = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(wrong.violations(), [told("/deadline", "required"), told("/sent_on", "rule_broken")]);
        assert_eq!(received.ok(200)["receipt"], "R-1");
    })
    .await;
}

#[tokio::test]
async fn rules_that_cannot_be_read_or_never_end_are_refused() {
    app(async |app| {
        let steward = app.user("steward").await;
        let obligation = format!("/obligations/{}", app.world.id("obligation:CWC-III"));
        for (rule, pointer) in [
            (json!({"rrule": "FREQ=SECONDLY"}), "/rrule"),
            (json!({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}), "/rrule"),
            (json!({"rrule": "FREQ=YEARLY;INTERVAL=2"}), "/rrule"),
            (json!({"relative_due": "sixty days"}), "/relative_due"),
            (json!({"dtstart": "2026-01-01"}), "/dtstart"),
        ] {
            let refused = steward.edit(&obligation, rule).await;
            assert_eq!(refused.violations(), [(pointer.to_owned(), "bad_format".to_owned())]);
        }
        let empty =
            json!({"obligation": "CWC-III", "valid_from": "2027-01-01", "reason": "r", "source": "s"});
        let empty = steward.post("/obligation-versions", empty).await;
        assert_eq!(empty.violations(), [("/rrule".to_owned(), "required".to_owned())]);
    })
    .await;
}
