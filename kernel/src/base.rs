//! What records, callers and errors are, and who may do what: nothing here runs a statement.

pub mod actor;
pub mod cache;
pub mod cause;
pub mod clock;
pub mod crypto;
pub mod dates;
pub mod decimal;
pub mod editions;
pub mod error;
pub mod filter;
pub mod input;
pub mod narrowing;
pub mod policy;
pub mod record;
pub mod row;
pub mod scalar;
pub mod schema;
pub mod spelling;
pub mod text;
