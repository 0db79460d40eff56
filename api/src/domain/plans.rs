//! Plans and their content.

pub mod action;
pub mod objective;
pub mod pillar;
pub mod plan;
