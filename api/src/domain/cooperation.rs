//! Agencies, working groups and the tasks between them.

pub mod agency;
pub mod membership;
pub mod task;
pub mod working_group;
