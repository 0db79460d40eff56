//! Many writers at once, readers that follow them, callers that leave.

mod keys;

use std::{
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    task::Poll,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use concord::domain::Registered;
use entity::Task;
use futures_util::future::join_all;
use kernel::{Ctx, db::Db, record::Op, unit::Atomic};
use sea_orm::Statement;
use serde_json::{Value as Json, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::{TestApp, app, client::Answer};

fn task(title: &str) -> Json {
    json!({ "owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en" })
}

/// Statuses of answers that are what writers on one record may get, and how many of them won.
#[track_caller]
fn wins(answers: &[Answer]) -> usize {
    let strange: Vec<_> = answers.iter().filter(|answer| ![200, 412].contains(&answer.status)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    answers.iter().filter(|answer| answer.status == 200).count()
}

/// The titles a task has had, oldest first.
async fn titles(app: &TestApp, path: &str) -> Vec<String> {
    let past = app.user("focal_point").await.get(&format!("{path}/history?limit=200")).await;
    let items = past.ok(200)["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item["record"]["title"].as_str()).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_edits_of_one_version_exactly_one_wins() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let edits = (0..50).map(|number| me.edit_version(&path, 1, format!("Edit {number}")));

        let answers = join_all(edits).await;

        assert_eq!(wins(&answers), 1);
        assert_eq!(me.get(&path).await.ok(200)["version"], 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_writers_on_one_record_lose_nothing() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let edits = (0..50).map(|number| me.edit_title(&path, format!("Edit {number}")));

        let answers = join_all(edits).await;

        let won = wins(&answers);
        let titles = titles(app, &path).await;
        assert_eq!(me.get(&path).await.ok(200)["version"], won + 1, "each win is one version");
        assert_eq!(titles.len(), won + 1, "each win is one state in the history");
        assert!(of_winners(&answers).all(|title| titles.contains(&title)));
    })
    .await;
}

fn of_winners(answers: &[Answer]) -> impl Iterator<Item = String> {
    let won = answers.iter().filter(|answer| answer.status == 200);
    won.filter_map(|answer| answer.body["title"].as_str()).map(str::to_owned)
}

impl crate::support::client::Client<'_> {
    async fn edit_version(&self, path: &str, version: i32, title: String) -> Answer {
        self.patch(path, &format!("\"{version}.000000000000\""), json!({ "title": title })).await
    }

    async fn edit_title(&self, path: &str, title: String) -> Answer {
        self.edit(path, json!({ "title": title })).await
    }
}

/// A change set as a reader sees it.
type Seen = (i64, DateTime<Utc>, Uuid);

async fn sets_after(db: &Db, seq: i64) -> Vec<Seen> {
    let conn = db.reading();
    let text = format!("SELECT seq, at, id FROM change_set WHERE seq > {seq} ORDER BY seq LIMIT 7");
    let rows = conn.all_raw(Statement::from_string(conn.backend(), text)).await.expect("the log");
    let read = |row: &sea_orm::QueryResult| {
        Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?))
    };
    rows.iter().map(read).collect::<Result<_, sea_orm::DbErr>>().expect("change sets")
}

/// Follows the log by its position until the writers are done and nothing is left.
async fn follow(db: &Db, done: &AtomicBool) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::new();
    loop {
        let last = done.load(Ordering::SeqCst);
        let page = sets_after(db, seen.last().map_or(0, |set| set.0)).await;
        if page.is_empty() && last {
            return seen;
        }
        seen.extend(page);
        tokio::task::yield_now().await;
    }
}

