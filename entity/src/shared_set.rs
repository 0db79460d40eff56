//! Table `shared_set`.

use sea_orm::entity::prelude::*;

/// A set of agencies and groups that share records.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shared_set")]
pub struct Model {
    /// Identifier of the set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Array of ids of agencies.
    pub agencies: Json,
    /// Array of ids of working groups.
    pub groups: Json,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
