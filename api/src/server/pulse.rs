//! What a connection is doing: how long it waits for a head, idles, or is not read by its client.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use axum::{
    Error,
    body::{Body, Bytes, HttpBody},
};
use hyper::body::{Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::OwnedSemaphorePermit,
    time::Instant,
};

use crate::config::Front;

/// What is to become of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes on.
    Live,
    /// It has had no request for long: it is closed as the protocol says.
    Idle,
    /// The head of a request does not come, or answers are not read: it is cut.
    Stuck,
}

/// The state of one connection, shared by its stream and its requests.
#[derive(Clone, Debug)]
pub(super) struct Pulse(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Requests whose answer is not all handed over.
    running: usize,
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
        let state = State { running: 0, idle_since: now, head_since: Some(now), blocked_since: None };
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a request begins; it runs until what is answered is dropped.
    pub(super) fn begin(&self) -> Running {
        let mut state = self.state();
        state.running += 1;
        state.head_since = None;
        Running(self.clone())
    }

    /// Tells whether no request runs.
    pub(super) fn is_idle(&self) -> bool {
        self.state().running == 0
    }

    /// Says what is to become of the connection now.
    pub(super) fn verdict(&self, front: &Front) -> Verdict {
        let state = self.state();
        if state.blocked_since.is_some_and(|since| since.elapsed() > front.body_timeout) {
            return Verdict::Stuck;
        }
        if state.running > 0 {
            return Verdict::Live;
        }
        if state.head_since.is_some_and(|since| since.elapsed() > front.header_timeout) {
            return Verdict::Stuck;
        }
        if state.idle_since.elapsed() > front.idle_timeout { Verdict::Idle } else { Verdict::Live }
    }

    fn heard(&self) {
        let mut state = self.state();
        if state.running == 0 && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    fn wrote<T>(&self, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
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

/// The body of an answer; its request runs until it is handed over or dropped.
pub(super) struct Answering {
    body: Body,
    _running: Running,
}

impl Answering {
    pub(super) fn new(body: Body, running: Running) -> Self {
        Self { body, _running: running }
    }
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that tells its pulse, and keeps its place among the connections until it is gone.
pub(super) struct Watched<S> {
    stream: S,
    pulse: Pulse,
    _place: OwnedSemaphorePermit,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, pulse: Pulse, place: OwnedSemaphorePermit) -> Self {
        Self { stream, pulse, _place: place }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
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

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
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
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.pulse.wrote(polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
