//! Background jobs: when they run, who runs them, and what housekeeping deletes.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use chrono::TimeDelta;
use concord::{
    jobs::{self, Job, Ran},
    signin::{cleaning, session},
};
use kernel::{Error, db::Db, turn::Turn};
use serde_json::json;
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::support::{TestApp, app, db};

/// Opens so many sessions of the officer.
async fn open(app: &TestApp, sessions: u32) {
    for _ in 0..sessions {
        session::open_session(&app.system(), app.world.id("officer")).await.expect("a session");
    }
}

#[tokio::test]
async fn sessions_long_over_are_deleted_a_batch_at_a_time() {
    app(async |app| {
        open(app, 3).await;
        app.state.clock.advance(TimeDelta::days(31));
        open(app, 1).await;

        let ctx = app.system();
        let gone = [cleaning::sessions(&ctx, 2).await, cleaning::sessions(&ctx, 2).await];

        assert_eq!(gone.map(|gone| gone.expect("deleted")), [2, 1]);
        assert_eq!(app.count("session").await, 1);
    })
    .await;
}

/// Leaves a row in every table that housekeeping sweeps: a key, a token, an attempt, sessions, a retired key.
async fn fill(app: &TestApp) {
    let me = app.user("focal_point").await;
    let task = json!({ "owner": "KGZ", "title": "Once", "lead_agency": "MES", "language": "en" });
    me.with("idempotency-key", "creation-1").post("/tasks", task).await.ok(201);
    let token = format!("/users/{}/password-token", app.world.id("officer"));
    me.post(&token, json!({})).await.ok(201);
    app.anonymous().login("nobody@test", "not the right one").await.problem(401, "unauthenticated");
    let keys = &app.state.keys;
    app.system().run(async |unit| keys.rotate(unit.conn()).await).await.expect("rotated");
}

/// How many rows each table has that housekeeping sweeps.
async fn swept(app: &TestApp) -> [i64; 5] {
    [
        app.count("session").await,
        app.count("idempotency_key").await,
        app.count("sign_in_attempt").await,
        app.count("password_token").await,
        app.count("signing_key").await,
    ]
}

#[tokio::test]
async fn housekeeping_deletes_everything_that_is_over() {
    app(async |app| {
        fill(app).await;
        let before = swept(app).await;
        app.state.clock.advance(TimeDelta::days(31));

        let job = jobs::ALL.iter().find(|job| job.name() == "housekeeping").expect("the job");
        let ran = job.run(&app.state.service(CancellationToken::new())).await;

        assert_eq!(ran, Ran::Done);
        assert_eq!(before, [1, 1, 1, 1, 2]);
        assert_eq!(swept(app).await, [0, 0, 0, 0, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_job_another_process_is_at_is_left_to_it() {
    app(async |app| {
        const JOB: Job = Job::shared("contended", Duration::MAX, |_| Box::pin(async { Ok(()) }));
        let service = app.state.service(CancellationToken::new());
        let other = Db::connect(&app.url, 2).await.expect("another process");
        let turn = Turn::take(&other, "job contended").await.expect("an answer").expect("the turn");

        let meanwhile = JOB.run(&service).await;
        turn.end().await.expect("given back");
        let after = JOB.run(&service).await;

        // SQLite belongs to one process, whose turn it always is.
        let wanted = if db::is_postgres() { Ran::Elsewhere } else { Ran::Done };
        assert_eq!((meanwhile, after), (wanted, Ran::Done));
        other.close().await.expect("closed");
    })
    .await;
}

#[tokio::test]
async fn a_job_that_fails_or_panics_runs_again_until_it_is_told_to_stop() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    static THRICE: Notify = Notify::const_new();
    static JOBS: &[Job] = &[Job::own("shaky", Duration::from_millis(1), |_| {
        Box::pin(async {
            match RUNS.fetch_add(1, Ordering::SeqCst) {
                0 => Err(Error::Internal("the first run fails".into())),
                1 => panic!("the second run panics"),
                _ => {
                    THRICE.notify_one();
                    Ok(())
                }
            }
        })
    })];
    app(async |app| {
        let (stopping, tasks) = (CancellationToken::new(), TaskTracker::new());

        jobs::start(JOBS, &app.state.service(stopping.clone()), &tasks);
        THRICE.notified().await;
        stopping.cancel();
        tasks.close();
        tasks.wait().await;

        assert!(RUNS.load(Ordering::SeqCst) >= 3);
    })
    .await;
}
