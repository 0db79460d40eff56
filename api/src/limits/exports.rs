//! Exports of whole lists: each holds a connection to the database, and is bounded in time.

use std::{sync::Arc, time::Duration};

use kernel::{Error, Result};
use serde::Serialize;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use utoipa::ToSchema;

use crate::domain::exchange::{
    bundles,
    snapshots::{KEPT_HOURS, MAX_AT_ONCE, MAX_BYTES, MAX_KEPT, MAX_MINUTES, MAX_RUNNING},
};

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
        ExportLimits {
            at_once: self.most,
            seconds: LONGEST.as_secs(),
            read_seconds: SLOW.as_secs(),
            snapshots: SnapshotLimits::list(),
            bundles: BundleLimits::list(),
        }
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
    /// Snapshots of many lists.
    pub snapshots: SnapshotLimits,
    /// Bundles of what countries release.
    pub bundles: BundleLimits,
}

/// Bundles: what a country releases, for another installation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BundleLimits {
    /// Records of a bundle, at most; above them it is not made, and not taken.
    pub records: usize,
    /// Bytes of a bundle that is received, at most.
    pub bytes: u64,
    /// Audiences of a bundle, at most.
    pub audiences: usize,
    /// Days for which a bundle is good where nothing is said.
    pub days: i64,
    /// Days for which it may be good, at most.
    pub most_days: i64,
}

impl BundleLimits {
    /// The bounds, as they are enforced.
    #[must_use]
    pub const fn list() -> Self {
        Self {
            records: bundles::MAX_RECORDS,
            bytes: bundles::MAX_BYTES,
            audiences: bundles::MAX_AUDIENCES,
            days: bundles::DAYS,
            most_days: bundles::MAX_DAYS,
        }
    }
}

/// Snapshots: files of many lists, made behind the answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SnapshotLimits {
    /// Snapshots that a process makes at the same time; others wait.
    pub at_once: usize,
    /// Snapshots of one owner that are not done, at most; above them the answer is 429.
    pub running: usize,
    /// Snapshots that one caller keeps, at most; above them the answer is 409.
    pub kept: usize,
    /// Bytes of all files of a snapshot, at most; above them it fails.
    pub bytes: u64,
    /// Minutes that a snapshot may take; above them it fails.
    pub minutes: i64,
    /// Hours for which it is kept.
    pub hours: i64,
}

impl SnapshotLimits {
    /// The bounds, as they are enforced.
    #[must_use]
    pub const fn list() -> Self {
        Self {
            at_once: MAX_AT_ONCE,
            running: MAX_RUNNING,
            kept: MAX_KEPT,
            bytes: MAX_BYTES,
            minutes: MAX_MINUTES,
            hours: KEPT_HOURS,
        }
    }
}
