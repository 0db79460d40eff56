//! What a connection is doing: how long it waits for a head, idles, or takes nothing.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use axum::http::Version;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::Instant,
};

use super::accept::Place;
use crate::config::Front;

/// What is to become of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes on.
    Live,
    /// It has had no request for long: it is closed as the protocol says.
    Idle,
    /// The head of a request does not come, or nothing written is taken: it is cut.
    Stuck,
}

/// The state of one connection, shared by its stream and its requests.
#[derive(Clone, Debug)]
pub(super) struct Pulse(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Requests of which the answer is not all written.
    running: usize,
    /// The protocol, known from the first request on.
    version: Option<Version>,
    /// Since when none runs.
    idle_since: Instant,
    /// Since when the head of a request is being read.
    head_since: Option<Instant>,
    /// Since when the client takes no bytes.
    blocked_since: Option<Instant>,
}

impl Pulse {
    /// The pulse of a new connection, whose first head is awaited.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        let state =
            State { running: 0, version: None, idle_since: now, head_since: Some(now), blocked_since: None };
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a request begins; it runs until all that is answered is written or dropped.
    pub(super) fn begin(&self, version: Version) -> Running {
        let mut state = self.state();
        state.running += 1;
        state.version = Some(version);
        state.head_since = None;
        Running(self.clone())
    }

    /// Whether a request has begun on it, ever.
    pub(super) fn has_begun(&self) -> bool {
        self.state().version.is_some()
    }

    /// Whether no request runs, and nothing waits to be written.
    pub(super) fn is_idle(&self) -> bool {
        let state = self.state();
        state.running == 0 && state.blocked_since.is_none()
    }

    /// Says what is to become of the connection now.
    pub(super) fn verdict(&self, front: &Front) -> Verdict {
        let state = self.state();
        if state.blocked_since.is_some_and(|since| since.elapsed() > front.body_timeout) {
            return Verdict::Stuck;
        }
        if state.running > 0 || state.blocked_since.is_some() {
            return Verdict::Live;
        }
        if state.head_since.is_some_and(|since| since.elapsed() > front.header_timeout) {
            return Verdict::Stuck;
        }
        if state.idle_since.elapsed() > front.idle_timeout { Verdict::Idle } else { Verdict::Live }
    }

    /// Notes that bytes came.
    ///
    /// Between two requests these are the next head in HTTP/1 only: in HTTP/2 they may be anything, an answer
    /// to our own pings too.
    fn heard(&self) {
        let mut state = self.state();
        let is_head = state.running == 0 && state.version != Some(Version::HTTP_2);
        if is_head && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    fn wrote(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        if polled.is_ready() {
            state.blocked_since = None;
        } else {
            state.blocked_since.get_or_insert_with(Instant::now);
        }
        polled
    }
}

/// A request that runs.
#[derive(Debug)]
pub(super) struct Running(Pulse);

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.running = state.running.saturating_sub(1);
        state.idle_since = Instant::now();
        state.head_since = None;
    }
}

/// A socket that tells its pulse, and keeps its place among the connections until it is gone.
///
/// It lies below TLS, so that what it says of bytes taken is so.
pub(super) struct Watched {
    stream: TcpStream,
    pulse: Pulse,
    _place: Place,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, pulse: Pulse, place: Place) -> Self {
        Self { stream, pulse, _place: place }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
        if into.filled().len() > before {
            self.pulse.heard();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.pulse.wrote(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.pulse.wrote(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
