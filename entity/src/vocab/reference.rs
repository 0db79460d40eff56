//! Vocabularies of the reference data.

use async_graphql::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A kind of international instrument.
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
pub enum FrameworkKind {
    /// Treaty.
    Treaty,
    /// Amendment.
    Amendment,
    /// Agreement between a State and an organisation.
    Agreement,
    /// Resolution.
    Resolution,
    /// Regulations.
    Regulation,
}

/// A ground for saying that a country works under a framework.
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
pub enum FrameworkBasis {
    /// The country itself says it works under the instrument.
    SelfStated,
}

/// A kind of organisation.
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
pub enum OrganisationKind {
    /// Body, programme or institute of the United Nations.
    UnBody,
    /// Institution or service of the European Union.
    EuBody,
    /// Delegation of the European Union.
    EuDelegation,
    /// Treaty secretariat.
    TreatySecretariat,
    /// International organisation.
    InternationalOrganisation,
    /// Donor.
    Donor,
    /// Regional Secretariat.
    RegionalSecretariat,
    /// Implementing organisation.
    Implementer,
}

/// The standing of a country in a region.
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
pub enum MembershipStanding {
    /// Member.
    Member,
    /// Suspended.
    Suspended,
    /// Unclear.
    Unclear,
}

/// The precision of a date that is known in part.
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
pub enum DatePrecision {
    /// Day.
    Day,
    /// Month.
    Month,
    /// Quarter.
    Quarter,
    /// Half-year.
    Half,
    /// Year.
    Year,
    /// Unknown.
    Unknown,
}

/// The confidence in recorded facts.
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
pub enum Confidence {
    /// High.
    High,
    /// Medium.
    Medium,
    /// Low.
    Low,
}

/// The standing of a country under a framework.
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
pub enum ParticipationStatus {
    /// Signed, not bound yet.
    Signed,
    /// Ratified.
    Ratified,
    /// Acceded.
    Acceded,
    /// Accepted.
    Accepted,
    /// Approved.
    Approved,
    /// Succeeded to a predecessor State.
    Succeeded,
    /// In force (manner of consent not recorded).
    InForce,
    /// Binding on all members of the United Nations.
    BindingAllUnMembers,
    /// Withdrawn.
    Withdrawn,
    /// Not a party.
    NotParty,
    /// Not established.
    Unknown,
}
