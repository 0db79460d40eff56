//! What the operator learns of refused sign-ins: a line of the log each, and a counter.

use std::net::TcpListener;

use serde_json::json;
use tokio::net::TcpStream;

use crate::support::process::{Process, Wire, process};

/// Sends a sign-in that fails, and answers its status line.
async fn fails(service: &Process, email: &str) -> String {
    let body = json!({"email": email, "password": "a secret guess"}).to_string();
    let mut wire = service.connect().await;
    let head = "POST /api/v1/auth/login HTTP/1.1\r\nhost: concord\r\nconnection: close";
    let length = body.len();
    wire.send(&format!("{head}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"))
        .await;
    wire.rest().await.lines().next().unwrap_or_default().to_owned()
}

/// An address that is free now.
fn free() -> String {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a socket");
    socket.local_addr().expect("its address").to_string()
}

async fn metrics(address: &str) -> String {
    let mut wire = Wire(TcpStream::connect(address).await.expect("a connection"));
    wire.send("GET /metrics HTTP/1.1\r\nhost: concord\r\nconnection: close\r\n\r\n").await;
    wire.rest().await
}

/// Delivers 5 of issue 10.
#[tokio::test]
async fn refused_sign_ins_are_logged_and_counted_and_say_nothing_that_was_typed() {
    let admin = free();
    process(&[("admin_listen", &admin)], async |service| {
        for _ in 0..5 {
            assert!(fails(service, "typed-by-mistake@test").await.contains(" 401 "));
        }
        let waits = fails(service, "typed-by-mistake@test").await;
        let known = fails(service, "officer@test").await;

        assert!(waits.contains(" 429 ") && known.contains(" 401 "), "{waits} {known}");
        let line = service.logged("the password is wrong, or there is no such account");
        assert!(line.contains("a sign-in was refused") && line.contains("127.0.0.1"), "{line}");
        assert!(line.contains("WARN") && line.contains("id="), "{line}");
        service.logged("too many attempts failed before");
        service.logged("user.id=");
        let log = service.log().join("\n");
        assert!(!log.contains("typed-by-mistake") && !log.contains("a secret guess"), "{log}");
        let told = metrics(&admin).await;
        assert!(told.contains("sign_in_attempts_total{outcome=\"wrong_password\"} 6"), "{told}");
        assert!(told.contains("sign_in_attempts_total{outcome=\"waiting\"} 1"), "{told}");
    })
    .await;
}
