//! How many connections one network has, and proxies that stand for many.

use std::time::Duration;

use tokio::{
    io::AsyncReadExt,
    net::TcpSocket,
    time::{sleep, timeout},
};

use crate::support::process::{PATIENCE, Process, Wire, process};

const LIVE: &str = "GET /health/live HTTP/1.1\r\nhost: concord\r\n\r\n";

/// Connections that were answered and stay open.
async fn open(service: &Process, count: usize) -> Vec<Wire> {
    let mut open = Vec::new();
    for _ in 0..count {
        let mut wire = service.connect().await;
        wire.send(LIVE).await;
        wire.until("live").await;
        open.push(wire);
    }
    open
}

/// Whether a new connection is answered.
async fn is_answered(service: &Process) -> bool {
    let mut wire = service.connect().await;
    wire.send(LIVE).await;
    matches!(wire.0.read(&mut [0]).await, Ok(1))
}

/// Waits until a new connection is answered.
async fn place_is_free(service: &Process) {
    while !is_answered(service).await {
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn one_network_does_not_take_the_places_of_others() {
    process(&[("max_clients", "20")], async |service| {
        let mut held = open(service, 16).await;
        let beyond = is_answered(service).await;
        let other = TcpSocket::new_v4().expect("a socket");
        other.bind("127.0.0.2:0".parse().expect("an address")).expect("an address of this machine");
        let mut other = Wire(other.connect(service.address).await.expect("a connection"));
        other.send(LIVE).await;
        let answer = other.until("live").await;

        held[0].send(&LIVE.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")).await;
        held[0].rest().await;
        timeout(PATIENCE, place_is_free(service)).await.expect("a place that was given up is free");

        assert!(!beyond, "answered beyond the cap");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn a_proxy_that_is_trusted_has_as_many_connections_as_there_are() {
    process(&[("max_clients", "20"), ("trusted_proxies", "127.0.0.0/8")], async |service| {
        let held = open(service, 20).await;

        assert_eq!(held.len(), 20);
    })
    .await;
}
