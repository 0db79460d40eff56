//! Connections that are lost, services that are busy or not there.

use std::{fs, net::TcpListener};

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value as Json, json};

use super::{
    Desk, good, json_of, names,
    stub::{Stub, answer},
};

const ID: &str = "01920000-0000-7000-8000-000000000000";

fn import(state: &str) -> String {
    let is_dry = state == "awaiting_approval";
    json!({ "id": ID, "state": state, "dry_run": is_dry, "import_plan": "p", "finished_at": "2027-01-01T00:00:00Z",
        "created": 2, "updated": 0, "unchanged": 0, "deleted": 0, "rejected": 0 })
    .to_string()
}

fn desk(stub: &Stub) -> Desk {
    Desk::new(stub.url.clone(), "key".into())
}

const NONE: &str = r#"{"items":[],"next":null}"#;

#[test]
fn a_file_is_sent_again_until_it_is_answered() {
    let stub = Stub::new(|asked, before| match (asked.what.starts_with("GET"), before) {
        (_, 0) => None,
        (true, _) => answer("200 OK", "", NONE),
        (_, 2) => answer(
            "503 Service Unavailable",
            "retry-after: 0\r\n",
            r#"{"code":"unavailable","detail":"busy"}"#,
        ),
        (_, 3) => None,
        (_, 5) => {
            answer("429 Too Many Requests", "retry-after: 0\r\n", r#"{"code":"limited","detail":"slow"}"#)
        }
        (_, 6) => answer("502 Bad Gateway", "", "<html>"),
        _ => answer("200 OK", "", &import("completed")),
    });
    let desk = desk(&stub);
    desk.file("tasks.csv", &good());

    let sent = desk.run(&["import", "tasks.csv", "--kind", "tasks"]);

    assert!(sent.ok().starts_with("tasks.csv: 2 created"), "{}", sent.out);
    assert!(
        sent.err.contains("the connection was lost")
            && sent.err.contains("unavailable: busy; again in 0.0 s")
    );
    let posts: Vec<_> = stub.asked().into_iter().filter(|asked| asked.what.starts_with("POST")).collect();
    assert_eq!(posts.len(), 5);
    assert!(posts.iter().all(|post| post.body == good().as_bytes()));
    assert!(posts.iter().all(|post| post.header("authorization") == Some("Bearer key")));
    assert_eq!(posts[0].what, "POST /api/v1/imports?kind=tasks&name=tasks.csv");
}

#[test]
fn a_file_that_arrived_is_not_sent_again_where_the_answer_was_lost() {
    let mut made: Json = serde_json::from_str(&import("completed")).expect("JSON");
    made["sha256"] = json!(hex::encode(digest(&SHA256, good().as_bytes())));
    let mut other = made.clone();
    (other["id"], other["sha256"]) = (json!("01930000-0000-7000-8000-000000000000"), json!("another"));
    let stub = Stub::new(move |asked, before| match (asked.what.as_str(), before) {
        (_, 0) => answer("200 OK", "", NONE),
        (what, _) if what.starts_with("POST") => None,
        (what, _) if what.ends_with(ID) => answer("200 OK", "", &made.to_string()),
        _ => answer("200 OK", "", &json!({ "items": [other, made], "next": null }).to_string()),
    });
    let desk = desk(&stub);
    desk.file("tasks.csv", &good());

    let sent = desk.run(&["import", "tasks.csv", "--kind", "tasks", "--force"]);

    assert!(sent.ok().contains(ID), "{}", sent.out);
    assert_eq!(stub.asked().iter().filter(|asked| asked.what.starts_with("POST")).count(), 1);
}

#[test]
fn a_commit_whose_answer_is_lost_is_looked_after_and_not_made_twice() {
    let stub = Stub::new(|asked, before| match (asked.what.starts_with("POST"), before) {
        (true, _) => None,
        (false, 0) => answer("200 OK", "", &import("awaiting_approval")),
        (false, _) => answer("200 OK", "", &import("completed")),
    });

    let done = desk(&stub).run(&["commit", ID]);

    assert!(done.ok().starts_with("2 created"), "{}", done.out);
    let posts = stub.asked().iter().filter(|asked| asked.what.starts_with("POST")).count();
    assert_eq!(posts, 1);
}

#[test]
fn what_is_not_there_or_fails_ends_with_3() {
    let gone = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port");
    let nobody = Desk::new(format!("http://{gone}"), "key".into());
    let broken =
        Stub::new(|_, _| answer("500 Internal Server Error", "", r#"{"code":"internal","detail":"x"}"#));
    let busy = Stub::new(|_, _| answer("503 Service Unavailable", "retry-after: 0\r\n", "{}"));

    let refused = nobody.run(&["imports", "--retries", "1"]);
    let failed = desk(&broken).run(&["imports", "--json"]);
    let too_busy = desk(&busy).run(&["imports", "--retries", "2"]);

    assert!(refused.failed(3).contains("there is no connection to the service"), "{}", refused.err);
    assert_eq!(refused.err.lines().count(), 2, "{}", refused.err);
    failed.failed(3);
    assert_eq!((json_of(&failed)["code"].as_str(), broken.asked().len()), (Some("internal"), 1));
    too_busy.failed(3);
    assert_eq!(busy.asked().len(), 3);
}

#[test]
fn an_export_that_breaks_off_is_begun_again_and_never_looks_whole() {
    let half = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n5\r\nid\nAA\r\n";
    let stub = Stub::new(move |_, before| match before {
        0 => Some(half.to_owned()),
        _ => Some(format!("{half}1\r\n\n\r\n0\r\n\r\n")),
    });
    let always = Stub::new(move |_, _| Some(half.to_owned()));
    let (desk, other) = (desk(&stub), desk(&always));
    other.file("kept.csv", "as before");

    let saved = desk.run(&["export", "tasks", "-o", "tasks.csv"]);
    let never = other.run(&["export", "tasks", "-o", "kept.csv", "--retries", "1"]);
    let piped = other.run(&["export", "tasks"]);

    saved.ok();
    assert_eq!(desk.read("tasks.csv"), "id\nAA\n");
    never.failed(3);
    assert_eq!(
        (other.read("kept.csv").as_str(), names(&other.folder)),
        ("as before", vec!["kept.csv".to_owned()])
    );
    assert!(piped.failed(3).contains("what was written is not whole"), "{}", piped.err);
}

#[test]
fn rejected_rows_are_saved_as_they_are_answered() {
    let stub = Stub::new(|asked, _| match asked.what.as_str() {
        what if what.ends_with("/rejected") => answer("200 OK", "", "title,x_error_codes\n,required\n"),
        _ => answer("404 Not Found", "", "{}"),
    });
    let desk = desk(&stub);

    let saved = desk.run(&["errors", ID, "--rejected", "mend.csv"]);

    saved.ok();
    assert_eq!(stub.asked()[0].what, format!("GET /api/v1/imports/{ID}/rejected"));
    assert_eq!(fs::read_to_string(desk.folder.join("mend.csv")).unwrap(), "title,x_error_codes\n,required\n");
}

#[test]
fn an_address_that_moved_gets_no_key() {
    let stub = Stub::new(|_, _| answer("301 Moved Permanently", "location: http://other.example/\r\n", ""));

    let moved = desk(&stub).run(&["imports"]);

    assert!(moved.failed(2).contains("leads to http://other.example/"), "{}", moved.err);
}

#[test]
fn an_answer_of_something_else_is_no_success() {
    let stub = Stub::new(|_, _| answer("200 OK", "", "<html>welcome</html>"));

    let other = desk(&stub).run(&["imports"]);

    assert!(other.failed(3).contains("the service answers something else"), "{}", other.err);
}
