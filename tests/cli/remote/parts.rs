//! Large files in parts, over connections that are lost.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};

use super::{
    Desk,
    stub::{Asked, Stub, answer},
};

const ID: &str = "01920000-0000-7000-8000-000000000000";

/// Parts by number.
type Kept = Arc<Mutex<BTreeMap<u64, Vec<u8>>>>;

fn import(state: &str) -> Option<String> {
    let at = (state == "completed").then_some("2027-01-01T00:00:00Z");
    let body = json!({ "id": ID, "state": state, "finished_at": at, "created": 3, "rejected": 0 });
    answer("200 OK", "", &body.to_string())
}

/// Takes parts as the service does.
fn taken(kept: &Kept, asked: &Asked) -> Option<String> {
    let mut kept = kept.lock().expect("the parts");
    let (method, path) = asked.what.split_once(' ').expect("a request");
    let path = path.trim_start_matches("/api/v1/imports");
    if method == "PUT" {
        let sum = STANDARD.encode(digest(&SHA256, &asked.body));
        assert_eq!(asked.header("content-digest"), Some(format!("sha-256=:{sum}:").as_str()));
        let number = path.rsplit('/').next().and_then(|text| text.parse().ok()).expect("a number");
        kept.insert(number, asked.body.clone());
        return answer("200 OK", "", "{}");
    }
    let sha256 = |bytes: &[u8]| hex::encode(digest(&SHA256, bytes));
    if path.ends_with("/parts") {
        let items: Vec<Json> = kept
            .iter()
            .map(|(number, bytes)| json!({ "number": number, "bytes": bytes.len(), "sha256": sha256(bytes) }))
            .collect();
        return answer("200 OK", "", &json!({ "items": items }).to_string());
    }
    if path.ends_with("/complete") {
        let whole: Vec<u8> = kept.values().flatten().copied().collect();
        let body: Json = serde_json::from_slice(&asked.body).expect("JSON");
        assert_eq!(body["sha256"], sha256(&whole));
        return import("completed");
    }
    match path.starts_with("?limit=") {
        true => answer("200 OK", "", r#"{"items":[],"next":null}"#),
        false => import("open"),
    }
}

fn large() -> String {
    let rows: String = (0..600_000).map(|n| format!("row {n:>9}\n")).collect();
    format!("title\n{rows}")
}

fn puts(stub: &Stub) -> Vec<String> {
    stub.asked().into_iter().filter(|asked| asked.what.starts_with("PUT")).map(|asked| asked.what).collect()
}

#[test]
fn a_lost_connection_costs_one_part() {
    let kept = Kept::default();
    let parts = Arc::clone(&kept);
    let stub = Stub::new(move |asked, before| match before {
        4 => None,
        _ => taken(&parts, asked),
    });
    let desk = Desk::new(stub.url.clone(), "key".into());
    desk.file("large.csv", &large());

    let sent = desk.run(&["import", "large.csv", "--kind", "tasks"]);

    assert!(sent.ok().starts_with("large.csv: 3 created"), "{}", sent.out);
    let count = kept.lock().unwrap().len();
    assert!(count > 3);
    assert_eq!(puts(&stub).len(), count + 1);
    assert!(
        stub.asked()
            .iter()
            .any(|asked| asked.what == "POST /api/v1/imports/uploads?kind=tasks&name=large.csv")
    );
}

#[test]
fn what_was_sent_is_not_sent_again_where_it_is_resumed() {
    let kept = Kept::default();
    let parts = Arc::clone(&kept);
    let stub = Stub::new(move |asked, _| {
        match asked.what.ends_with("/parts/3") && parts.lock().unwrap().len() == 2 {
            true => {
                // What another process begins with.
                parts.lock().unwrap().insert(9, Vec::new());
                answer("500 Internal Server Error", "", "{}")
            }
            false => taken(&parts, asked),
        }
    });
    let desk = Desk::new(stub.url.clone(), "key".into());
    desk.file("large.csv", &large());

    let broken = desk.run(&["import", "large.csv", "--kind", "tasks"]);
    let before = puts(&stub).len();
    kept.lock().unwrap().remove(&9);
    kept.lock().unwrap().insert(2, b"another".to_vec());
    kept.lock().unwrap().insert(3, b"another".to_vec());
    let resumed = desk.run(&["import", "large.csv", "--resume", ID]);

    assert!(broken.failed(3).contains(&format!("`--resume {ID}` goes on with it")), "{}", broken.err);
    resumed.ok();
    let again = &puts(&stub)[before..];
    assert!(
        again[0].ends_with("/parts/2") && !again.iter().any(|put| put.ends_with("/parts/1")),
        "{again:?}"
    );
}
