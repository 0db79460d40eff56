//! Facts that belong to nobody: regions, countries, organisations, frameworks, obligations.

pub mod country;
pub mod framework;
pub mod obligation;
pub mod organisation;
pub mod region;
pub mod region_membership;
