//! What plans and their content do.

pub mod comment;
pub mod consultation;
pub mod content;
pub mod document;
pub mod editions;
pub mod iati;
mod open;
pub mod plan;
pub mod section;
pub mod told;
