//! Table `summarised_set`.

use sea_orm::entity::prelude::*;

/// A change set of an import of which webhooks tell in a summary.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "summarised_set")]
pub struct Model {
    /// The change set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub set_id: Uuid,
    /// The import.
    pub job_id: Uuid,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
