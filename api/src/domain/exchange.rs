//! What goes out and comes in by many records at a time.

pub mod bundles;
pub mod changes;
pub mod columns;
pub mod export;
mod hold;
pub mod imports;
mod kept;
pub mod print;
pub mod snapshots;
pub mod webhooks;
