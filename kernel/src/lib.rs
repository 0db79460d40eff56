//! The machinery every record kind shares: one write path, one policy, one change log.
//!
//! The kernel knows no concept of the field; kinds describe themselves with a
//! [`record::KindDef`] and everything else works on that description.

pub mod actor;
pub mod change;
pub mod clock;
pub mod crypto;
pub mod ctx;
pub mod dates;
pub mod db;
pub mod error;
pub mod filter;
pub mod idempotency;
pub mod input;
pub mod page;
pub mod policy;
pub mod record;
pub mod render;
pub mod row;
pub mod scalar;
pub mod schema;
pub mod sets;
pub mod standings;
pub mod store;
pub mod text;
pub mod turn;
pub mod unit;

pub use actor::Actor;
pub use ctx::Ctx;
pub use error::{Code, Error, Result, Violation};
pub use record::KindDef;
pub use unit::Unit;
