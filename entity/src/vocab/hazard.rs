//! Vocabularies of domains, hazards and exercises.

use async_graphql::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A CBRN domain.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, Serialize, Deserialize, ToSchema, Enum,
)]
pub enum Domain {
    /// Chemical.
    C,
    /// Biological.
    B,
    /// Radiological.
    R,
    /// Nuclear.
    N,
}

impl Domain {
    /// Gives the bit that stands for the domain in a mask.
    #[must_use]
    pub const fn bit(self) -> i32 {
        match self {
            Self::C => 1,
            Self::B => 2,
            Self::R => 4,
            Self::N => 8,
        }
    }
}

/// The origin of a hazard.
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
pub enum HazardOrigin {
    /// Natural.
    Natural,
    /// Accidental.
    Accidental,
    /// Deliberate (criminal or terrorist).
    Deliberate,
}

/// A professional community concerned with CBRN risks.
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
pub enum Community {
    /// Law enforcement.
    LawEnforcement,
    /// First responders.
    FirstResponse,
    /// Border and customs officials.
    Border,
    /// Health professionals.
    Health,
    /// Crisis teams.
    CrisisManagement,
    /// Scientific community.
    Science,
    /// Other.
    Other,
}

/// The level at which countries cooperate.
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
pub enum CooperationLevel {
    /// National.
    National,
    /// Bilateral.
    Bilateral,
    /// Regional.
    Regional,
    /// Interregional.
    Interregional,
    /// Global.
    Global,
}

/// A kind of exercise.
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
pub enum ExerciseKind {
    /// Table-top exercise (TTX).
    TableTop,
    /// Functional exercise.
    Functional,
    /// Drill.
    Drill,
    /// Field training exercise (FTX).
    Field,
    /// Full-scale exercise.
    FullScale,
    /// Cross-border exercise.
    CrossBorder,
    /// Other.
    Other,
}
