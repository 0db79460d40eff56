//! The client of the benchmark.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that is kept open: HTTP/1.1 as far as this benchmark needs it.
pub struct Client {
    stream: TcpStream,
    headers: String,
    buffer: Vec<u8>,
}

impl Client {
    /// Opens one, for a caller with this token.
    pub async fn open(address: String, token: Option<&str>) -> Self {
        let stream = TcpStream::connect(&address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        Self { stream, headers: format!("host: {address}\r\n{token}"), buffer: Vec::new() }
    }

    /// Sends a request and reads its answer, which must be a success.
    pub async fn ask(&mut self, method: &str, path: &str, body: Option<&str>) -> Vec<u8> {
        let body = body.unwrap_or_default();
        let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{}{kind}content-length: {}\r\n\r\n{body}",
            self.headers,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.expect("a request");
        let head = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break self.buffer.drain(..at + 4).collect::<Vec<u8>>();
            }
            self.read().await;
        };
        let head = String::from_utf8_lossy(&head).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.and_then(|text| text.parse().ok()).expect("a length");
        while self.buffer.len() < length {
            self.read().await;
        }
        let answer: Vec<u8> = self.buffer.drain(..length).collect();
        assert!(head.starts_with("http/1.1 2"), "{head}{}", String::from_utf8_lossy(&answer));
        answer
    }

    async fn read(&mut self) {
        let got = self.stream.read_buf(&mut self.buffer).await.expect("an answer");
        assert_ne!(got, 0, "the connection was closed");
    }
}
