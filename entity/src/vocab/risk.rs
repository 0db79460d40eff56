//! Vocabularies of risks and priorities.

use model::vocabulary;

/// The place of a method in its life.
#[vocabulary]
pub enum PriorityMethodStatus {
    Draft,
    Published,
}
