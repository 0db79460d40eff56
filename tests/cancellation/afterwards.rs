//! What holds after the storm.

use std::{collections::BTreeSet, time::Duration};

use concord::{domain::Registered, signin::session};
use entity::Task;
use futures_util::future::{join_all, try_join_all};
use kernel::{Ctx, record::Op};
use tokio::{task::yield_now, time::timeout};

use super::{CALLERS, CALLS, Told, keyed, task};
use crate::{
    concurrency::titled,
    support::{TestApp, client::Answer, db::is_postgres, rows::counted},
};

/// Connections of the test's pool; on SQLite one of them writes besides.
const CONNECTIONS: usize = 4;

/// Writes that outlive their callers end, and so does every transaction that was left.
pub async fn nothing_is_open(app: &TestApp) {
    let ended = async {
        while !app.state.tasks.is_empty() || in_transaction(app).await > 0 {
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(30), ended).await.expect("no connection stays inside a transaction");
}

/// Connections of this database that wait inside a transaction; SQLite shows it by what can be written.
async fn in_transaction(app: &TestApp) -> i64 {
    if !is_postgres() {
        return 0;
    }
    let inside = "pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
        AND pid <> pg_backend_pid() AND (state LIKE 'idle in transaction%' OR xact_start IS NOT NULL)";
    app.count_committed(inside).await
}

async fn write_one(ctx: &Ctx, title: String) -> kernel::Result<()> {
    let op = Op::Create(task(title).as_object().cloned().expect("an object"));
    let mut unit = ctx.begin().await?;
    unit.apply_one(Task::def(), op).await?;
    unit.commit().await
}

/// Writes through every connection are stored, in transactions and alone, and every reader sees them.
pub async fn every_connection_writes(app: &TestApp) {
    let (ctx, sessions) = (app.system(), app.count_committed("session").await);
    let user = app.world.id("officer");

    for round in 0..5 {
        let units = (0..CONNECTIONS).map(|n| write_one(&ctx, format!("Afterwards {round}/{n}")));
        try_join_all(units).await.expect("every connection commits");
        let alone = (0..CONNECTIONS * 2).map(|_| session::open_session(&ctx, user));
        try_join_all(alone).await.expect("every connection writes");
    }

    let written = i64::try_from(CONNECTIONS * 5).expect("a number");
    assert_eq!(titled(app, "Afterwards").await, written);
    assert_eq!(app.count_committed("session").await, sessions + 2 * written);
    assert_eq!(seen_by_readers(app).await, [written; CONNECTIONS]);
}

/// How many of the tasks just written each of the pool's readers sees, all of them held at once.
async fn seen_by_readers(app: &TestApp) -> Vec<i64> {
    let db = &app.state.db;
    let held = try_join_all((0..CONNECTIONS).map(|_| db.begin(false))).await.expect("every connection");
    let mut seen = Vec::new();
    for transaction in held {
        seen.push(counted(db.within(&transaction), "task WHERE title LIKE 'Afterwards%'").await);
        transaction.rollback().await.expect("the end");
    }
    seen
}

/// Units that were left are stored whole or not at all; those that were answered are stored.
pub async fn units_are_whole(app: &TestApp, told: &Told) {
    let (first, second) = (numbers(app, "First ").await, numbers(app, "Second ").await);
    let told: BTreeSet<u64> = told.pairs.lock().expect("pairs").iter().copied().collect();

    assert_eq!(first, second);
    assert!(told.is_subset(&first), "lost: {:?}", told.difference(&first).collect::<Vec<_>>());
    assert!(!told.is_empty(), "some are answered");
}

async fn numbers(app: &TestApp, prefix: &str) -> BTreeSet<u64> {
    let titles = app.stored("task", "title").await;
    titles.iter().filter_map(|title| title.strip_prefix(prefix)?.parse().ok()).collect()
}

fn id(answer: &Answer) -> &serde_json::Value {
    let places = ["/id", "/outcomes/0/id", "/data/createTask/task/id"];
    places.iter().find_map(|place| answer.body.pointer(place)).unwrap_or(&serde_json::Value::Null)
}

/// Every call that is repeated under its key is done once altogether, and told the record it was told before.
pub async fn what_was_answered_is_stored(app: &TestApp, told: &Told) {
    let told = std::mem::take(&mut *told.keyed.lock().expect("answers"));
    let me = app.user("focal_point").await;
    let strange: Vec<_> = told.iter().filter(|(_, answer)| ![200, 201].contains(&answer.status)).collect();
    assert!(strange.is_empty(), "{strange:?}");

    for some in told.chunks(8) {
        let again = join_all(some.iter().map(|(number, _)| keyed(&me, *number))).await;
        for ((number, first), again) in some.iter().zip(&again) {
            assert_eq!((id(first), again.status), (id(again), first.status), "call {number}");
            assert!(id(first).is_string(), "{first:?}");
        }
    }
    let twice = "(SELECT title FROM task WHERE title LIKE 'Single%' OR title LIKE 'Batch%'
        OR title LIKE 'Mutation%' GROUP BY title HAVING COUNT(*) > 1) AS twice";
    assert_eq!(app.count_committed(twice).await, 0);
    assert_eq!(titled(app, "Batch").await % 3, 0);
    let all = i64::try_from(CALLERS * CALLS).expect("a number");
    assert!((1..all).contains(&titled(app, "Single").await));
}