/// Creates tasks one after the other, each at a later instant, every third time at the same one.
async fn write_tasks(app: &TestApp, writer: usize) {
    let me = app.user("focal_point").await;
    for number in 0..20 {
        app.state.clock.advance(TimeDelta::milliseconds(number % 3));
        me.post("/tasks", task(&format!("Task {writer}/{number}"))).await.ok(201);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn change_sets_of_sixteen_writers_are_without_gaps_and_a_reader_misses_none() {
    app(async |app| {
        let done = AtomicBool::new(false);
        let writers = async {
            join_all((0..16).map(|writer| write_tasks(app, writer))).await;
            done.store(true, Ordering::SeqCst);
        };

        let ((), seen) = tokio::join!(writers, follow(&app.state.db, &done));

        let places: Vec<i64> = seen.iter().map(|set| set.0).collect();
        assert_eq!(places, (1..=16 * 20 + 1).collect::<Vec<i64>>());
        assert!(seen.is_sorted_by(|one, next| one.1 < next.1), "instants grow with the position");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_of_a_list_hold_every_task_that_was_there_throughout_once() {
    app(async |app| {
        let me = app.user("focal_point").await;
        join_all((0..3).map(|writer| write_tasks(app, writer))).await;
        let before = walk(app).await;
        let writers = join_all((3..9).map(|writer| write_tasks(app, writer)));

        let (_, during) = tokio::join!(writers, walk(app));

        let unique: std::collections::BTreeSet<_> = during.iter().collect();
        assert_eq!(unique.len(), during.len(), "no duplicate");
        assert!(before.iter().all(|id| unique.contains(id)), "none lost");
        assert!(me.get("/tasks?limit=1").await.ok(200)["items"].is_array());
    })
    .await;
}

/// The ids of all tasks, read in small pages.
async fn walk(app: &TestApp) -> Vec<String> {
    let me = app.user("focal_point").await;
    let mut ids = Vec::new();
    let mut next = String::new();
    loop {
        let page = me.get(&format!("/tasks?limit=5&sort=title{next}")).await;
        let items = page.ok(200)["items"].as_array().cloned().unwrap_or_default();
        ids.extend(items.iter().filter_map(|item| item["id"].as_str()).map(str::to_owned));
        match page.body["page"]["next"].as_str() {
            Some(cursor) => next = format!("&after={cursor}"),
            None => return ids,
        }
    }
}

/// Polls a call some times, then leaves it.
pub async fn leave_after<F: Future>(polls: usize, call: F) -> Option<F::Output> {
    let mut call = pin!(call);
    for _ in 0..polls {
        let polled = std::future::poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
        if let Poll::Ready(output) = polled {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}

/// How many tasks have a title that begins so.
pub async fn titled(app: &TestApp, prefix: &str) -> i64 {
    app.count_committed(&format!("task WHERE title LIKE '{prefix}%'")).await
}

/// Waits until so many tasks are there.
async fn until_there_are(app: &TestApp, prefix: &str, wanted: i64) {
    let all_there = async { while titled(app, prefix).await < wanted {} };
    timeout(Duration::from_secs(60), all_there).await.expect("every write outlives its caller");
}

/// Every write after this works and is stored, seen from another connection.
async fn writes_work(app: &TestApp) {
    let me = app.user("focal_point").await;
    let answers = join_all((0..30).map(|number| me.create(format!("Afterwards {number}")))).await;
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    assert_eq!(titled(app, "Afterwards").await, 30);
}

impl crate::support::client::Client<'_> {
    async fn create(&self, title: String) -> Answer {
        self.post("/tasks", task(&title)).await
    }

    async fn create_by_graphql(&self, title: String) -> Answer {
        let mutation = "mutation($input: NewTask!) { createTask(input: $input) { task { id } } }";
        let input = json!({ "owner": "KGZ", "title": title, "leadAgency": "MES", "language": "en" });
        self.graphql(mutation, json!({ "input": input })).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_over_rest_outlive_callers_that_leave() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let calls = (0..60).map(|n| leave_after(1 + n % 12, me.create(format!("Left {n}"))));

        join_all(calls).await;

        until_there_are(app, "Left", 60).await;
        writes_work(app).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_over_graphql_are_whole_or_absent_when_callers_leave() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let calls = (0..60).map(|n| leave_after(1 + n % 40, me.create_by_graphql(format!("Left {n}"))));

        join_all(calls).await;

        writes_work(app).await;
    })
    .await;
}

/// Writes two tasks in one unit, in two batches.
async fn write_pair(ctx: &Ctx, number: usize) -> kernel::Result<()> {
    let op = |title: String| Op::Create(task(&title).as_object().cloned().expect("an object"));
    ctx.write(async |unit| {
        unit.apply(Task::def(), vec![op(format!("First {number}"))], Atomic::All).await?;
        unit.apply(Task::def(), vec![op(format!("Second {number}"))], Atomic::All).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn units_dropped_midway_leave_nothing_half_written() {
    app(async |app| {
        let ctx = app.system();
        let units = (0..120).map(|n| leave_after(1 + n % 60, write_pair(&ctx, n)));

        join_all(units).await;

        writes_work(app).await;
        assert_eq!(titled(app, "First").await, titled(app, "Second").await);
    })
    .await;
}

/// Narrows a new working group while a membership is made below it; answers both levels.
async fn narrowed_while_joined(app: &TestApp, agency: &str) -> (Json, Json) {
    let me = app.user("focal_point").await;
    let group = json!({"owner": "KGZ", "name": "Narrowed", "kind": "interagency_group", "language": "en"});
    let made = me.post("/working-groups", group).await;
    let path = format!("/working-groups/{}", made.id());
    let (member, etag) = (json!({"working_group": made.id(), "agency": agency}), made.etag());

    let (narrowed, joined) =
        tokio::join!(me.patch(&path, &etag, json!({"visibility": "group"})), me.post("/memberships", member));

    narrowed.ok(200);
    let member = me.get(&format!("/memberships/{}", joined.id())).await;
    (me.get(&path).await.body["visibility"].clone(), member.body["visibility"].clone())
}

#[tokio::test]
async fn a_child_made_while_its_parent_is_narrowed_is_no_wider() {
    app(async |app| {
        let rounds =
            ["MES", "MOH", "MOF", "MES", "MOH", "MOF"].map(|agency| narrowed_while_joined(app, agency));

        let levels = join_all(rounds).await;

        assert_eq!(levels, vec![(json!("group"), json!("group")); 6]);
    })
    .await;
}
