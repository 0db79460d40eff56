//! Places of connections: so many in all, and a part of them for one network.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    config::Front,
    limits::listing::clients_of_a_network,
    origin::{is_trusted, network},
};

/// The places of one address that answers.
pub(super) struct Places {
    all: Arc<Semaphore>,
    networks: Networks,
    of_a_network: usize,
}

impl Places {
    pub(super) fn of(front: &Front) -> Self {
        Self {
            all: Arc::new(Semaphore::new(front.max_clients)),
            networks: Networks::default(),
            of_a_network: clients_of_a_network(front.max_clients),
        }
    }

    /// Waits for one of all places.
    pub(super) async fn free(&self) -> Option<OwnedSemaphorePermit> {
        self.all.clone().acquire_owned().await.ok()
    }

    /// The place of a client, unless its network has all it may have; a trusted proxy stands for many.
    pub(super) fn take(&self, free: OwnedSemaphorePermit, from: IpAddr, front: &Front) -> Option<Place> {
        if is_trusted(from, front) {
            return Some(Place { _seat: None, _one: free });
        }
        let seat = self.networks.seat(network(from), self.of_a_network)?;
        Some(Place { _seat: Some(seat), _one: free })
    }
}

/// The place of one connection; given up when it is dropped, in its network first: who waits for it comes next.
pub(in crate::server) struct Place {
    _seat: Option<Seat>,
    _one: OwnedSemaphorePermit,
}

/// How many connections each network has; clones share them.
#[derive(Clone, Default)]
struct Networks(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Networks {
    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seat(&self, network: IpAddr, most: usize) -> Option<Seat> {
        let mut open = self.open();
        let taken = open.entry(network).or_default();
        if *taken >= most {
            return None;
        }
        *taken += 1;
        Some(Seat { networks: self.clone(), network })
    }
}

struct Seat {
    networks: Networks,
    network: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.networks.open();
        if let Some(taken) = open.get_mut(&self.network) {
            *taken = taken.saturating_sub(1);
            if *taken == 0 {
                open.remove(&self.network);
            }
        }
    }
}
