//! Vocabularies of cycles and roadmaps.

use model::vocabulary;

/// A step of a cycle of planning, in the order in which they usually come.
#[vocabulary]
pub enum CycleStage {
    /// The country joins.
    Joined,
    /// The national focal point is appointed.
    FocalPoint,
    /// Needs assessment.
    Assessment,
    /// Gaps are ranked and turned into proposed actions.
    Prioritisation,
    /// Steps and dates that lead to an adopted plan are agreed.
    Roadmap,
    /// The plan is drafted.
    Drafting,
    /// The draft is in consultation.
    Consultation,
    /// The plan is adopted.
    Adoption,
    /// The plan is carried out.
    Implementation,
    /// The plan is reviewed.
    Review,
}

/// The place of a step or milestone in its life.
#[vocabulary]
pub enum StepStatus {
    Planned,
    Running,
    Done,
    /// It does not take place.
    Skipped,
}
