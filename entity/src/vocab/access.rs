//! Vocabularies of visibility, roles and releases.

use async_graphql::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The circle inside its owner that may see a record.
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
pub enum Visibility {
    /// The agency responsible and those it shares with.
    Agency,
    /// The working groups concerned.
    Group,
    /// Everybody who works for the country.
    National,
}

/// The care a record asks for.
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
pub enum Handling {
    /// No special care.
    Normal,
    /// Restricted to those who need to know.
    Restricted,
}

/// A role that a grant gives to a user.
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
pub enum Role {
    /// National focal point.
    FocalPoint,
    /// National secretariat.
    Secretariat,
    /// Approver of plans.
    Approver,
    /// Lead of an agency.
    AgencyLead,
    /// Officer of an agency.
    Officer,
    /// Observer, reads only.
    Observer,
    /// Public portal.
    Portal,
    /// Regional secretariat.
    Regional,
    /// Partner organisation.
    Partner,
    /// Steward of the reference data.
    Steward,
    /// Operator of the installation.
    Operator,
}

/// The widest circle of data that a grant may read.
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
pub enum ReadCeiling {
    /// Data open to the public.
    Public,
    /// Data open to everybody who works for the country.
    National,
}

/// What a release shows to its audiences.
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
pub enum ReleaseMode {
    /// The records themselves.
    Read,
    /// Counts only.
    Count,
}
