//! Imports as jobs: large ones, those of processes that ended, whose they are.

use std::fmt::Write as _;

use chrono::TimeDelta;
use concord::{jobs, jobs::Service};
use serde_json::json;

use super::{counts, send};
use crate::{changes::stream::open, support::app};

fn many(count: usize) -> String {
    let mut file = String::from("title,owner,lead_agency,language,source_system,external_key\n");
    for n in 0..count {
        writeln!(file, "Task {n},KGZ,MES,en,bulk,{n}").expect("a line");
    }
    file
}

#[tokio::test]
async fn a_large_file_is_carried_out_behind_the_answer() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let sent = send(&me, "kind=tasks&atomic=row", many(1500)).await;
        let waited = send(&me.with("prefer", "wait=25"), "kind=tasks", many(1501)).await;

        let location = sent.ok(202)["id"].as_str().unwrap().to_owned();
        assert_eq!(sent.headers["location"], format!("/api/v1/imports/{location}"));
        assert_eq!(waited.status, 200, "{}", waited.body);
        app.finish_tasks().await;
        let done = me.get(&format!("/imports/{location}")).await;
        assert_eq!(done.ok(200)["state"], "completed", "{}", done.body);
        let [created, _, unchanged, ..] = counts(&done.body);
        assert_eq!(created + unchanged, 1500);
        let rows = me.get(&format!("/imports/{location}/rows?limit=2")).await;
        assert_eq!(rows.ok(200)["items"].as_array().map(Vec::len), Some(2));
        let next = rows.body["next"].as_str().unwrap();
        let more = me.get(&format!("/imports/{location}/rows?limit=1&after={next}")).await;
        assert_eq!(more.ok(200)["items"][0]["row"], 3);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_nobody_is_at_is_taken_up() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let shown = send(&me, "kind=tasks&dry_run=true", many(3)).await;
        let id: uuid::Uuid = shown.ok(200)["id"].as_str().unwrap().parse().unwrap();
        // As a process leaves it that ends while it is at work.
        app.lay_open_import(id).await;

        let service = Service {
            ctx: app.system(),
            keys: app.state.keys.clone(),
            hooks: app.state.hooks.clone(),
            stopping: app.state.stopping.clone(),
        };
        jobs::imports::take_up(service).await.unwrap();

        let done = me.get(&format!("/imports/{id}")).await;
        assert_eq!((counts(done.ok(200)), &done.body["state"]), ([3, 0, 0, 0, 0], &json!("completed")));
        let task = me.get("/tasks/by-key/bulk/0").await;
        let history = me.get(&format!("/tasks/{}/history", task.ok(200)["id"].as_str().unwrap())).await;
        assert_eq!(history.ok(200)["items"][0]["by"]["role"], "secretariat", "{}", history.body);
    })
    .await;
}

#[tokio::test]
async fn an_import_is_followed_to_its_end() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let sent = send(&me, "kind=tasks&atomic=row", many(1500)).await;
        let path = format!("/imports/{}", sent.ok(202)["id"].as_str().unwrap());

        let mut events = open(app, &me, &format!("{path}/events")).await;
        let (mut told, mut last) = (Vec::new(), json!(null));
        while let Some((event, _, import)) = events.next().await {
            told.push((event, import["rows_read"].as_i64().unwrap()));
            last = import;
        }

        assert!(told.iter().all(|(event, _)| event == "import"), "{told:?}");
        assert!(told.is_sorted_by_key(|(_, rows)| *rows), "{told:?}");
        assert_eq!(last["state"], "completed", "{last}");
        for rows in ["rows_read", "rows_valid", "rows_written", "rows_done"] {
            assert_eq!(last[rows], 1500, "{rows} of {last}");
        }
        assert_eq!((&last["rows_per_second"], &last["seconds_left"]), (&json!(null), &json!(null)));
    })
    .await;
}

#[tokio::test]
async fn clocks_that_jump_tear_nothing() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let sent = send(&me, "kind=tasks&atomic=group&group_size=100", many(1500)).await;
        let path = format!("/imports/{}", sent.ok(202)["id"].as_str().unwrap());
        app.state.clock.advance(TimeDelta::days(-400));
        tokio::task::yield_now().await;
        app.state.clock.advance(TimeDelta::days(401));
        app.finish_tasks().await;

        let me = app.user("secretariat").await;
        let done = me.get(&path).await;

        assert_eq!((counts(done.ok(200)), &done.body["state"]), ([1500, 0, 0, 0, 0], &json!("completed")));
        let report = kernel::change::verify(&app.system(), None).await.unwrap();
        assert!(report.findings.is_empty(), "{report:?}");
    })
    .await;
}

#[tokio::test]
async fn imports_are_their_senders_own() {
    app(async |app| {
        let (me, other) = (app.user("secretariat").await, app.user("officer").await);
        let head = app.user("focal_point").await;
        let sent = send(&me, "kind=tasks", many(2)).await;
        let path = format!("/imports/{}", sent.ok(200)["id"].as_str().unwrap());

        let theirs = other.get("/imports").await;

        assert_eq!(theirs.ok(200)["items"], json!([]));
        assert_eq!(me.get("/imports").await.ok(200)["items"][0]["id"], sent.body["id"]);
        for under in ["", "/rows", "/errors", "/events"] {
            other.get(&format!("{path}{under}")).await.problem(404, "not_found");
        }
        for verb in ["cancel", "revert"] {
            other.post(&format!("{path}/{verb}"), json!({})).await.problem(404, "not_found");
        }
        other.post(&format!("{path}/commit"), json!({"import_plan": "x"})).await.problem(404, "not_found");
        // Focal points and secretariats see how far imports of their country are, and no row of them.
        assert_eq!(head.get("/imports").await.ok(200)["items"], json!([]));
        assert_eq!(head.get("/imports?of_owner=true").await.ok(200)["items"][0]["id"], sent.body["id"]);
        assert_eq!(counts(head.get(&path).await.ok(200)), [2, 0, 0, 0, 0]);
        for under in ["/rows", "/errors", "/rejected"] {
            head.get(&format!("{path}{under}")).await.problem(404, "not_found");
        }
        head.post(&format!("{path}/revert"), json!({})).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn file_and_report_are_deleted_after_180_days() {
    app(async |app| {
        let me = app.user("secretariat").await;
        send(&me, "kind=tasks", many(2)).await.ok(200);
        let service = || Service {
            ctx: app.system(),
            keys: app.state.keys.clone(),
            hooks: app.state.hooks.clone(),
            stopping: app.state.stopping.clone(),
        };
        let counts = async || {
            [app.count("import_job").await, app.count("import_part").await, app.count("import_row").await]
        };

        app.state.clock.advance(TimeDelta::days(179));
        jobs::housekeeping::sweep(service()).await.unwrap();
        let before = counts().await;
        app.state.clock.advance(TimeDelta::days(2));
        jobs::housekeeping::sweep(service()).await.unwrap();

        assert_eq!((before, counts().await), ([1, 1, 2], [0, 0, 0]));
    })
    .await;
}
