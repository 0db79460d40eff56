//! What countries have to do with frameworks: participation, and what they say of themselves.

pub mod country_framework;
pub mod participation;
