//! Large files in parts, over connections that are lost.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, Mutex},
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};

use super::{
    Desk, HEAD, served,
    stub::{Asked, Stub, answer},
};

const ID: &str = "01920000-0000-7000-8000-000000000000";

/// Parts by number.
type Kept = Arc<Mutex<BTreeMap<u64, Vec<u8>>>>;

fn sha256_of(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

fn import(sha256: &str) -> Option<String> {
    let body = json!({ "id": ID, "state": "completed", "sha256": sha256, "finished_at": "2027-01-01T00:00:00Z",
        "created": 3, "rejected": 0 });
    answer("200 OK", "", &body.to_string())
}

fn nothing() -> Option<String> {
    answer("404 Not Found", "", r#"{"code":"not_found","detail":"there is no such address"}"#)
}

/// Takes parts as the service does: below the address of the upload, and nowhere else.
fn taken(kept: &Kept, asked: &Asked) -> Option<String> {
    let mut kept = kept.lock().expect("the parts");
    let (method, path) = asked.what.split_once(' ').expect("a request");
    let path = path.split('?').next().unwrap_or_default();
    let Some(path) = path.strip_prefix("/api/v1/imports/uploads") else { return nothing() };
    let below = path.strip_prefix(&format!("/{ID}")).unwrap_or(path);
    match (method, below) {
        ("POST" | "GET", "") => {
            let part = |(number, bytes): (&u64, &Vec<u8>)| json!({ "number": number, "bytes": bytes.len(), "sha256": sha256_of(bytes) });
            let parts: Vec<Json> = kept.iter().map(part).collect();
            answer("200 OK", "", &json!({ "id": ID, "state": "open", "parts": parts }).to_string())
        }
        ("POST", "/complete") => {
            let whole: Vec<u8> = kept.values().flatten().copied().collect();
            let body: Json = serde_json::from_slice(&asked.body).expect("JSON");
            assert_eq!(body["sha256"], sha256_of(&whole));
            import(&sha256_of(&whole))
        }
        ("PUT", part) => {
            let sum = STANDARD.encode(digest(&SHA256, &asked.body));
            assert_eq!(asked.header("content-digest"), Some(format!("sha-256=:{sum}:").as_str()));
            let number = part.strip_prefix("/parts/").and_then(|text| text.parse().ok()).expect("a number");
            kept.insert(number, asked.body.clone());
            answer("200 OK", "", "{}")
        }
        _ => nothing(),
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

#[test]
fn of_a_file_that_has_come_whole_its_import_is_told() {
    let sha256 = sha256_of(large().as_bytes());
    let stub = Stub::new(move |asked, _| match asked.what == format!("GET /api/v1/imports/{ID}") {
        true => import(&sha256),
        false => nothing(),
    });
    let desk = Desk::new(stub.url.clone(), "key".into());
    desk.file("large.csv", &large());
    desk.file("other.csv", "title\nAnother\n");

    let whole = desk.run(&["import", "large.csv", "--resume", ID]);
    let other = desk.run(&["import", "other.csv", "--resume", ID]);

    assert!(whole.ok().starts_with("large.csv: 3 created"), "{}", whole.out);
    assert!(other.failed(2).contains("is of another file than"), "{}", other.err);
}

/// Rows that say little in more than 8 MiB: columns whose names begin with `x_` are left alone.
fn wide() -> String {
    let blank = " ".repeat(1_000_000);
    let rows: String = (0..9).map(|n| format!("KGZ,en,Task {n},MES,,sheet,{n},{blank}\n")).collect();
    format!("{},x_note\n{rows}", HEAD.trim_end())
}

/// Asks the service as any program may.
fn ask(desk: &Desk, what: &str, body: &[u8]) -> Json {
    let address = desk.url.trim_start_matches("http://");
    let length = body.len();
    let head = format!(
        "{what}\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n",
        desk.key
    );
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

#[tokio::test]
async fn a_large_file_reaches_the_service_in_parts() {
    served(async |desk| {
        desk.file("wide.csv", &wide());

        let sent = desk.run(&["import", "wide.csv", "--kind", "tasks"]);
        let again = desk.run(&["import", "wide.csv", "--kind", "tasks"]);

        let told = sent.ok();
        let counts = "wide.csv: 9 created, 0 updated, 0 unchanged, 0 deleted, 0 rejected (import ";
        assert!(told.starts_with(counts) && told.ends_with(", completed)"), "{told}");
        assert_eq!(again.ok(), told, "the same file is the same import");
    })
    .await;
}

#[tokio::test]
async fn a_large_file_of_which_a_part_was_sent_is_gone_on_with() {
    served(async |desk| {
        let file = wide();
        desk.file("wide.csv", &file);
        let begun = ask(desk, "POST /api/v1/imports/uploads?kind=tasks HTTP/1.1", b"");
        let id = begun["id"].as_str().expect("an id");
        let part = |number: u32, bytes: &[u8]| {
            let path = format!("/api/v1/imports/uploads/{id}/parts/{number}");
            ask(desk, &format!("PUT {path} HTTP/1.1\r\ncontent-type: application/octet-stream"), bytes)
        };
        part(1, &file.as_bytes()[..2 << 20]);
        part(2, b"another");

        let resumed = desk.run(&["import", "wide.csv", "--resume", id]);
        let again = desk.run(&["import", "wide.csv", "--resume", id]);

        let told = resumed.ok();
        assert!(told.starts_with("wide.csv: 9 created, ") && told.contains(id), "{told}");
        assert_eq!(again.ok(), told, "what has come whole is told of");
    })
    .await;
}
