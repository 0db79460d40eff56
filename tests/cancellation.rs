//! Thousands of calls that are left at random moments: no connection stays inside a transaction, no unit is
//! half written, and whatever was answered is stored.
//!
//! Moments are drawn from `CONCORD_TEST_SEED`, or from a seed that a failing run prints.

mod afterwards;
mod begins;
mod sockets;

use std::{
    hash::{BuildHasher, RandomState},
    sync::Mutex,
    time::Duration,
};

use concord::domain::Registered;
use entity::Task;
use futures_util::future::join_all;
use kernel::{Ctx, record::Op, unit::Atomic};
use serde_json::{Value as Json, json};
use tokio::time::timeout;

use crate::{
    concurrency::leave_after,
    support::{
        TestApp, app,
        client::{Answer, Client},
        dice::Dice,
    },
};

/// Callers at once, twice as many as there are connections.
const CALLERS: u64 = 8;
/// Calls of each caller.
const CALLS: u64 = 200;

fn seed() -> u64 {
    let given = std::env::var("CONCORD_TEST_SEED").ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(|| RandomState::new().hash_one("seed"));
    eprintln!("CONCORD_TEST_SEED={seed}");
    seed
}

/// Waits for a call to its end, some microseconds, or some polls, and leaves it then.
async fn cut<F: Future>(dice: &mut Dice, call: F) -> Option<F::Output> {
    match dice.below(8) {
        0 => Some(call.await),
        1..=3 => timeout(Duration::from_micros(dice.below(6_000)), call).await.ok(),
        _ => leave_after(dice.roll(120), call).await,
    }
}

/// What callers were answered before they left.
#[derive(Default)]
struct Told {
    /// Calls under a key, by their number, with the answer.
    keyed: Mutex<Vec<(u64, Answer)>>,
    /// Pairs of tasks, by their number.
    pairs: Mutex<Vec<u64>>,
}

fn task(title: String) -> Json {
    json!({ "owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en" })
}

/// The call with this number that writes under a key of its own: a record, a batch of three, or a mutation.
async fn keyed(me: &Client<'_>, number: u64) -> Answer {
    let me = me.with("idempotency-key", format!("call-{number}"));
    match number % 3 {
        0 => me.post("/tasks", task(format!("Single {number}"))).await,
        1 => {
            let item = |n| json!({ "op": "create", "data": task(format!("Batch {number}/{n}")) });
            me.post("/tasks/batch", json!({ "items": [item(1), item(2), item(3)] })).await
        }
        _ => {
            let mutation = "mutation($input: NewTask!) { createTask(input: $input) { task { id } } }";
            let title = format!("Mutation {number}");
            let input = json!({ "owner": "KGZ", "title": title, "leadAgency": "MES", "language": "en" });
            me.graphql(mutation, json!({ "input": input })).await
        }
    }
}

async fn reading(me: &Client<'_>, number: u64) -> Answer {
    match number % 2 {
        0 => me.get("/tasks?limit=20&total=true").await,
        _ => {
            me.graphql("{ plans(first: 5) { nodes { title tasks(first: 5) { totalCount } } } }", json!({}))
                .await
        }
    }
}

/// Writes two tasks in one unit, in two batches.
async fn write_pair(ctx: Ctx, number: u64) -> kernel::Result<()> {
    let [first, second] = ["First", "Second"].map(|word| {
        let fields = task(format!("{word} {number}")).as_object().cloned().expect("an object");
        vec![Op::Create(fields)]
    });
    ctx.write(async move |unit| {
        unit.apply(Task::def(), first.clone(), Atomic::All).await?;
        unit.apply(Task::def(), second.clone(), Atomic::All).await?;
        Ok(())
    })
    .await
}

/// Writes a pair in a task that may be aborted, as a job's would be.
async fn aborted_pair(dice: &mut Dice, ctx: Ctx, number: u64) -> Option<kernel::Result<()>> {
    let mut running = tokio::spawn(write_pair(ctx, number));
    if let Ok(done) = timeout(Duration::from_micros(dice.below(8_000)), &mut running).await {
        return done.ok();
    }
    running.abort();
    running.await.ok()
}

async fn one_call(app: &TestApp, me: &Client<'_>, dice: &mut Dice, number: u64, told: &Told) {
    match dice.below(6) {
        0 => drop(cut(dice, reading(me, number)).await),
        1 => {
            let done = cut(dice, write_pair(app.system(), number)).await;
            told.pairs.lock().expect("pairs").extend(done.and_then(Result::ok).map(|()| number));
        }
        2 => {
            let done = aborted_pair(dice, app.system(), number).await;
            told.pairs.lock().expect("pairs").extend(done.and_then(Result::ok).map(|()| number));
        }
        _ => {
            let answer = cut(dice, keyed(me, number)).await;
            told.keyed.lock().expect("answers").extend(answer.map(|answer| (number, answer)));
        }
    }
}

async fn caller(app: &TestApp, seed: u64, caller: u64, told: &Told) {
    let (me, mut dice) = (app.user("focal_point").await, Dice::of(seed ^ caller));
    for call in 0..CALLS {
        one_call(app, &me, &mut dice, caller * CALLS + call, told).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thousands_of_calls_left_at_random_moments_leave_nothing_open_or_half_written() {
    app(async |app| {
        let (seed, told) = (seed(), Told::default());

        join_all((0..CALLERS).map(|number| caller(app, seed, number, &told))).await;
        sockets::storm(app, &mut Dice::of(seed)).await;

        afterwards::nothing_is_open(app).await;
        afterwards::every_connection_writes(app).await;
        afterwards::units_are_whole(app, &told).await;
        afterwards::what_was_answered_is_stored(app, &told).await;
    })
    .await;
}
