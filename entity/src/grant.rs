//! Table `grant`.

use sea_orm::entity::prelude::*;

use crate::vocab::{ReadCeiling, Role};

/// A role given to a user, with its limits.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grant")]
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
    /// User who holds the role.
    pub user_id: Uuid,
    /// Role given.
    pub role: Role,
    /// Agency the role is held in.
    pub agency_id: Option<Uuid>,
    /// Plan the role is limited to.
    pub within_plan_id: Option<Uuid>,
    /// Widest circle of data the role may read.
    pub read_ceiling: Option<ReadCeiling>,
    /// Array of record kinds the role may write.
    pub write_kinds: Json,
    /// Array of source systems the role may write for.
    pub source_systems: Json,
    /// First day of the grant.
    pub valid_from: Option<Date>,
    /// Last day of the grant.
    pub valid_until: Option<Date>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
