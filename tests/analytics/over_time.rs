//! Figures of the past: the log tells them, as far as the caller's rights reach.

use chrono::TimeDelta;
use chrono_tz::Tz;
use concord::domain::{KINDS, Registered};
use entity::Task;
use kernel::{
    KindDef,
    figures::{Asked, By, Measure, dimensions, over_time},
    filter::Narrowing,
    policy::Class,
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::rows;
use crate::{
    editions::{edit_next, opened},
    support::app,
};

#[tokio::test]
async fn the_state_as_of_now_is_the_present_of_every_kind() {
    app(async |app| {
        // Outsiders count what is released, and what only its owner changed since.
        let [_, _, _, action] = opened(app, "released").await;
        let secretariat = app.user("secretariat").await;
        edit_next(&secretariat, &action, json!({"title": "A better action"})).await.ok(200);
        app.state.clock.advance(TimeDelta::minutes(1));
        let mut differing = Vec::new();
        for (who, def) in
            ["focal_point", "partner"].into_iter().flat_map(|who| told().map(move |def| (who, def)))
        {
            let me = app.user(who).await;
            let coded = dimensions(def);
            let coded = coded.iter().filter(|one| {
                matches!(one.by, By::Code(..) | By::Ref(..) | By::Mask(..) | By::Truth(..) | By::Codes(..))
            });
            let by: Vec<&str> = coded.map(|one| one.name).take(4).collect();
            let path = format!("{}?group_by={}&labels=codes", def.collection, by.join(","));
            let answer = me.get(&format!("/analytics/{path}")).await;
            let present = answer.ok(200).clone();
            let url = present["meta"]["url"].as_str().unwrap_or_default().replace("/api/v1", "");
            let past = me.get(&url).await;
            if past.ok(200)["rows"] != present["rows"] {
                differing.push(format!("{who} {url}: {} and {}", past.body["rows"], present["rows"]));
            }
        }
        let seen = rows(&app.user("partner").await, "actions").await;

        assert!(differing.is_empty(), "{}", differing.join("\n"));
        assert_eq!(seen, vec![json!({"count": 1})]);
    })
    .await;
}

#[tokio::test]
async fn a_release_counts_from_its_day() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let partner = app.user("partner").await;
        let task = json!({"owner": "KGZ", "title": "Released later", "lead_agency": "MES", "language": "en"});
        let made = me.post("/tasks", task).await;
        made.ok(201);
        let id = made.id();
        app.state.clock.advance(TimeDelta::minutes(1));
        let before = app.state.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        app.state.clock.advance(TimeDelta::minutes(1));
        let release = json!({"subject": {"record": {"kind": "task", "id": id}}, "audiences": ["partners"]});
        me.post("/releases", release).await.ok(201);
        app.state.clock.advance(TimeDelta::minutes(1));
        let after = app.state.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        app.state.clock.advance(TimeDelta::minutes(1));

        let mut counts = Vec::new();
        for at in [String::new(), format!("&as_of={after}"), format!("&as_of={before}")] {
            counts.push(rows(&partner, &format!("tasks?id={id}{at}")).await[0]["count"].clone());
        }

        assert_eq!(counts, [json!(1), json!(1), json!(0)]);
    })
    .await;
}

/// The kinds whose past is told.
fn told() -> impl Iterator<Item = &'static KindDef> {
    let is_untold =
        |def: &&KindDef| matches!(def.class, Class::Person | Class::Grant | Class::Key | Class::Shared);
    KINDS.served().filter(move |def| !is_untold(def))
}

