//! Table `release_set`.

use sea_orm::entity::prelude::*;

/// A set of releases that records point to.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release_set")]
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
    /// Array of ids of releases.
    pub releases: Json,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
