//! What memberships and tasks do.

pub mod membership;
pub mod task;
