//! Risks and priorities: what is reckoned from what a country says of them.

pub mod method;
pub mod priority;
pub mod ranking;
pub mod risk;
pub mod trend;
