//! Answers on their way: each runs until its bytes are written, and ends when its client takes none of them.
//!
//! In HTTP/2 a client may hold back one answer while its connection lives, by giving its stream no window. Then
//! the socket never blocks, and only the stream is ended: others may share the connection behind a proxy.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use axum::{
    Error,
    body::{Body, Bytes, HttpBody},
};
use hyper::{
    body::{Buf, Frame, SizeHint},
    rt::Executor,
};
use tokio::time::{Instant, sleep};

use crate::server::pulse::Running;

/// What was handed over of one answer and is not written yet.
#[derive(Clone, Debug, Default)]
struct Flow(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    /// Parts that wait.
    parts: usize,
    /// When a byte of them was taken last, or the first of them was handed over.
    since: Option<Instant>,
    /// Whom to tell when none waits any more.
    next: Option<Waker>,
}

tokio::task_local! {
    /// The flow of the stream of HTTP/2 that this task serves.
    static FLOW: Flow;
}

impl Flow {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn part(&self, bytes: Bytes, running: Arc<Running>) -> Part {
        if bytes.is_empty() {
            return Part { bytes, waits: None };
        }
        let mut waiting = self.waiting();
        waiting.parts += 1;
        waiting.since.get_or_insert_with(Instant::now);
        Part { bytes, waits: Some(Waits { flow: self.clone(), _running: running }) }
    }

    fn is_clear(&self) -> bool {
        self.waiting().parts == 0
    }

    fn poll_clear(&self, cx: &Context<'_>) -> Poll<()> {
        let mut waiting = self.waiting();
        if waiting.parts == 0 {
            return Poll::Ready(());
        }
        waiting.next = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Waits until nothing was taken for so long of what waits.
    async fn stuck(&self, limit: Duration) {
        loop {
            let waited = self.waiting().since.map_or(Duration::ZERO, |since| since.elapsed());
            match limit.checked_sub(waited) {
                Some(left) if !left.is_zero() => sleep(left).await,
                _ => return,
            }
        }
    }
}

/// Bytes of an answer on their way.
pub(super) struct Part {
    bytes: Bytes,
    /// None once all are taken: what is empty may be kept for long.
    waits: Option<Waits>,
}

/// A part that waits to be taken, and its request, which runs as long.
struct Waits {
    flow: Flow,
    _running: Arc<Running>,
}

impl Buf for Part {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        if self.bytes.is_empty() {
            self.waits = None;
        } else if let Some(waits) = &self.waits {
            waits.flow.waiting().since = Some(Instant::now());
        }
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        let mut waiting = self.flow.waiting();
        waiting.parts = waiting.parts.saturating_sub(1);
        // What was the last byte of one part is progress for those behind it.
        waiting.since = (waiting.parts > 0).then(Instant::now);
        if waiting.parts == 0
            && let Some(next) = waiting.next.take()
        {
            next.wake();
        }
    }
}

/// The body of an answer; its request runs until its last part is written or dropped.
pub(super) struct Answering {
    body: Body,
    running: Arc<Running>,
    flow: Flow,
    /// A stream goes on, to its end too, only when the part before is written: as long can it be ended.
    is_stream: bool,
}

impl Answering {
    /// The body of an answer made in the task that calls this.
    pub(super) fn new(body: Body, running: Running) -> Self {
        let of_stream = FLOW.try_with(Flow::clone).ok();
        let is_stream = of_stream.is_some();
        Self { body, running: Arc::new(running), flow: of_stream.unwrap_or_default(), is_stream }
    }
}

impl HttpBody for Answering {
    type Data = Part;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Part>, Error>>> {
        if self.is_stream {
            ready!(self.flow.poll_clear(cx));
        }
        let next = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let part = |bytes| self.flow.part(bytes, self.running.clone());
        Poll::Ready(next.map(|frame| frame.map(|frame| frame.map_data(part))))
    }

    fn is_end_stream(&self) -> bool {
        (!self.is_stream || self.flow.is_clear()) && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Serves each stream of HTTP/2 in a task, and ends it when its client takes nothing for so long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Streams(pub(super) Duration);

impl<F> Executor<F> for Streams
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        let (flow, limit) = (Flow::default(), self.0);
        tokio::spawn(async move {
            tokio::select! {
                () = FLOW.scope(flow.clone(), stream) => {}
                () = flow.stuck(limit) => tracing::debug!("an answer was ended: its client takes nothing of it"),
            }
        });
    }
}
