//! The front door, over sockets: connections, times, TLS, stopping.

mod frames;
mod http2;
mod networks;
mod stopping;
mod tls;

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::Request,
};
use concord::server;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::time::timeout;
use tower::ServiceExt;

use crate::support::{app, process::process};

const LIVE: &str = "GET /health/live HTTP/1.1\r\nhost: concord\r\n";

#[tokio::test]
async fn a_head_that_does_not_come_is_cut() {
    process(&[("header_timeout_seconds", "1")], async |service| {
        let mut silent = service.connect().await;
        let mut slow = service.connect().await;
        slow.send(LIVE).await;

        let (nothing, cut) = (silent.rest().await, slow.rest().await);

        assert_eq!((nothing.as_str(), cut.as_str()), ("", ""));
    })
    .await;
}

#[tokio::test]
async fn a_connection_without_requests_is_closed() {
    process(&[("idle_timeout_seconds", "1")], async |service| {
        let mut wire = service.connect().await;
        wire.send(&format!("{LIVE}\r\n")).await;

        let all = wire.rest().await;

        assert!(all.starts_with("HTTP/1.1 200 ") && all.ends_with("{\"status\":\"live\"}"), "{all}");
    })
    .await;
}

#[tokio::test]
async fn clients_beyond_the_cap_wait_for_a_place() {
    process(&[("max_clients", "1")], async |service| {
        let mut holder = service.connect().await;
        holder.send(LIVE).await;
        let mut waiting = service.connect().await;
        waiting.send(&format!("{LIVE}\r\n")).await;

        let early = timeout(Duration::from_secs(1), waiting.0.peek(&mut [0])).await;
        drop(holder);
        let answer = waiting.until("live").await;

        assert!(early.is_err(), "answered beside the holder: {answer}");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    process(&[], async |service| {
        let long = service.ask(&format!("GET /health/live HTTP/1.1\r\nx: {}", "y".repeat(100_000))).await;
        let many = service.ask(&format!("GET /health/live HTTP/1.1{}", "\r\nx: y".repeat(200))).await;

        assert!(long.starts_with("HTTP/1.1 431 "), "{long}");
        assert!(many.starts_with("HTTP/1.1 431 "), "{many}");
    })
    .await;
}

#[tokio::test]
async fn http_2_is_spoken_by_prior_knowledge() {
    process(&[], async |service| {
        let stream = TokioIo::new(service.connect().await.0);
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.expect("HTTP/2");
        tokio::spawn(connection);

        let request = || axum::http::Request::get("http://concord/health/live").body(Empty::<Bytes>::new());
        let (first, second) =
            (sender.send_request(request().expect("a request")), request().expect("a request"));
        let first = first.await.expect("an answer");
        let second = sender.send_request(second).await.expect("an answer");

        assert_eq!((first.status().as_u16(), first.version()), (200, axum::http::Version::HTTP_2));
        let body = second.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(body, "{\"status\":\"live\"}");
    })
    .await;
}

const LOGIN: &str = "POST /api/v1/auth/login HTTP/1.1\r\nhost: concord\r\ncontent-type: application/json\r\n";

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_and_cut() {
    process(&[("body_timeout_seconds", "1")], async |service| {
        let mut wire = service.connect().await;
        wire.send(&format!("{LOGIN}content-length: 100\r\n\r\n{{\"email\": ")).await;

        let answer = wire.rest().await;

        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(
            answer.contains("application/problem+json") && answer.contains("request_timeout"),
            "{answer}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_a_problem_announced_or_not() {
    process(&[], async |service| {
        let (mut announced, mut chunked) = (service.connect().await, service.connect().await);

        announced.send(&format!("{LOGIN}content-length: 20000000\r\n\r\n")).await;
        let announced = announced.until("payload_too_large").await;
        chunked.send(&format!("{LOGIN}transfer-encoding: chunked\r\n\r\n")).await;
        let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
        chunked.send(&chunk.repeat(20)).await;
        let chunked = chunked.until("payload_too_large").await;

        assert!(announced.starts_with("HTTP/1.1 413 "), "{announced}");
        assert!(chunked.starts_with("HTTP/1.1 413 "), "{chunked}");
    })
    .await;
}

#[tokio::test]
async fn readiness_is_asked_of_the_database_once_a_second_at_most() {
    app(async |app| {
        let state = app.state.with(|parts| parts.db = parts.db.counted());
        let router = server::app(state.clone());
        let ask = async || {
            let request = Request::get("/health/ready").body(Body::empty()).expect("a request");
            router.clone().oneshot(request).await.expect("an answer").status().as_u16()
        };

        let (first, asked) = (ask().await, state.db.statements());
        let (second, third) = (ask().await, ask().await);

        assert_eq!([first, second, third], [200; 3]);
        assert_eq!((asked > 0, state.db.statements()), (true, asked));
    })
    .await;
}
