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
    /// Draft.
    Draft,
    /// In consultation.
    InConsultation,
    /// Submitted.
    Submitted,
    /// Adopted.
    Adopted,
    /// In implementation.
    InImplementation,
    /// Under review.
    UnderReview,
    /// Closed.
    Closed,
    /// Superseded.
    Superseded,
}

/// The place of an action in its life.
#[vocabulary]
pub enum ActionStatus {
    /// Planned.
    Planned,
    /// In progress.
    InProgress,
    /// Done.
    Done,
    /// Cancelled.
    Cancelled,
}

/// The place of a task in its life.
#[vocabulary]
pub enum TaskStatus {
    /// Planned.
    Planned,
    /// Assigned.
    Assigned,
    /// In progress.
    InProgress,
    /// In review.
    InReview,
    /// Done.
    Done,
    /// Blocked.
    Blocked,
    /// Cancelled.
    Cancelled,
}

/// The priority of a task.
#[vocabulary]
pub enum TaskPriority {
    /// Low.
    Low,
    /// Normal.
    Normal,
    /// High.
    High,
    /// Urgent.
    Urgent,
}

/// A family of tasks.
#[vocabulary]
pub enum TaskFamily {
    /// Threat and risk assessment.
    ThreatRiskAssessment,
    /// Legal framework.
    LegalFramework,
    /// Projects and exercises.
    ProjectsExercises,
    /// Sustainability and regional, interregional and global cooperation.
    Cooperation,
}
