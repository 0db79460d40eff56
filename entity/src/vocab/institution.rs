//! Vocabularies of agencies and working groups.

use async_graphql::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A kind of state agency.
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
pub enum AgencyKind {
    /// Ministry.
    Ministry,
    /// State committee.
    Committee,
    /// Service, department or centre.
    Service,
    /// Academy of sciences.
    Academy,
}

/// A kind of working group.
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
pub enum WorkingGroupKind {
    /// National CBRN team.
    NationalTeam,
    /// Interagency working group.
    InteragencyGroup,
    /// Subgroup of another working group.
    Subgroup,
    /// Steering group.
    Steering,
}

/// A role in a working group.
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
pub enum MembershipRole {
    /// Chair.
    Chair,
    /// Deputy chair.
    Deputy,
    /// Secretary.
    Secretary,
    /// Member.
    Member,
    /// Observer.
    Observer,
}
