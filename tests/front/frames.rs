//! A client of HTTP/2 that says frame by frame what it takes.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::process::{PATIENCE, Process};

/// Kinds of frames.
pub const DATA: u8 = 0;
const HEADERS: u8 = 1;
pub const RESET: u8 = 3;
const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GO_AWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

/// Flags: the last of its stream, an acknowledgement; all headers are in the frame.
pub const END: u8 = 1;
const ALL_HEADERS: u8 = 4;

/// Window of each stream at first.
const INITIAL_WINDOW: u8 = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

pub struct Frames(TcpStream);

impl Frames {
    /// A connection on which each answer has this window at first.
    pub async fn open(service: &Process, window: u32) -> Self {
        let mut frames = Self(service.connect().await.0);
        frames.0.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.expect("bytes are taken");
        frames.give(window).await;
        frames
    }

    pub async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).expect("a length").to_be_bytes();
        let mut bytes = length[1..].to_vec();
        bytes.extend([kind, flags]);
        bytes.extend(stream.to_be_bytes());
        bytes.extend(payload);
        self.0.write_all(&bytes).await.expect("bytes are taken");
    }

    /// Gives every stream another window at first.
    pub async fn give(&mut self, window: u32) {
        let mut setting = vec![0, INITIAL_WINDOW];
        setting.extend(window.to_be_bytes());
        self.send(SETTINGS, 0, 0, &setting).await;
    }

    /// Gives a stream, or the connection as stream 0, more window.
    pub async fn widen(&mut self, stream: u32, by: usize) {
        let by = u32::try_from(by).expect("a window").to_be_bytes();
        self.send(WINDOW_UPDATE, 0, stream, &by).await;
    }

    /// Asks for a path, with one more header by its index in HPACK.
    pub async fn get(&mut self, stream: u32, path: &str, accept: &str) {
        let mut block = vec![0x82, 0x86];
        for (name, value) in [(&[0x04][..], path), (&[0x01], "concord"), (&[0x0f, 0x04], accept)] {
            block.extend(name);
            block.push(u8::try_from(value.len()).expect("a short value"));
            block.extend(value.as_bytes());
        }
        self.send(HEADERS, END | ALL_HEADERS, stream, &block).await;
    }

    /// The next frame, waited for, or none where the connection has ended; settings and pings are acknowledged.
    pub async fn next(&mut self) -> Option<Frame> {
        let frame = self.read().await?;
        if matches!(frame.kind, SETTINGS | PING) && frame.flags & END == 0 {
            let payload = if frame.kind == PING { &frame.payload[..] } else { &[] };
            self.send(frame.kind, END, 0, payload).await;
        }
        Some(frame)
    }

    async fn read(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await.ok()?;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        let mut payload = vec![0; usize::try_from(number(&head[..3])).expect("a length")];
        self.0.read_exact(&mut payload).await.ok()?;
        Some(Frame { kind: head[3], flags: head[4], stream: number(&head[5..]), payload })
    }

    /// The whole body of an answer.
    pub async fn body(&mut self, stream: u32) -> String {
        let mut body = Vec::new();
        loop {
            let frame = self.until(DATA).await;
            assert_eq!(frame.stream, stream);
            body.extend(frame.payload);
            if frame.flags & END == END {
                return String::from_utf8(body).expect("UTF-8");
            }
        }
    }

    /// The first frame of this kind, waited for.
    pub async fn until(&mut self, kind: u8) -> Frame {
        let found = async {
            loop {
                let frame = self.next().await.expect("the connection is open");
                if frame.kind == kind {
                    return frame;
                }
            }
        };
        timeout(PATIENCE, found).await.expect("such a frame comes")
    }
}
