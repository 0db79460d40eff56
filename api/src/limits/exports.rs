//! Exports of whole lists: each holds a connection to the database, and is bounded in time.

use std::{sync::Arc, time::Duration};

use kernel::{Error, Result};
use serde::Serialize;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use utoipa::ToSchema;

/// Longest time an export waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest time an export takes; whoever reads it more slowly is cut off.
pub const LONGEST: Duration = Duration::from_mins(15);
/// Time a reader may take for one part of an export; whoever is slower is cut off.
pub const SLOW: Duration = Duration::from_secs(30);

/// The exports of a process that may run at the same time: half as many as it has connections to the database.
#[derive(Clone, Debug)]
pub struct Exports {
    free: Arc<Semaphore>,
    most: usize,
}

impl Exports {
    /// So many as leave half of these connections to others.
    #[must_use]
    pub fn of(connections: u32) -> Self {
        let most = usize::try_from(connections / 2).unwrap_or(1).max(1);
        Self { free: Arc::new(Semaphore::new(most)), most }
    }

    /// Takes a turn, after a wait where all are taken.
    ///
    /// # Errors
    /// `Unavailable` where none comes free in time.
    pub async fn take(&self) -> Result<OwnedSemaphorePermit> {
        match timeout(PATIENCE, self.free.clone().acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Error::Unavailable(
                "as many exports run as may at the same time; try again in a moment".into(),
            )),
        }
    }

    /// What is bounded.
    #[must_use]
    pub fn list(&self) -> ExportLimits {
        ExportLimits { at_once: self.most, seconds: LONGEST.as_secs(), read_seconds: SLOW.as_secs() }
    }
}

/// Exports of whole lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExportLimits {
    /// Exports that run at the same time; others wait for a moment, then the answer is 503.
    pub at_once: usize,
    /// Seconds an export may take until all of it is read; above them it is cut off.
    pub seconds: u64,
    /// Seconds a reader may take for what it is sent; above them it is cut off.
    pub read_seconds: u64,
}
