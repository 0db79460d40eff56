//! Table `release`.

use sea_orm::entity::prelude::*;

use crate::vocab::ReleaseMode;

/// An owner's decision to show records to audiences.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release")]
pub struct Model {
    /// Identifier of the record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Code of the owner the record belongs to.
    pub owner: String,
    /// Key of the record in the system it came from.
    pub external_key: Option<String>,
    /// System the external key belongs to.
    pub source_system: Option<String>,
    /// Number of the current version, from 1.
    pub version: i32,
    /// Instant the record was created.
    pub created_at: DateTimeUtc,
    /// User who created the record; no foreign key, seeds write too.
    pub created_by: Option<Uuid>,
    /// Instant of the latest change.
    pub updated_at: DateTimeUtc,
    /// User who made the latest change; no foreign key.
    pub updated_by: Option<Uuid>,
    /// Array of audience codes.
    pub audiences: Json,
    /// What the audiences get to see.
    pub mode: ReleaseMode,
    /// Ground for the release.
    pub basis: Option<String>,
    /// Use the release is meant for.
    pub purpose: Option<String>,
    /// Instant the release begins.
    pub from_at: DateTimeUtc,
    /// Instant the release ends.
    pub until_at: Option<DateTimeUtc>,
    /// Whether the audiences may comment.
    pub may_comment: bool,
    /// Whether the audiences may draft changes.
    pub may_draft: bool,
    /// Instant the release was revoked.
    pub revoked_at: Option<DateTimeUtc>,
    /// User who revoked the release; no foreign key.
    pub revoked_by: Option<Uuid>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
