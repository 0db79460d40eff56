//! Vocabularies of facts and of the returns that they answer.

use model::vocabulary;

/// What a fact is, and what a question of a return is mostly answered with.
#[vocabulary]
pub enum FactKind {
    /// A law, decree or regulation.
    Law,
    /// A body or desk that others turn to.
    Contact,
    /// A number of things.
    Count,
    /// Something that is done or in place, besides laws.
    Measure,
    /// Anything else that is said in words.
    Text,
}

/// The place of a draft in its life.
#[vocabulary]
pub enum ReportDraftStatus {
    Drafting,
    Finished,
}
