//! Answers that go on: how many of them each caller may hold open, and the tasks that make them.

use std::{
    collections::HashMap,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{
    Stream, StreamExt,
    stream::{BoxStream, poll_fn},
};
use kernel::{Error, Result};
use tokio::{sync::mpsc, time::timeout};
use uuid::Uuid;

use crate::state::AppState;

/// Streams, sockets and waiting pages one user holds open at most.
pub const STREAMS_OF_A_USER: usize = 20;
/// Streams, sockets and waiting pages all anonymous callers together hold open at most.
pub const STREAMS_OF_ANONYMOUS: usize = 100;

/// Seconds a page waits for changes at most.
pub const WAIT_SECONDS: u64 = 20;
/// Subscriptions of one socket at most.
pub const SUBSCRIPTIONS: usize = 20;
/// Bytes of one message to a socket at most.
pub const MESSAGE_BYTES: usize = 64 * 1024;
/// Seconds a socket may be open before `connection_init` is sent.
pub const INIT_SECONDS: u64 = 10;
/// Time a reader may take for one item; whoever is slower is dropped.
pub const SLOW: Duration = Duration::from_secs(5);

/// Seconds after which a caller whose seats are taken may try again.
const RETRY_SECONDS: u64 = 10;
/// Items made ahead of a reader.
const AHEAD: usize = 4;

/// Makes the items of a stream in a task of their own, until the reader leaves or the service stops.
///
/// Were the stream left to its reader, one that reads slowly would hold on to a database connection in the
/// middle of a page, and all connections could wait for one another. `held` is dropped with the task.
pub fn detach<T: Send + 'static>(
    state: &AppState,
    held: impl Send + 'static,
    items: impl Stream<Item = T> + Send + 'static,
) -> BoxStream<'static, T> {
    let (to, mut from) = mpsc::channel(AHEAD);
    let stopping = state.stopping.clone();
    state.tasks.spawn(async move {
        let _held = held;
        let mut items = pin!(items);
        loop {
            let item = tokio::select! {
                () = stopping.cancelled() => return,
                () = to.closed() => return,
                item = items.next() => item,
            };
            let Some(item) = item else { return };
            let sent = timeout(SLOW, to.send(item)).await;
            if !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    });
    poll_fn(move |context| from.poll_recv(context)).boxed()
}

/// The streams that are open; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Streams(Arc<Mutex<HashMap<Option<Uuid>, usize>>>);

impl Streams {
    /// Takes a seat for a caller.
    ///
    /// # Errors
    /// `Limited` when all of the caller's are taken.
    pub fn take(&self, user: Option<Uuid>) -> Result<Seat> {
        let most = if user.is_some() { STREAMS_OF_A_USER } else { STREAMS_OF_ANONYMOUS };
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = open.entry(user).or_default();
        if *taken >= most {
            return Err(Error::Limited { seconds: RETRY_SECONDS });
        }
        *taken += 1;
        Ok(Seat { streams: self.clone(), user })
    }

    /// How many seats are taken.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

/// One open stream; given up when it is dropped.
#[derive(Debug)]
pub struct Seat {
    streams: Streams,
    user: Option<Uuid>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = open.get_mut(&self.user) {
            *taken -= 1;
            if *taken == 0 {
                open.remove(&self.user);
            }
        }
    }
}
