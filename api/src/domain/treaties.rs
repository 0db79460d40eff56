//! What participations do.

pub mod participation;
