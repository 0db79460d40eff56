//! Callers who close their socket.

use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    time::sleep,
};

use super::task;
use crate::support::{TestApp, dice::Dice};

/// Sockets altogether.
const SOCKETS: u64 = 400;

/// Sends writes and closes each socket some moments later, or before all is sent.
pub async fn storm(app: &TestApp, dice: &mut Dice) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(axum::serve(listener, app.router.clone()).into_future());
    let token = app.user("focal_point").await.token.expect("a token");

    for _ in 0..SOCKETS / 8 {
        let calls = (0..8).map(|_| {
            let body = task("Over a socket".into());
            let (path, body) = match dice.below(2) {
                0 => ("/api/v1/tasks", body.to_string()),
                _ => (
                    "/api/v1/tasks/batch",
                    json!({ "items": [{ "op": "create", "data": body }] }).to_string(),
                ),
            };
            let request = format!(
                "POST {path} HTTP/1.1\r\nhost: concord\r\nauthorization: Bearer {token}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let sent = if dice.below(4) == 0 { dice.below(700) } else { 10_000 };
            let wait = Duration::from_micros(dice.below(8_000));
            async move {
                let mut socket = TcpStream::connect(address).await.expect("a connection");
                let sent = request.len().min(usize::try_from(sent).expect("a number"));
                socket.write_all(&request.as_bytes()[..sent]).await.expect("sent");
                sleep(wait).await;
            }
        });
        join_all(calls).await;
    }
    server.abort();
}
