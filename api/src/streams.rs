//! Answers that go on: how many of them each caller may hold open, and the tasks that make them.

use std::{
    collections::HashMap,
    net::IpAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::{
    Stream, StreamExt,
    stream::{BoxStream, poll_fn},
};
use kernel::{Error, Result};
use tokio::{sync::mpsc, time::timeout};
use uuid::Uuid;

use crate::{
    limits::streams::{SLOW, STREAMS_OF_A_NETWORK, STREAMS_OF_A_USER, STREAMS_OF_ANONYMOUS},
    origin::network,
    state::AppState,
};

/// Seconds after which a caller whose seats are taken may try again.
const RETRY_SECONDS: u64 = 10;
/// Items made ahead of a reader.
const AHEAD: usize = 4;

/// What is heard of a stream.
#[derive(Clone, Debug)]
pub enum Said<T> {
    /// Its next item.
    Item(T),
    /// It has come to its end.
    End,
}

/// Makes the items of a stream in a task of their own, until the reader leaves or the service stops.
///
/// Were the stream left to its reader, one that reads slowly would hold on to a database connection in the
/// middle of a page, and all connections could wait for one another. `held` is dropped with the task.
///
/// A stream that stops without [`Said::End`] was broken off: its reader was too slow, the service stops, or an
/// item could not be made.
pub fn detach<T: Send + 'static>(
    state: &AppState,
    held: impl Send + 'static,
    items: impl Stream<Item = T> + Send + 'static,
) -> BoxStream<'static, Said<T>> {
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
            let is_end = item.is_none();
            let sent = timeout(SLOW, to.send(item.map_or(Said::End, Said::Item))).await;
            if is_end || !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    });
    poll_fn(move |context| from.poll_recv(context)).boxed()
}

/// Who holds seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Holder {
    User(Uuid),
    /// Anonymous callers, by the network they come from.
    Network(Option<IpAddr>),
}

/// The streams that are open; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Streams(Arc<Mutex<HashMap<Holder, usize>>>);

impl Streams {
    /// Takes a seat for a user, or for an anonymous caller from an address.
    ///
    /// # Errors
    /// `Limited` when all of the user's, of the network's, or of all anonymous callers' are taken.
    pub fn take(&self, user: Option<Uuid>, address: Option<IpAddr>) -> Result<Seat> {
        let holder = user.map_or_else(|| Holder::Network(address.map(network)), Holder::User);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let anonymous: usize =
            open.iter().filter(|(of, _)| matches!(of, Holder::Network(_))).map(|(_, taken)| taken).sum();
        let taken = open.get(&holder).copied().unwrap_or_default();
        let is_full = match holder {
            Holder::User(_) => taken >= STREAMS_OF_A_USER,
            Holder::Network(_) => taken >= STREAMS_OF_A_NETWORK || anonymous >= STREAMS_OF_ANONYMOUS,
        };
        if is_full {
            return Err(Error::Limited { seconds: RETRY_SECONDS, why: None });
        }
        open.insert(holder, taken + 1);
        Ok(Seat { streams: self.clone(), holder })
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
    holder: Holder,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = open.get_mut(&self.holder) {
            *taken -= 1;
            if *taken == 0 {
                open.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_cannot_take_the_seats_of_all_others() {
        let streams = Streams::default();
        let address = |last: u8| Some(IpAddr::from([192, 0, 2, last]));

        let held: Vec<Seat> =
            (0..STREAMS_OF_A_NETWORK).map(|_| streams.take(None, address(1)).unwrap()).collect();

        assert!(streams.take(None, address(1)).is_err());
        assert!(streams.take(None, address(2)).is_ok());
        assert!(streams.take(Some(Uuid::from_u128(1)), address(1)).is_ok());
        drop(held);
        assert_eq!(streams.open(), 0);
    }

    #[test]
    fn anonymous_callers_leave_the_seats_of_users() {
        let streams = Streams::default();
        let address = |last: usize| Some(IpAddr::from([192, 0, 2, u8::try_from(last).unwrap()]));

        let held: Vec<Seat> = (0..STREAMS_OF_ANONYMOUS)
            .map(|at| streams.take(None, address(at / STREAMS_OF_A_NETWORK)).unwrap())
            .collect();

        assert!(streams.take(None, address(255)).is_err());
        assert!(streams.take(Some(Uuid::from_u128(1)), None).is_ok());
        assert_eq!(held.len(), STREAMS_OF_ANONYMOUS);
    }
}
