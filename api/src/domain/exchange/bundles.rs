//! Bundles: what a country releases, as one signed file that another installation takes in.
//!
//! A country that keeps its own server sends what it releases to some audiences, with the releases and their ends. The
//! receiver holds the records as that country's: nobody there edits them, the same policy shows them, and they go when the
//! bundle is over, a later one leaves them out, or it is withdrawn.

mod contract;
pub mod file;
mod incoming;
mod keys;
mod make;
mod receive;
mod settle;
mod stored;

pub use contract::{Bundle, BundlePage, NewBundle};
pub use keys::{Pinned, own, pin, pins, rotate, unpin};
pub(super) use make::{Wanted, note, write};
pub use receive::receive;
pub use settle::{end_over, withdraw};
pub use stored::{find, list};

/// Bytes of a bundle that is received.
pub const MAX_BYTES: u64 = 128 << 20;
/// Records of a bundle.
pub const MAX_RECORDS: usize = 50_000;
/// Days for which a bundle is good where nothing is said.
pub const DAYS: i64 = 90;
/// Days for which it may be good at most.
pub const MAX_DAYS: i64 = 366;
/// Audiences of a bundle.
pub const MAX_AUDIENCES: usize = 50;
/// Releases of a bundle.
pub const MAX_RELEASES: usize = 5_000;
