//! Lists of several batches: whole, in order, of one instant, and left at any time.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::TimeDelta;
use concord::domain::Registered;
use entity::Task;
use http_body_util::BodyExt;
use kernel::{record::Op, unit::Atomic};
use serde_json::{Value as Json, json};
use tokio::time::timeout;
use tower::ServiceExt;

use super::{Sheet, lines, task};
use crate::{
    statements::counted,
    support::{TestApp, app},
};

/// Adds so many tasks of the agency.
pub async fn fill(app: &TestApp, count: usize) {
    let new = |at: usize| {
        let title = format!("Task {:04} of many", (at * 7919) % 10_000);
        let priority = if at.is_multiple_of(3) { "high" } else { "low" };
        let due = (!at.is_multiple_of(4)).then(|| format!("2027-01-{:02}", at % 28 + 1));
        let task = json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en",
            "priority": priority, "due_on": due, "plan": app.world.id("plan:national")});
        Op::Create(task.as_object().cloned().unwrap_or_default())
    };
    let all: Vec<Op> = (0..count).map(new).collect();
    for some in all.chunks(500) {
        let ctx = app.system();
        let mut unit = ctx.begin().await.expect("a unit");
        unit.apply(Task::def(), some.to_vec(), Atomic::All).await.expect("tasks");
        unit.commit().await.expect("committed");
    }
}

/// The ids of a list, page by page.
async fn paged(app: &TestApp, query: &str) -> Vec<String> {
    let me = app.user("officer").await;
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = me.get(&format!("/tasks?limit=200&{query}{cursor}")).await;
        let items = page.ok(200)["items"].as_array().expect("items");
        ids.extend(items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
        match page.body["page"]["next"].as_str() {
            Some(next) => cursor = format!("&after={next}"),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn a_list_of_several_batches_is_whole_and_in_its_order() {
    app(async |app| {
        fill(app, 1_300).await;
        let me = app.user("officer").await;

        for query in
            ["", "sort=-due_on,title", "sort=priority", "q=task+00", "sort=-created_at&priority=high"]
        {
            let wanted = paged(app, query).await;
            let table = Sheet::get(&me, &format!("/tasks.csv?{query}")).await;
            let whole = lines(&me.get(&format!("/tasks.ndjson?{query}")).await);

            assert_eq!(table.column("id"), wanted, "{query}");
            assert!(whole.iter().map(|line| &line["id"]).eq(wanted.iter()), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_later_batch_shows_leaves_its_trace() {
    app(async |app| {
        fill(app, 250).await;
        app.state.clock.advance(TimeDelta::seconds(1));
        let restricted = task(app, json!({"handling": "restricted"})).await;

        let rows = lines(&app.user("officer").await.get("/tasks.ndjson").await);

        let reads = app.user("focal_point").await.get("/audit/reads?kind=task").await;
        assert_eq!(rows.last().map(|row| &row["id"]), Some(&json!(restricted)));
        assert!(reads.body.to_string().contains(&restricted), "{}", reads.body);
    })
    .await;
}

/// A request of the officer whose body is read part by part.
async fn begin(app: &TestApp, path: &str) -> Body {
    let me = app.user("officer").await;
    let request = Request::builder().uri(format!("/api/v1{path}"));
    let request = request.header(header::AUTHORIZATION, format!("Bearer {}", me.token.unwrap_or_default()));
    let answer = app.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.into_body()
}

#[tokio::test]
async fn an_export_tells_one_instant_whatever_is_written_meanwhile() {
    app(async |app| {
        fill(app, 1_500).await;
        let before = paged(app, "").await;
        let mut body = begin(app, "/tasks.ndjson").await;
        let first = body.frame().await.expect("a part").expect("a frame").into_data().expect("bytes");

        let me = app.user("officer").await;
        for id in before.iter().rev().take(3) {
            me.edit(&format!("/tasks/{id}"), json!({"title": "Written meanwhile"})).await.ok(200);
        }
        fill(app, 10).await;
        let rest = body.collect().await.expect("the rest").to_bytes();

        let text = String::from_utf8([first, rest].concat()).expect("UTF-8");
        let ids: Vec<String> = text
            .lines()
            .map(|line| {
                serde_json::from_str::<Json>(line).expect("JSON")["id"].as_str().expect("id").to_owned()
            })
            .collect();
        assert_eq!(ids, before);
        assert!(!text.contains("Written meanwhile"));
    })
    .await;
}

#[tokio::test]
async fn who_leaves_an_export_ends_its_work() {
    app(async |app| {
        fill(app, 3_000).await;
        let mut body = begin(app, "/tasks.ndjson").await;
        body.frame().await.expect("a part").expect("a frame");
        assert_eq!(app.state.streams.open(), 1);

        drop(body);

        let ended = async {
            while app.state.streams.open() > 0 {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), ended).await.expect("the export ends");
    })
    .await;
}

#[tokio::test]
async fn an_export_that_breaks_has_no_end() {
    app(async |app| {
        fill(app, 3_000).await;
        let mut body = begin(app, "/tasks.ndjson").await;
        body.frame().await.expect("a part").expect("a frame");

        app.state.stopping.cancel();

        assert!(body.collect().await.is_err(), "the transfer was broken off");
    })
    .await;
}

#[tokio::test]
async fn statements_grow_with_batches_and_not_with_records() {
    app(async |app| {
        let counted = counted(app);
        let me = counted.user("officer").await;
        me.get("/tasks.csv").await.ok(200);
        let cost = async |path: &str| {
            let before = counted.state.db.statements();
            let answer = me.get(path).await;
            answer.ok(200);
            (
                counted.state.db.statements() - before,
                answer.bytes.iter().filter(|byte| **byte == b'\n').count(),
            )
        };

        let (few, _) = cost("/tasks.ndjson").await;
        fill(app, 190).await;
        let (more, rows) = cost("/tasks.ndjson").await;
        fill(app, 1_810).await;
        let (many, all) = cost("/tasks.ndjson").await;
        let (sorted, _) = cost("/tasks.csv?sort=title").await;

        assert!(rows > 190 && all > 2_000, "{rows} {all}");
        assert_eq!(few, more, "of one batch");
        // Four batches at most, each a statement for itself and one for the kinds it refers to that are not known.
        assert!(many <= more + 6, "{many} after {more}");
        assert!(sorted <= many + 3, "{sorted} after {many}");
    })
    .await;
}
