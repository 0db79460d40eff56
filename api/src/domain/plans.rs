//! What plans and their content do.

pub mod content;
pub mod plan;
