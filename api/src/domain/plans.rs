//! What plans and their content do.

pub mod content;
pub mod document;
pub mod editions;
pub mod plan;
pub mod told;
