//! Vocabularies of plans, actions and tasks.

use model::vocabulary;

/// A kind of plan.
#[vocabulary]
pub enum PlanKind {
    /// CBRN National Action Plan.
    CbrnNap,
    /// National action plan for resolution 1540.
    Unscr1540Nap,
    /// Regional Action Plan.
    Regional,
    /// Operational plan.
    Operational,
    /// Sectoral plan.
    Sectoral,
    /// Other plan.
    Other,
}

/// The place of a plan in its life.
#[vocabulary]
pub enum PlanStatus {
    Draft,
    InConsultation,
    Submitted,
    Adopted,
    InImplementation,
    UnderReview,
    Closed,
    Superseded,
}

/// The place of an action in its life.
#[vocabulary]
pub enum ActionStatus {
    Planned,
    InProgress,
    Done,
    Cancelled,
}

/// The place of a task in its life.
#[vocabulary]
pub enum TaskStatus {
    Planned,
    Assigned,
    InProgress,
    InReview,
    Done,
    Blocked,
    Cancelled,
}

/// The priority of a task.
#[vocabulary]
pub enum TaskPriority {
    Low,
    Normal,
    High,
    Urgent,
}

/// A family of tasks.
#[vocabulary]
pub enum TaskFamily {
    /// Threat and risk assessment.
    ThreatRiskAssessment,
    LegalFramework,
    /// Projects and exercises.
    ProjectsExercises,
    /// Sustainability and regional, interregional and global cooperation.
    Cooperation,
}

/// Whether a comment is still to be settled.
#[vocabulary]
pub enum CommentStatus {
    Open,
    /// Settled without a change of the record.
    Resolved,
    /// Carried into the record.
    Carried,
}

/// What a country wants settled before its plan may be submitted.
#[vocabulary]
pub enum PlanPrecondition {
    /// No comment on the plan and its content is open.
    CommentsSettled,
    /// Each action closes a gap.
    GapLinks,
    /// Each action reduces a risk.
    RiskLinks,
}

/// What a member country says of an item of its region's plan.
#[vocabulary]
pub enum EndorsementStatus {
    /// The country is asked.
    Proposed,
    Endorsed,
    WithReservation,
    NotEndorsed,
}
