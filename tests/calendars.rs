//! Calendars: what each shows, to whom, at an address that is shown once.

mod addresses;
mod lines;

use serde_json::{Value as Json, json};

use crate::{
    duties,
    support::{TestApp, app, client::Client},
};

/// A calendar that was just made: its id, and the path of its feed below `/api/v1`.
struct Made {
    id: String,
    feed: String,
}

impl Made {
    fn path(&self) -> String {
        format!("/calendars/{}", self.id)
    }

    fn json(&self) -> String {
        self.feed.replace(".ics", ".json")
    }
}

async fn made(who: &Client<'_>, narrowed: Json) -> Made {
    let mut body = json!({"name": "What is due"});
    body.as_object_mut().expect("members").extend(narrowed.as_object().cloned().expect("members"));
    let answer = who.post("/calendars", body).await;
    let address = answer.ok(201)["feed_url"].as_str().expect("an address");
    let feed = address.strip_prefix("/api/v1").expect("a path").to_owned();
    Made { id: answer.body["calendar"]["id"].as_str().expect("an id").to_owned(), feed }
}

/// Kinds, summaries and days of the entries.
fn told(entries: &Json) -> Vec<(String, String, String)> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let all = entries["entries"].as_array().expect("entries").iter();
    all.map(|one| (text(&one["kind"]), text(&one["summary"]), text(&one["on"]))).collect()
}

/// The summaries of the entries that a feed tells.
async fn summaries(app: &TestApp, made: &Made) -> Vec<String> {
    let read = app.anonymous().get(&made.json()).await;
    told(read.ok(200)).into_iter().map(|(_, summary, _)| summary).collect()
}

fn task(title: &str, more: Json) -> Json {
    let mut body = json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "due_on": "2026-12-10", "language": "en"});
    body.as_object_mut().expect("members").extend(more.as_object().cloned().expect("members"));
    body
}

#[tokio::test]
async fn a_feed_and_its_twins_tell_the_same() {
    app(async |app| {
        duties::world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        me.post("/commitments/compile", json!({"owner": "KGZ"})).await.ok(200);
        me.post("/tasks", task("Collect, then; send", json!({}))).await.ok(201);
        let exercise = json!({"owner": "KGZ", "title": "Spill", "kind": "table_top", "is_cross_border": false,
            "held_on": "2027-03-02", "lead_agency": "MES", "language": "en"});
        me.post("/exercises", exercise).await.ok(201);
        let calendar = made(&me, json!({"alarm_days": 14})).await;

        let feed = app.anonymous().get(&calendar.feed).await;
        let twin = app.anonymous().get(&calendar.json()).await;
        let own = me.get(&format!("{}/entries", calendar.path())).await;
        let text = "query($id: ID!) { calendarEntries(id: $id) { name isCut entries { uid summary on status alarmDays } } }";
        let graphql = me.graphql(text, json!({"id": calendar.id})).await;

        let lines = String::from_utf8(feed.bytes.clone()).expect("text").replace("\r\n ", "");
        assert_eq!(feed.headers["content-type"], "text/calendar; charset=utf-8");
        assert_eq!(feed.headers["cache-control"], "private, no-cache");
        assert_eq!(twin.ok(200), own.ok(200));
        let all = told(&twin.body);
        let task = ("task".into(), "Collect, then; send".into(), "2026-12-10".into());
        let year = ("deadline".into(), "CWC-YEAR (Kyrgyzstan)".into(), "2027-04-15".into());
        assert!(all.contains(&task) && all.contains(&year), "{all:?}");
        assert!(all.contains(&("exercise".into(), "Spill".into(), "2027-03-02".into())), "{all:?}");
        assert_eq!(lines.matches("BEGIN:VEVENT").count(), all.len());
        for line in ["SUMMARY:Collect\\, then\\; send", "DTSTART;VALUE=DATE:20270415", "TRIGGER:-P14D", "X-WR-CALNAME:What is due"] {
            assert!(lines.contains(&format!("\r\n{line}\r\n")), "{line}: {lines}");
        }
        let twins = &graphql.data()["calendarEntries"];
        assert_eq!((twins["entries"].as_array().map(Vec::len), &twins["isCut"]), (Some(all.len()), &json!(false)));
        assert_eq!(twins["entries"][0]["uid"], twin.body["entries"][0]["uid"]);
    })
    .await;
}

