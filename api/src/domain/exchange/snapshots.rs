//! Snapshots: many lists as they were at one instant, as files that are kept for a day, with the cursor of the feed that
//! tells what happened since.

mod asked;
mod carry;
mod contract;
mod file;
mod job;
mod make;
mod start;

pub use carry::{carry_out, waiting};
pub use contract::{NewSnapshot, Snapshot, SnapshotFile, SnapshotPage};
pub use file::{Opened, open};
pub use job::expire;
pub use start::{Work, create, delete, find, list};

/// Snapshots that a process makes at the same time; others wait.
pub const MAX_AT_ONCE: usize = 2;
/// Snapshots of one owner that are not done, at most.
pub const MAX_RUNNING: usize = 4;
/// Snapshots that one caller keeps, at most.
pub const MAX_KEPT: usize = 8;
/// Bytes of all files of a snapshot, as they are kept.
pub const MAX_BYTES: u64 = 2 << 30;
/// Minutes that a snapshot may take.
pub const MAX_MINUTES: i64 = 15;
/// Hours for which it is kept.
pub const KEPT_HOURS: i64 = 24;
/// Times that a snapshot is begun, where processes end meanwhile.
const MAX_ATTEMPTS: i32 = 3;
