//! Vocabularies of plans, actions and tasks.

use async_graphql::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A kind of plan.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
    Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    /// CBRN National Action Plan.
    CbrnNap,
    /// National action plan for resolution 1540.
    #[graphql(name = "UNSCR1540_NAP")]
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
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
    Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
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
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
    Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
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
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
    Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
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
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
    Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
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
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
    Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
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
