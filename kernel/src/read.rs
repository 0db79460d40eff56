//! The database, and what a caller sees of it.

pub mod change;
pub(crate) mod codes;
pub mod condition;
pub mod db;
pub mod figures;
pub mod owners;
pub mod page;
pub mod render;
pub mod sets;
pub mod standings;
pub mod store;
pub mod traces;
pub mod view;
