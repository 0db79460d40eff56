//! Files and feed together: whoever reads both has what the lists give, and is told nothing twice.

use std::collections::BTreeMap;

use concord::domain::Registered;
use entity::Task;
use kernel::record::Op;
use serde_json::{Value as Json, json};

use super::{file, make, path_of};
use crate::{
    exports::{fill, lines},
    support::{TestApp, app, client::Client},
};

/// Versions of the records that somebody holds, by id.
type Held = BTreeMap<String, i64>;

fn held(records: &[Json]) -> Held {
    let one = |record: &Json| {
        (record["id"].as_str().expect("an id").to_owned(), record["version"].as_i64().expect("a version"))
    };
    records.iter().map(one).collect()
}

/// Applies what was told since a cursor; what is told was not known.
async fn follow(me: &Client<'_>, held: &mut Held, cursor: &str) -> usize {
    let (mut after, mut told) = (cursor.to_owned(), 0);
    loop {
        let answer = me.get(&format!("/changes?kinds=task&limit=50&after={after}")).await;
        let page = answer.ok(200);
        for change in page["items"].as_array().expect("items") {
            let id = change["id"].as_str().expect("an id").to_owned();
            let version = change["record"]["version"].as_i64();
            told += 1;
            match version {
                Some(version) => {
                    let before = held.insert(id.clone(), version);
                    assert!(
                        before.is_none_or(|before| before < version),
                        "{id} was told at {version} already"
                    );
                }
                None => assert!(held.remove(&id).is_some(), "{id} was never held"),
            }
        }
        after = page["next"].as_str().expect("a cursor").to_owned();
        if page["has_more"] == false {
            return told;
        }
    }
}

/// Writes while a snapshot is made: tasks come, change and go.
async fn writes(app: &TestApp, ids: &[String]) {
    let me = app.user("officer").await;
    for (at, id) in ids.iter().enumerate() {
        if at.is_multiple_of(3) {
            let mut unit = app.system().begin().await.expect("a unit");
            let op = Op::Delete { id: id.parse().expect("a uuid"), version: Some(1) };
            unit.apply_one(Task::def(), op).await.expect("deleted");
            unit.commit().await.expect("committed");
        } else {
            me.edit(&format!("/tasks/{id}"), json!({"title": format!("Written {at}")})).await.ok(200);
        }
        if at.is_multiple_of(4) {
            fill(app, 1).await;
        }
    }
}

#[tokio::test]
async fn files_and_feed_lose_and_double_nothing() {
    app(async |app| {
        fill(app, 700).await;
        let me = app.user("officer").await;
        let all = lines(&me.get("/tasks.ndjson?q=many").await);
        let ids: Vec<String> =
            all.iter().rev().map(|task| task["id"].as_str().expect("an id").to_owned()).collect();
        writes(app, &ids[..6]).await;

        let (snapshot, ()) =
            tokio::join!(make(&me, json!({"kinds": ["task"], "gzip": false})), writes(app, &ids[6..36]));
        writes(app, &ids[36..42]).await;

        let records = lines(&file(&me, &snapshot, "tasks.ndjson").await);
        let mut mine = held(&records);
        let told = follow(&me, &mut mine, snapshot["changes_after"].as_str().expect("a cursor")).await;
        assert!(told >= 6, "{told}");
        assert_eq!(mine, held(&lines(&me.get("/tasks.ndjson").await)));
    })
    .await;
}

#[tokio::test]
async fn what_stood_before_is_not_told() {
    app(async |app| {
        let me = app.user("officer").await;
        let snapshot = make(&me, json!({})).await;

        let told = me
            .get(&format!("/changes?after={}", snapshot["changes_after"].as_str().expect("a cursor")))
            .await;

        assert_eq!(told.ok(200)["items"], json!([]));
        assert_eq!(me.get(&path_of(&snapshot)).await.ok(200)["changes_after"], snapshot["changes_after"]);
    })
    .await;
}
