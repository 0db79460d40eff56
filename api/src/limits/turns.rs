//! Turns of networks: where several ask, none of them runs more requests at a time than there are processors.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    net::IpAddr,
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
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

/// Requests of one network that run at a time while others ask too: the processors, two at least.
#[must_use]
pub fn of_a_network() -> usize {
    available_parallelism().map_or(2, NonZero::get).max(2)
}

/// The turns of all networks.
#[derive(Debug)]
pub struct Turns {
    hasher: RandomState,
    slots: Vec<Arc<Semaphore>>,
    seen: Mutex<Seen>,
    present: Duration,
    patience: Duration,
}

/// When networks asked: the last one, and the last before it that was another.
#[derive(Debug, Default)]
struct Seen {
    last: Option<(usize, Instant)>,
    other: Option<Instant>,
}

impl Default for Turns {
    fn default() -> Self {
        Self::of(PRESENT, PATIENCE)
    }
}

impl Turns {
    fn of(present: Duration, patience: Duration) -> Self {
        let slots = (0..SLOTS).map(|_| Arc::new(Semaphore::new(of_a_network())));
        let (hasher, seen) = (RandomState::new(), Mutex::default());
        Self { hasher, slots: slots.collect(), seen, present, patience }
    }

    /// Takes a turn of an address's network: at once while no other network asks, else after those before it.
    ///
    /// # Errors
    /// `Unavailable` where its turn does not come in time.
    pub async fn take(&self, address: IpAddr) -> Result<Option<OwnedSemaphorePermit>> {
        let slot = usize::try_from(self.hasher.hash_one(network(address)) % SLOTS).unwrap_or_default();
        let Some(turns) = self.slots.get(slot).cloned() else { return Ok(None) };
        if !self.is_shared(slot) {
            return Ok(turns.try_acquire_owned().ok());
        }
        let late = || {
            let text =
                "this network asks for more at a time than is answered beside others; try again in a moment";
            Error::Unavailable(text.into())
        };
        match timeout(self.patience, turns.acquire_owned()).await {
            Ok(Ok(turn)) => Ok(Some(turn)),
            _ => Err(late()),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    const GREEDY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7));

    const SHORT: Duration = Duration::from_millis(10);
    const LONG: Duration = Duration::from_mins(1);

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
        let turns = Turns::of(LONG, SHORT);

        assert_eq!(taken(&turns, 64).await.len(), 64);
    }

    #[tokio::test]
    async fn a_network_beside_another_runs_as_many_as_there_are_processors() {
        let turns = Turns::of(LONG, SHORT);
        drop(turns.take(OTHER).await.unwrap());

        let mut held = taken(&turns, of_a_network() + 2).await;
        let beside = turns.take(OTHER).await.unwrap();
        held.pop();
        let next = taken(&turns, 2).await;

        assert_eq!(held.len() + 1, of_a_network());
        assert!(beside.is_some());
        assert_eq!(next.len(), 1);
    }

    #[tokio::test]
    async fn a_network_that_went_away_is_nobody_to_wait_for() {
        let turns = Turns::of(SHORT, SHORT);
        drop(turns.take(OTHER).await.unwrap());
        tokio::time::sleep(SHORT).await;

        assert_eq!(taken(&turns, 64).await.len(), 64);
    }
}
