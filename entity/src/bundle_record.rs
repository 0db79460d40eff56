//! Table `bundle_record`.

use sea_orm::entity::prelude::*;

/// A record that a current bundle has brought.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundle_record")]
pub struct Model {
    /// Owner of the record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner: String,
    /// What the bundle is in the place of: one plan, or everything (the nil UUID).
    #[sea_orm(primary_key, auto_increment = false)]
    pub stream: Uuid,
    /// The record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_id: Uuid,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
