//! The files: what the lists say, from any byte on.

use std::{io::Read, time::Duration};

use axum::http::Method;
use flate2::read::GzDecoder;
use kernel::crypto::sha256;
use serde_json::{Value as Json, json};
use tokio::time::timeout;

use super::{delete, file, make, path_of};
use crate::{
    exports::fill,
    statements::counted,
    support::{app, client::Answer},
};

/// What the manifest says of a file.
#[track_caller]
fn said<'a>(snapshot: &'a Json, kind: &str) -> &'a Json {
    let files = snapshot["files"].as_array().expect("files");
    files.iter().find(|file| file["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in {snapshot}"))
}

#[tokio::test]
async fn a_file_is_what_the_export_of_its_list_is() {
    app(async |app| {
        for name in ["officer", "partner", "foreign_focal_point", "portal"] {
            let me = app.user(name).await;
            for (asked, form, query) in [
                (json!({"format": "ndjson"}), "ndjson", ""),
                (json!({"format": "csv"}), "csv", ""),
                (json!({"format": "csv", "labels": "both", "lang": "ru"}), "csv", "?labels=both&lang=ru"),
                (json!({"lang": "ky,ru"}), "ndjson", "?lang=ky,ru"),
            ] {
                let mut body = asked;
                body["gzip"] = json!(false);
                body["kinds"] = json!(["plans", "task", "agencies"]);
                let snapshot = make(&me, body).await;

                for (kind, list) in [("agency", "agencies"), ("plan", "plans"), ("task", "tasks")] {
                    let whole = me.get(&format!("/{list}.{form}{query}")).await;
                    let part = file(&me, &snapshot, &format!("{list}.{form}")).await;
                    let manifest = said(&snapshot, kind);
                    assert_eq!(part.status, 200);
                    assert_eq!(String::from_utf8_lossy(&part.bytes), String::from_utf8_lossy(&whole.bytes));
                    assert_eq!(manifest["sha256"], sha256(&[&part.bytes]));
                    assert_eq!(manifest["bytes"], part.bytes.len());
                    assert_eq!(manifest["name"], format!("{list}.{form}"));
                }
                let tasks = me.get("/tasks?total=true").await;
                assert_eq!(said(&snapshot, "task")["rows"], tasks.ok(200)["page"]["total"]);
                delete(&me, &snapshot).await.ok(204);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_said_is_everything_packed() {
    app(async |app| {
        let me = app.user("officer").await;
        let answer =
            me.with("prefer", "wait=25").send(Method::POST, "/api/v1/exports", None, Vec::new()).await;
        let snapshot = answer.ok(200);

        let packed = file(&me, snapshot, "tasks.ndjson.gz").await;
        let mut text = String::new();
        GzDecoder::new(packed.bytes.as_slice()).read_to_string(&mut text).expect("gzip");

        assert_eq!(text.as_bytes(), me.get("/tasks.ndjson").await.bytes);
        assert_eq!(said(snapshot, "task")["sha256"], sha256(&[&packed.bytes]));
        let kinds = concord::domain::KINDS.served().count();
        assert_eq!(snapshot["files"].as_array().map(Vec::len), Some(kinds));
        assert_eq!((&snapshot["format"], &snapshot["gzip"]), (&json!("ndjson"), &json!(true)));
        assert_eq!((&snapshot["owner"], &snapshot["kinds_done"]), (&json!("KGZ"), &json!(kinds)));
    })
    .await;
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn a_transfer_goes_on_where_it_broke() {
    app(async |app| {
        fill(app, 2_500).await;
        let me = app.user("officer").await;
        let snapshot = make(&me, json!({"kinds": ["task"], "gzip": false})).await;
        let path = format!("{}/files/tasks.ndjson", path_of(&snapshot));
        let whole = me.with("accept-encoding", "gzip").get(&path).await;
        let size = whole.bytes.len();
        assert!(size > 2 << 20, "several parts: {size}");
        assert_eq!(header(&whole, "accept-ranges"), "bytes");
        assert_eq!(header(&whole, "content-length"), size.to_string());
        assert_eq!(header(&whole, "content-encoding"), "");

        let (mut got, step) = (Vec::new(), 700_001);
        while got.len() < size {
            let range = format!("bytes={}-{}", got.len(), got.len() + step - 1);
            let part = me.with("range", range).with("if-range", header(&whole, "etag")).get(&path).await;
            let last = (got.len() + step).min(size) - 1;
            assert_eq!(part.status, 206);
            assert_eq!(header(&part, "content-range"), format!("bytes {}-{last}/{size}", got.len()));
            got.extend(part.bytes);
        }

        assert_eq!(sha256(&[&got]), said(&snapshot, "task")["sha256"]);
        let tail = me.with("range", "bytes=-100").get(&path).await;
        assert_eq!((tail.status, &tail.bytes[..]), (206, &whole.bytes[size - 100..]));
        let other = me.with("range", "bytes=5-").with("if-range", "\"another\"").get(&path).await;
        assert_eq!((other.status, other.bytes.len()), (200, size));
        let many = me.with("range", "bytes=0-1,5-6").get(&path).await;
        assert_eq!((many.status, many.bytes.len()), (200, size));
        let same = me.with("if-none-match", header(&whole, "etag")).get(&path).await;
        assert_eq!((same.status, same.bytes.len()), (304, 0));
        let head = me.send(Method::HEAD, &format!("/api/v1{path}"), None, Vec::new()).await;
        assert_eq!((head.status, header(&head, "content-length")), (200, &*size.to_string()));
    })
    .await;
}

#[tokio::test]
async fn a_range_behind_the_end_says_how_long_the_file_is() {
    app(async |app| {
        let me = app.user("officer").await;
        let snapshot = make(&me, json!({"kinds": ["task"]})).await;
        let path = format!("{}/files/tasks.ndjson.gz", path_of(&snapshot));
        let size = said(&snapshot, "task")["bytes"].as_i64().expect("bytes");

        let behind = me.with("range", format!("bytes={size}-")).get(&path).await;

        behind.problem(416, "range_not_satisfiable");
        assert_eq!(header(&behind, "content-range"), format!("bytes */{size}"));
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once() {
    app(async |app| {
        let me = app.user("officer").await;

        let asked = json!({"kinds": ["tasks", "taks"], "format": "xml", "labels": "names", "lang": "ru,?"});
        let refused = me.post("/exports", asked).await;
        let foreign = me.post("/exports", json!({"labels": "both"})).await;
        let unknown = me.post("/exports", json!({"kind": "tasks"})).await;

        let codes = [
            ("/format", "not_in_list"),
            ("/kinds", "not_in_list"),
            ("/labels", "not_in_list"),
            ("/lang", "bad_format"),
        ];
        assert_eq!(refused.violations(), codes.map(|(at, code)| (at.to_owned(), code.to_owned())));
        assert_eq!(foreign.violations(), [("/labels".to_owned(), "rule_broken".to_owned())]);
        assert_eq!(unknown.violations(), [("/kind".to_owned(), "unknown_member".to_owned())]);
        assert_eq!(me.get("/exports").await.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn who_keeps_as_many_as_it_may_deletes_one_first() {
    app(async |app| {
        let me = app.user("officer").await;
        let most =
            me.get("/limits").await.ok(200)["exports"]["snapshots"]["kept"].as_u64().expect("a number");
        let mut last = Json::Null;
        for _ in 0..most {
            last = make(&me, json!({"kinds": ["plan"]})).await;
        }

        me.post("/exports", json!({"kinds": ["plan"]})).await.problem(409, "illegal_move");
        delete(&me, &last).await.ok(204);
        let again = make(&me, json!({"kinds": ["plan"]})).await;

        me.get(&path_of(&last)).await.problem(404, "not_found");
        assert_eq!(me.get("/exports?limit=1").await.ok(200)["items"][0]["id"], again["id"]);
        make(&app.user("secretariat").await, json!({"kinds": ["plan"]})).await;
    })
    .await;
}

#[tokio::test]
async fn statements_grow_with_batches_and_parts_and_not_with_records() {
    app(async |app| {
        let counted = counted(app);
        let me = counted.user("officer").await;
        let cost = async || {
            let before = counted.state.db.statements();
            let snapshot = make(&me, json!({"kinds": ["task"]})).await;
            let spent = counted.state.db.statements() - before;
            delete(&me, &snapshot).await.ok(204);
            (spent, said(&snapshot, "task")["rows"].as_i64().expect("rows"))
        };
        cost().await;

        let (few, _) = cost().await;
        fill(app, 180).await;
        let (more, rows) = cost().await;
        fill(app, 1_800).await;
        let (many, all) = cost().await;

        assert!(rows > 180 && all > 1_980, "{rows} {all}");
        assert_eq!(few, more, "of one batch");
        assert!(many <= more + 8, "{many} after {more}");
    })
    .await;
}

#[tokio::test]
async fn graphql_asks_for_lists_and_deletes_them() {
    app(async |app| {
        let me = app.user("officer").await;
        let asked = "mutation { createSnapshot(input: {kinds: [\"tasks\"], format: \"csv\", gzip: false}) { id state kinds } }";

        let made = me.graphql(asked, json!({})).await.data()["createSnapshot"].clone();
        let done = async {
            while app.stored("export_job", "state").await != ["completed"] {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), done).await.expect("it is made");
        let by_rest = me.get(&path_of(&made)).await;
        let query = "query($id: ID!) { snapshot(id: $id) { state isReadable changesAfter files { kind name rows bytes sha256 } } snapshots { items { id } } }";
        let told = me.graphql(query, json!({"id": made["id"]})).await;
        let id = made["id"].as_str().expect("an id");
        let gone = format!("mutation {{ deleteSnapshot(input: {{id: \"{id}\"}}) {{ id }} }}");
        let gone = me.graphql(&gone, json!({})).await;

        assert_eq!(made["kinds"], json!(["task"]));
        assert_eq!(told.data()["snapshot"]["files"], by_rest.ok(200)["files"]);
        assert_eq!(told.data()["snapshot"]["isReadable"], true);
        assert_eq!(told.data()["snapshots"]["items"][0]["id"], made["id"]);
        assert_eq!(gone.data()["deleteSnapshot"]["id"], made["id"]);
        me.get(&path_of(&made)).await.problem(404, "not_found");
    })
    .await;
}
