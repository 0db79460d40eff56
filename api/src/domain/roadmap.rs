//! What the steps of cycles and the milestones of roadmaps do.

pub mod milestone;
pub mod step;
