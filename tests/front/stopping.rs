//! What is answered after the signal to stop, and how the process ends.

use std::time::Duration;

use tokio::{net::TcpSocket, time::sleep};

use crate::support::process::{Process, Wire, process};

const LOGIN: &str = "{\"email\": \"nobody@test\", \"password\": \"not the password\"}";

/// A request that runs: its head is read, its body is awaited.
async fn running(service: &Process) -> Wire {
    let mut wire = service.connect().await;
    let head = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nhost: concord\r\nexpect: 100-continue\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        LOGIN.len()
    );
    wire.send(&head).await;
    wire.until("100 Continue").await;
    wire
}

#[tokio::test]
async fn a_request_that_runs_is_answered_and_the_process_ends_well() {
    process(&[], async |service| {
        let mut wire = running(service).await;
        service.signal("TERM");
        service.logged("stopping");
        wire.send(LOGIN).await;

        let answer = wire.rest().await;

        assert!(answer.contains("HTTP/1.1 401 ") && answer.contains("connection: close"), "{answer}");
        assert_eq!(service.exit().await, Some(0));
    })
    .await;
}

#[tokio::test]
async fn what_comes_during_the_last_call_is_answered_and_told_to_close() {
    process(&[("last_call_seconds", "6")], async |service| {
        let mut kept = service.connect().await;
        kept.send("GET /health/ready HTTP/1.1\r\nhost: concord\r\n\r\n").await;
        let before = kept.until("\"ready\"").await;
        service.signal("TERM");
        service.logged("stopping");

        kept.send("GET /health/ready HTTP/1.1\r\nhost: concord\r\n\r\n").await;
        let after = kept.rest().await;
        let new = service.ask("GET /api/v1/countries/KGZ HTTP/1.1").await;

        assert!(before.starts_with("HTTP/1.1 200 ") && !before.contains("connection: close"), "{before}");
        assert!(after.starts_with("HTTP/1.1 503 ") && after.contains("connection: close"), "{after}");
        assert!(new.starts_with("HTTP/1.1 200 "), "{new}");
        assert_eq!(service.exit().await, Some(0));
    })
    .await;
}

#[tokio::test]
async fn what_does_not_end_in_the_time_of_grace_is_not_waited_for() {
    process(&[("grace_seconds", "2")], async |service| {
        let _held = running(service).await;

        service.signal("TERM");

        assert_eq!(service.exit().await, Some(0));
        service.logged("still ran after the time of grace");
    })
    .await;
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    process(&[("grace_seconds", "3600"), ("body_timeout_seconds", "3600")], async |service| {
        let _held = running(service).await;
        service.signal("TERM");
        service.logged("stopping");

        service.signal("INT");

        assert_eq!(service.exit().await, Some(3));
    })
    .await;
}

#[tokio::test]
async fn who_was_taken_by_the_last_call_is_heard_and_answered() {
    process(&[], async |service| {
        let mut silent = service.connect().await;
        service.signal("TERM");
        service.logged("the last call is over");

        silent.send("GET /health/live HTTP/1.1\r\nhost: concord\r\n\r\n").await;
        let answer = silent.rest().await;

        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("connection: close"), "{answer}");
        assert_eq!(service.exit().await, Some(0));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_waits_for_its_reader_is_sent_whole() {
    process(&[], async |service| {
        let narrow = TcpSocket::new_v4().expect("a socket");
        narrow.set_recv_buffer_size(4096).expect("a small buffer");
        let mut slow = Wire(narrow.connect(service.address).await.expect("a connection"));
        let asked = "GET /graphiql/graphiql.min.js HTTP/1.1\r\nhost: concord\r\n\r\n";
        slow.send(&asked.repeat(12)).await;
        let begun = slow.until("content-length: ").await;
        service.signal("TERM");
        service.logged("the last call is over");

        sleep(Duration::from_secs(4)).await;
        let answer = begun + &slow.rest().await;

        let (_, last) = answer.rsplit_once("HTTP/1.1 200 OK\r\n").expect("answers");
        let (head, body) = last.split_once("\r\n\r\n").expect("a head");
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}: {}", body.len());
        assert_eq!(service.exit().await, Some(0));
    })
    .await;
}
