//! The database, and what a caller sees of it.

pub mod change;
pub mod condition;
pub mod db;
pub mod page;
pub mod render;
pub mod sets;
pub mod standings;
pub mod store;
pub mod view;