#[tokio::test]
async fn a_series_tells_how_things_stood_at_the_end_of_each_day() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let task = json!({"owner": "KGZ", "title": "Followed", "lead_agency": "MES", "language": "en", "priority": "urgent",
            "due_on": "2020-01-01"});
        let made = me.post("/tasks", task).await;
        made.ok(201);
        let path = format!("/tasks/{}", made.id());
        app.state.clock.advance(TimeDelta::minutes(1));
        let begun = app.state.clock.now();
        app.state.clock.advance(TimeDelta::minutes(1));
        for verb in ["assign", "start", "submit", "complete"] {
            me.act(&path, verb, json!({})).await.ok(200);
        }
        app.state.clock.advance(TimeDelta::minutes(1));
        let asked = format!("tasks?id={}&group_by=status&measure=count,late&labels=codes", made.id());
        let at = begun.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);

        let before = rows(&me, &format!("{asked}&as_of={at}")).await;
        let after = rows(&me, &asked).await;
        let series = rows(&me, &asked.replace("tasks?", "tasks/series?bucket=day&")).await;

        assert_eq!(before, vec![json!({"status": "planned", "count": 1, "late": 1})]);
        assert_eq!(after, vec![json!({"status": "done", "count": 1, "late": 0})]);
        let last = series.last().cloned().unwrap_or_default();
        assert_eq!((&last["status"], &last["count"], &last["late"]), (&json!("done"), &json!(1), &json!(0)), "{series:?}");
        assert_eq!(series.len(), 1, "{series:?}");
    })
    .await;
}

#[tokio::test]
async fn the_past_is_counted_under_the_rights_of_its_facts() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let observer = app.user("observer").await;
        let task = json!({"owner": "KGZ", "title": "Opened later", "lead_agency": "MES", "language": "en", "visibility": "group"});
        let made = me.post("/tasks", task).await;
        made.ok(201);
        let path = format!("/tasks/{}", made.id());
        app.state.clock.advance(TimeDelta::minutes(1));
        let closed = app.state.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        app.state.clock.advance(TimeDelta::minutes(1));
        let read = me.get(&path).await;
        me.patch(&path, &read.etag(), json!({"visibility": "national"})).await.ok(200);
        let asked = format!("tasks?id={}", made.id());

        let now = rows(&observer, &asked).await;
        let then = rows(&observer, &format!("{asked}&as_of={closed}")).await;
        let insider = rows(&me, &format!("{asked}&as_of={closed}")).await;

        assert_eq!(now, vec![json!({"count": 1})]);
        assert_eq!(then, vec![json!({"count": 0})]);
        assert_eq!(insider, vec![json!({"count": 1})]);
    })
    .await;
}

#[tokio::test]
async fn a_series_is_carried_by_an_index() {
    app(async |app| {
        let def = Task::def();
        let (filters, times) = (Narrowing::read(def, &[], &mut Vec::new()), vec![app.state.clock.now()]);
        let asked =
            Asked { def, by: Vec::new(), measures: vec![Measure::Count], filters, zone: Tz::UTC, times };
        let select = over_time(&app.system(), &asked, &asked.filters).expect("a statement");
        let conn = app.state.db.reading();
        let Statement { sql, values, .. } = conn.backend().build(&select);
        let (explain, switch) = if conn.is_postgres() {
            ("EXPLAIN ", "SET enable_seqscan = off; SET enable_sort = off")
        } else {
            ("EXPLAIN QUERY PLAN ", "SELECT 1")
        };
        app.state.db.for_migrations().execute_unprepared(switch).await.expect("a setting");

        let told = Statement { sql: format!("{explain}{sql}"), values, db_backend: conn.backend() };
        let rows = conn.all_raw(told).await.expect("a plan of the query");

        let at = if conn.is_postgres() { 0 } else { 3 };
        let text: String =
            rows.iter().map(|row| row.try_get_by_index::<String>(at).unwrap_or_default()).collect();
        assert!(text.contains("ix_change_kind_record_id_version"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn what_the_past_does_not_tell_is_refused() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for asked in [
            "tasks/series?group_by=contributing_agencies",
            "tasks/series?q=word",
            "tasks/series?bucket=day&from=1000-01-01",
            "tasks/series?bucket=weeks",
            "tasks?as_of=2999-01-01T00:00:00Z",
            "users/series",
        ] {
            let refused = me.get(&format!("/analytics/{asked}")).await;
            assert_eq!(refused.status, 400, "{asked}: {}", refused.body);
        }
    })
    .await;
}
