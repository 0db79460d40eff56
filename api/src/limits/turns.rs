//! Turns of networks: where several ask, none of them runs more requests at a time than it may.
//!
//! A request holds a turn as long as a place among those that run: not while it waits for its client.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kernel::{Error, Result};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use crate::origin::network;

/// Turns that are kept; networks share one by chance, and no number of them takes more memory.
const SLOTS: u64 = 1_024;
/// How long a network counts as one that asks.
const PRESENT: Duration = Duration::from_secs(10);
/// Longest time a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// Requests of one network that wait for their turns at most.
pub const WAITING: usize = 128;

/// The turns of all networks.
#[derive(Debug)]
pub struct Turns {
    hasher: RandomState,
    slots: Vec<Slot>,
    seen: Mutex<Seen>,
    present: Duration,
    patience: Duration,
}

/// The turns of one network.
#[derive(Debug)]
struct Slot {
    running: Arc<Semaphore>,
    waiting: Semaphore,
}

/// When networks asked: the last one, and the last before it that was another.
#[derive(Debug, Default)]
struct Seen {
    last: Option<(usize, Instant)>,
    other: Option<Instant>,
}

impl Turns {
    /// So many turns for each network.
    #[must_use]
    pub fn of(each: usize) -> Self {
        Self::with(each, PRESENT, PATIENCE)
    }

    fn with(each: usize, present: Duration, patience: Duration) -> Self {
        let slot = |_| Slot { running: Arc::new(Semaphore::new(each)), waiting: Semaphore::new(WAITING) };
        let slots = (0..SLOTS).map(slot).collect();
        Self { hasher: RandomState::new(), slots, seen: Mutex::default(), present, patience }
    }

    /// Takes a turn of an address's network: at once while no other network asks, else after those before it.
    ///
    /// # Errors
    /// `Unavailable` where too many wait already, or its turn does not come in time.
    pub async fn take(&self, address: IpAddr) -> Result<Option<OwnedSemaphorePermit>> {
        let at = self.place(address);
        let Some(Slot { running, waiting }) = self.slots.get(at) else { return Ok(None) };
        let (is_shared, free) = (self.is_shared(at), running.clone().try_acquire_owned());
        if free.is_ok() || !is_shared {
            return Ok(free.ok());
        }
        let _seat = waiting.try_acquire().map_err(|_| too_many())?;
        match timeout(self.patience, running.clone().acquire_owned()).await {
            Ok(Ok(turn)) => Ok(Some(turn)),
            _ => Err(too_many()),
        }
    }

    fn place(&self, address: IpAddr) -> usize {
        usize::try_from(self.hasher.hash_one(network(address)) % SLOTS).unwrap_or_default()
    }

    /// Whether another network asked lately; notes that this one asks now.
    fn is_shared(&self, slot: usize) -> bool {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((last, at)) = seen.last
            && last != slot
        {
            seen.other = Some(at);
        }
        seen.last = Some((slot, now));
        seen.other.is_some_and(|at| now.duration_since(at) < self.present)
    }
}

fn too_many() -> Error {
    metrics::counter!("requests_refused_total", "why" => "network").increment(1);
    let text = "this network asks for more at a time than is answered beside others; try again in a moment";
    Error::Unavailable(text.into())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const GREEDY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const SHORT: Duration = Duration::from_millis(10);
    const LONG: Duration = Duration::from_mins(1);

    /// An address of another network, whose turns are its own.
    fn other(turns: &Turns) -> IpAddr {
        let mut all = (0..=u8::MAX).map(|last| IpAddr::V4(Ipv4Addr::new(198, 51, 100, last)));
        all.find(|one| turns.place(*one) != turns.place(GREEDY)).unwrap()
    }

    /// So many turns of one network, as far as they are given.
    async fn taken(turns: &Turns, count: usize) -> Vec<Option<OwnedSemaphorePermit>> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.extend(turns.take(GREEDY).await.ok());
        }
        all
    }

    #[tokio::test]
    async fn a_network_alone_waits_for_nobody() {
        let turns = Turns::with(2, LONG, SHORT);

        assert_eq!(taken(&turns, 64).await.len(), 64);
    }

    #[tokio::test]
    async fn a_network_beside_another_runs_as_many_as_it_may() {
        let turns = Turns::with(2, LONG, SHORT);
        drop(turns.take(other(&turns)).await.unwrap());

        let mut held = taken(&turns, 4).await;
        let beside = turns.take(other(&turns)).await.unwrap();
        held.pop();
        let next = taken(&turns, 2).await;

        assert_eq!((held.len(), next.len()), (1, 1));
        assert!(beside.is_some());
    }

    #[tokio::test]
    async fn more_than_may_wait_are_refused_at_once() {
        let turns = Turns::with(1, LONG, LONG);
        drop(turns.take(other(&turns)).await.unwrap());
        let _held = turns.take(GREEDY).await.unwrap();

        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(turns.take(GREEDY))).collect();
        for one in &mut waiting {
            assert!(futures_util::poll!(one).is_pending());
        }

        assert!(turns.take(GREEDY).await.is_err());
    }

    #[tokio::test]
    async fn a_network_that_went_away_is_nobody_to_wait_for() {
        let turns = Turns::with(2, SHORT, SHORT);
        drop(turns.take(other(&turns)).await.unwrap());
        tokio::time::sleep(SHORT).await;

        assert_eq!(taken(&turns, 64).await.len(), 64);
    }
}
