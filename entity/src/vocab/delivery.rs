//! Vocabularies of delivery: indicators, proposals, exercises, capacity, good practices.

use model::vocabulary;

/// Which way an indicator is to go.
#[vocabulary]
pub enum IndicatorDirection {
    /// The value is to rise.
    Increase,
    /// The value is to fall.
    Decrease,
    /// The value is to stay as it is.
    Maintain,
}

/// The place of a proposal in its life.
#[vocabulary]
pub enum ProposalStatus {
    Idea,
    /// Endorsed by the national team.
    Endorsed,
    /// Sent to the Regional Secretariat or to a donor.
    Sent,
    /// Accepted: it becomes a project.
    Accepted,
    Declined,
}

/// The place of an exercise or a capacity measure in its life.
#[vocabulary]
pub enum ActivityStatus {
    Planned,
    Running,
    Done,
    Cancelled,
}

/// The place of a finding in its life.
#[vocabulary]
pub enum FindingStatus {
    Open,
    Closed,
}

/// A kind of capacity measure.
#[vocabulary]
pub enum CapacityKind {
    Training,
    Equipment,
    Procedure,
}

/// A kind of good practice.
#[vocabulary]
pub enum PracticeKind {
    /// What works and others may take over.
    Practice,
    /// What was learnt.
    Lesson,
}

/// What a country says to a project that is to work in it.
#[vocabulary]
pub enum ProjectConsent {
    /// The country is asked.
    Proposed,
    Accepted,
    Declined,
}
