//! Delivery: indicators, money, exercises and what they find, and the figures of a plan.

pub mod budget_line;
pub mod exercise;
pub mod figures;
pub mod finding;
pub mod funding;
pub mod indicator;
pub mod measurement;
pub mod progress;
pub mod project;
