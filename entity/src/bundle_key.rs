//! Table `bundle_key`.

use sea_orm::entity::prelude::*;

/// A key that bundles of an owner are signed with: the installation's own, or one that it takes them from.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundle_key")]
pub struct Model {
    /// Identifier of the key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Owner whose bundles it signs.
    pub owner: String,
    /// Public half of the key.
    pub public_key: String,
    /// Whether this installation signs with it; else it takes bundles that are signed with it.
    pub is_own: bool,
    /// Instant it was made or pinned.
    pub created_at: DateTimeUtc,
    /// Instant from which it counts no more.
    pub revoked_at: Option<DateTimeUtc>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
