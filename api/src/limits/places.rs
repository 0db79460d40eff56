//! How many requests run at the same time; those beyond wait a moment or are sent away.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kernel::{Error, Result};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::turns::Turns;

/// Longest time a request waits for a place.
const PATIENCE: Duration = Duration::from_secs(1);

/// The places of running requests, and as many more to wait for one.
#[derive(Clone, Debug)]
pub struct Places {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    turns: Arc<Turns>,
}

impl Places {
    /// So many places, and of them so many for each network while several ask.
    #[must_use]
    pub fn of(most: usize, of_a_network: usize) -> Self {
        let [running, waiting] = [(); 2].map(|()| Arc::new(Semaphore::new(most)));
        Self { running, waiting, turns: Arc::new(Turns::of(of_a_network)) }
    }

    /// A claim of an address to a place, which holds none yet.
    #[must_use]
    pub fn claim(&self, address: Option<IpAddr>) -> Place {
        Place { places: self.clone(), address, held: Arc::default() }
    }

    async fn take(&self) -> Result<OwnedSemaphorePermit> {
        if let Ok(permit) = self.running.clone().try_acquire_owned() {
            return Ok(permit);
        }
        let full = || {
            metrics::counter!("requests_refused_total", "why" => "service").increment(1);
            Error::Unavailable("the service has more to do than it can; try again in a moment".into())
        };
        let _seat = self.waiting.try_acquire().map_err(|_| full())?;
        match timeout(PATIENCE, self.running.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(full()),
        }
    }
}

/// The place of one request, left while it waits for its client.
#[derive(Clone, Debug)]
pub struct Place {
    places: Places,
    address: Option<IpAddr>,
    held: Arc<Mutex<Option<Held>>>,
}

/// A place with the turn of its network.
#[derive(Debug)]
struct Held {
    _place: OwnedSemaphorePermit,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// Takes a place, after a wait where all are taken.
    ///
    /// # Errors
    /// `Unavailable` where there is none.
    pub async fn enter(&self) -> Result<()> {
        let turn = match self.address {
            Some(address) => self.places.turns.take(address).await?,
            None => None,
        };
        let place = self.places.take().await?;
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(Held { _place: place, _turn: turn });
        Ok(())
    }

    /// Gives the place to somebody else.
    pub fn leave(&self) {
        drop(self.held.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
