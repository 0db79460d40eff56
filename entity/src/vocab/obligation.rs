//! Vocabularies of obligations.

use async_graphql::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A category of obligation.
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
pub enum ObligationCategory {
    /// Legislation.
    Legislation,
    /// Control of materials and activities.
    Control,
    /// Security and physical protection.
    Security,
    /// Verification.
    Verification,
    /// Declaration.
    Declaration,
    /// Reporting.
    Reporting,
    /// Notification.
    Notification,
    /// Institution or plan to be set up.
    Institution,
    /// Assistance.
    Assistance,
    /// Cooperation.
    Cooperation,
}

/// How often an obligation falls due.
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
pub enum Periodicity {
    /// Continuous.
    Continuous,
    /// On an event.
    Event,
    /// Once.
    Once,
    /// Every year.
    Annual,
    /// Every two years.
    Biennial,
    /// Every three years.
    Triennial,
    /// Every four years.
    Quadrennial,
}

/// The force with which an obligation binds.
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
pub enum BindingForce {
    /// Legally binding.
    LegallyBinding,
    /// Politically binding.
    PoliticallyBinding,
    /// Encouraged.
    Encouraged,
}