#[tokio::test]
async fn a_feed_that_is_the_same_is_not_sent_again() {
    app(async |app| {
        let me = app.user("officer").await;
        me.post("/tasks", task("Once", json!({}))).await.ok(201);
        let calendar = made(&me, json!({"alarm_days": 1})).await;
        let read = app.anonymous().get(&calendar.feed).await;

        let again = app.anonymous().with("if-none-match", read.etag()).get(&calendar.feed).await;
        let twice = app.anonymous().get(&calendar.feed).await;

        assert_eq!((again.status, again.bytes.len()), (304, 0));
        assert_eq!(read.bytes, twice.bytes);
    })
    .await;
}

#[tokio::test]
async fn a_calendar_shows_what_its_person_may_see_and_no_more() {
    app(async |app| {
        let (officer, others) = (app.user("officer").await, app.user("bystander").await);
        for (who, agency, title, level) in [
            (&officer, "MES", "For all", "national"),
            (&officer, "MES", "Ours alone", "agency"),
            (&others, "MOF", "Theirs alone", "agency"),
        ] {
            let body = task(title, json!({"lead_agency": agency, "visibility": level}));
            who.post("/tasks", body).await.ok(201);
        }
        officer.post("/tasks", task("Restricted", json!({"handling": "restricted"}))).await.ok(201);
        let abroad = json!({"owner": "KAZ"});
        app.user("foreign_focal_point").await.post("/tasks", task("Abroad", abroad)).await.ok(201);

        let of = async |who| summaries(app, &made(&app.user(who).await, json!({})).await).await;

        assert_eq!(of("officer").await, ["For all", "Ours alone"]);
        assert_eq!(of("bystander").await, ["For all", "Theirs alone"]);
        assert_eq!(of("observer").await, ["For all"]);
        assert_eq!(of("foreign_focal_point").await, ["Abroad"]);
        let named = made(&app.user("foreign_focal_point").await, json!({"countries": ["KGZ"]})).await;
        assert_eq!(summaries(app, &named).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_calendar_is_narrowed_by_contents_agencies_frameworks_and_person() {
    app(async |app| {
        duties::world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        me.post("/commitments/compile", json!({"owner": "KGZ"})).await.ok(200);
        me.post("/tasks", task("Led", json!({}))).await.ok(201);
        let helped = json!({"lead_agency": "MOF", "contributing_agencies": ["MES"]});
        me.post("/tasks", task("Helped", helped)).await.ok(201);
        me.post("/tasks", task("Of others", json!({"lead_agency": "MOH"}))).await.ok(201);
        let of =
            async |who: &str, narrowed| summaries(app, &made(&app.user(who).await, narrowed).await).await;

        let mut tasks = of("officer", json!({"contents": ["tasks"]})).await;
        let mut ours = of("officer", json!({"is_mine": true})).await;
        let mut named = of("observer", json!({"agencies": ["MES"]})).await;
        let treaty = of("officer", json!({"frameworks": ["CWC"]})).await;

        for list in [&mut tasks, &mut ours, &mut named] {
            list.sort();
        }
        assert_eq!(tasks, ["Helped", "Led", "Of others"]);
        assert_eq!(
            (ours, named),
            (vec!["Helped".to_owned(), "Led".to_owned()], vec!["Helped".into(), "Led".into()])
        );
        assert!(!treaty.is_empty() && treaty.iter().all(|one| one.starts_with("CWC-")), "{treaty:?}");
        assert_eq!(of("officer", json!({"frameworks": ["CWC"], "contents": ["tasks"]})).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_cancelled_is_told_so_for_a_while_and_what_is_deleted_is_absent() {
    app(async |app| {
        let me = app.user("officer").await;
        let cancelled = me.post("/tasks", task("Cancelled", json!({}))).await.id();
        let deleted = me.post("/tasks", task("Deleted", json!({}))).await.id();
        let calendar = made(&me, json!({"alarm_days": 3})).await;
        let before = app.anonymous().get(&calendar.json()).await.ok(200).clone();
        let path = format!("/tasks/{cancelled}");

        me.act(&path, "cancel", json!({"reason": "Not needed"})).await.ok(200);
        let etag = me.get(&format!("/tasks/{deleted}")).await.etag();
        assert_eq!(me.delete(&format!("/tasks/{deleted}"), &etag).await.status, 204);
        let after = app.anonymous().get(&calendar.json()).await.ok(200).clone();
        app.state.clock.advance(chrono::TimeDelta::days(31));
        let later = app.anonymous().get(&calendar.json()).await.ok(200).clone();

        let all = after["entries"].as_array().expect("entries");
        assert_eq!(all.len(), 1);
        assert_eq!((&all[0]["status"], &all[0]["is_cancelled"]), (&json!("cancelled"), &json!(true)));
        assert_eq!((&all[0]["alarm_days"], &all[0]["sequence"]), (&Json::Null, &json!(2)));
        let same =
            before["entries"].as_array().expect("entries").iter().any(|one| one["uid"] == all[0]["uid"]);
        assert!(same, "{before}");
        assert_eq!(later["entries"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_duty_of_hours_is_an_instant_and_outsiders_learn_no_version() {
    app(async |app| {
        duties::world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        me.post("/commitments/compile", json!({"owner": "KGZ"})).await.ok(200);
        let event = json!({"owner": "KGZ", "title": "Release", "kind": "accident", "happened_at": "2026-11-21T09:30:00Z",
            "obligations": ["CWC-EVENT"], "lead_agency": "MES", "language": "en"});
        me.post("/treaty-events", event).await.ok(201);
        let shown = format!("/tasks/{}", app.world.id("task:released"));
        me.edit(&shown, json!({"due_on": "2026-12-10"})).await.ok(200);
        let (ours, theirs) = (
            made(&me, json!({})).await,
            made(&app.user("partner").await, json!({"countries": ["KGZ"]})).await,
        );

        let inside = app.anonymous().get(&ours.json()).await.ok(200).clone();
        let outside = app.anonymous().get(&theirs.json()).await.ok(200).clone();
        let feed = app.anonymous().get(&ours.feed).await;

        let timed: Vec<&Json> =
            inside["entries"].as_array().expect("entries").iter().filter(|one| !one["at"].is_null()).collect();
        assert_eq!(timed.len(), 1);
        assert_eq!(timed[0]["at"], "2026-11-22T09:30:00Z");
        assert!(String::from_utf8_lossy(&feed.bytes).contains("\r\nDTSTART:20261122T093000Z\r\n"));
        assert!(!inside.to_string().contains("overdue") && !outside.to_string().contains("overdue"));
        let theirs = outside["entries"].as_array().expect("entries");
        assert_eq!(theirs.iter().map(|one| &one["sequence"]).collect::<Vec<_>>(), [&Json::Null]);
    })
    .await;
}

#[tokio::test]
async fn a_feed_takes_as_many_statements_whatever_it_tells() {
    app(async |app| {
        let counted = crate::statements::counted(app);
        let me = app.user("officer").await;
        me.post("/tasks", task("The first", json!({}))).await.ok(201);
        let calendar = made(&me, json!({"agencies": ["MES"], "countries": ["KGZ"]})).await;
        let cost = async || {
            let before = counted.state.db.statements();
            counted.anonymous().get(&calendar.feed).await.ok(200);
            counted.state.db.statements() - before
        };

        let few = cost().await;
        for number in 0..40 {
            me.post("/tasks", task(&format!("Task {number}"), json!({}))).await.ok(201);
        }
        let many = cost().await;

        assert_eq!(few, many);
        assert!(many <= 20, "{many}");
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_calendar_comes_at_once() {
    app(async |app| {
        let body = json!({"name": "Wrong", "countries": ["KGZ", "XXX"], "frameworks": ["NONE"], "agencies": ["MES", "GHOST"],
            "is_mine": true, "expires_at": "2020-01-01T00:00:00Z"});

        let refused = app.user("observer").await.post("/calendars", body).await;
        let shape = app.user("observer").await.post("/calendars", json!({"name": "", "alarm_days": 61, "contents": ["meals"]})).await;

        let faults = |all: &[(&str, &str)]| -> Vec<(String, String)> {
            all.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect()
        };
        let wanted = [
            ("/agencies/1", "reference_not_found"),
            ("/countries/1", "reference_not_found"),
            ("/expires_at", "out_of_range"),
            ("/frameworks/0", "reference_not_found"),
            ("/is_mine", "rule_broken"),
        ];
        assert_eq!((refused.status, refused.violations()), (422, faults(&wanted)));
        let places: Vec<String> = shape.violations().into_iter().map(|(at, _)| at).collect();
        assert_eq!(places, ["/alarm_days", "/contents/0", "/name"]);
    })
    .await;
}
