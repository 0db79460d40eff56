//! Table `release_term`.

use sea_orm::entity::prelude::*;

/// The change sets between which a release was in force.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release_term")]
pub struct Model {
    /// The release.
    #[sea_orm(primary_key, auto_increment = false)]
    pub release_id: Uuid,
    /// Change set that began it.
    pub began_in: Uuid,
    /// Change set that ended or revoked it.
    pub ended_in: Option<Uuid>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
