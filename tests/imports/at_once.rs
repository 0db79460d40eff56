//! Imports that are sent at the same moment, to one process or several.

use std::{collections::BTreeSet, fmt::Write as _, io::Write as _};

use concord::domain::exchange::imports::{ImportOptions, Sent, start};
use futures_util::future::join_all;
use kernel::{Ctx, Error, crypto::sha256, db::Db};
use serde_json::json;

use super::send;
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

const FILE: &str = "title,owner,lead_agency,language,source_system,external_key\n\
    Drill,KGZ,MES,en,crm,1\nStock,KGZ,MES,en,crm,2\n";

const FULL: &str = "KGZ has 4 imports at work, and the bound is 4 (`imports.running` in `/limits`); \
    wait 15 s before the next request";

/// Another process on the same database.
async fn beside(app: &TestApp) -> TestApp {
    let db = Db::connect(&app.url, 4).await.expect("the database opens");
    TestApp::on(db, app.world.clone(), app.url.clone()).await
}

/// Eight callers, every second one at another process.
fn eight<'a>(me: &Client<'a>, other: &'a TestApp) -> Vec<Client<'a>> {
    (0..8).map(|n| if n % 2 == 0 { me.clone() } else { me.at(other) }).collect()
}

async fn sends(me: Client<'_>) -> Answer {
    send(&me, "kind=tasks", FILE).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_file_that_is_sent_eight_times_at_once_is_one_import() {
    app(async |app| {
        let (me, other) = (app.user("secretariat").await, beside(app).await);

        let answers = join_all(eight(&me, &other).into_iter().map(sends)).await;

        let strange: Vec<_> = answers.iter().filter(|one| ![200, 202].contains(&one.status)).collect();
        assert!(strange.is_empty(), "{strange:?}");
        let ids: BTreeSet<String> = answers.iter().map(Answer::id).collect();
        assert_eq!((ids.len(), app.count("import_job").await), (1, 1), "{ids:?}");
        other.close().await;
    })
    .await;
}

async fn completes(me: Client<'_>, path: &str) -> Answer {
    me.post(path, json!({})).await
}

/// Whether an answer tells of the import of the upload, or that somebody else is at it.
fn is_right(answer: &Answer, id: &str) -> bool {
    match answer.status {
        200 | 202 => answer.body["id"] == id,
        409 => answer.body["code"] == "idempotency_in_flight" && answer.headers["retry-after"] == "1",
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_that_is_completed_eight_times_at_once_is_one_import() {
    app(async |app| {
        let (me, other) = (app.user("secretariat").await, beside(app).await);
        let id = me.post("/imports/uploads?kind=tasks", json!({})).await.id();
        let part = format!("/api/v1/imports/uploads/{id}/parts/1");
        let kind = Some("application/octet-stream");
        me.send(axum::http::Method::PUT, &part, kind, FILE.into()).await.ok(200);
        let path = format!("/imports/uploads/{id}/complete");

        let calls = eight(&me, &other).into_iter().map(|who| completes(who, &path));
        let answers = join_all(calls).await;
        let after = me.post(&path, json!({})).await;

        let strange: Vec<_> = answers.iter().filter(|answer| !is_right(answer, &id)).collect();
        assert!(strange.is_empty(), "{strange:?}");
        assert!(answers.iter().any(|answer| answer.status == 200), "{answers:?}");
        assert_eq!((after.ok(200)["id"].as_str(), &after.body["created"]), (Some(&*id), &json!(2)));
        assert_eq!([app.count("import_job").await, app.count("import_upload").await], [1, 0]);
        other.close().await;
    })
    .await;
}

/// Sends a file of its own that is too long to be carried out at once, and has nobody carry it out.
async fn begins(ctx: &Ctx, number: usize) -> Result<(), Error> {
    let mut text = String::from("title,owner,lead_agency,language\n");
    for n in 0..1001 {
        writeln!(text, "Task {number}/{n},KGZ,MES,en").expect("a line");
    }
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(text.as_bytes()).expect("a file");
    let sent =
        Sent { file, bytes: text.len().try_into().expect("a length"), sha256: sha256(&[text.as_bytes()]) };
    let options =
        ImportOptions { kind: Some("tasks".into()), dry_run: Some(true), ..ImportOptions::default() };
    start(ctx, sent, options).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_imports_of_an_owner_that_are_sent_at_once_four_are_taken_in() {
    app(async |app| {
        let other = beside(app).await;
        let (here, there) = (
            app.state.ctx(None).acting(app.actor("secretariat").await),
            other.state.ctx(None).acting(other.actor("secretariat").await),
        );

        let begun = join_all((0..10).map(|n| begins(if n % 2 == 0 { &here } else { &there }, n))).await;

        let refused: Vec<String> =
            begun.iter().filter_map(|one| one.as_ref().err()).map(Error::detail).collect();
        assert_eq!(refused, vec![FULL; 6]);
        assert_eq!(app.count("import_job").await, 4);
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_has_four_imports_at_work_is_told_so_and_commits_no_other() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut judged = Vec::new();
        for n in 0..5 {
            let file = FILE.replace("Drill", &format!("Drill {n}"));
            judged.push(send(&me, "kind=tasks&dry_run=true", file).await);
        }
        for shown in &judged[..4] {
            app.lay_open_import(shown.id().parse().expect("an id")).await;
        }
        let last = judged[4].ok(200);
        let path = format!("/imports/{}", judged[4].id());

        let sent = send(&me, "kind=tasks", FILE).await;
        let committed = me.post(&format!("{path}/commit"), json!({"import_plan": last["import_plan"]})).await;

        assert_eq!(sent.problem(429, "rate_limited")["detail"], FULL);
        assert_eq!(committed.problem(429, "rate_limited")["detail"], FULL);
        assert_eq!(sent.headers["retry-after"], "15");
        assert_eq!(me.get(&path).await.ok(200)["state"], "awaiting_approval");
    })
    .await;
}
