//! Units: the one way to change anything.

pub mod ctx;
pub mod derived;
pub mod idempotency;
pub mod kinds;
pub mod lifecycle;
pub(crate) mod recorder;
pub mod shared_sets;
pub mod turn;
pub mod unit;
