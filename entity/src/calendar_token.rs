//! Table `calendar_token`.

use sea_orm::entity::prelude::*;

/// What the address of a calendar is known by, apart from its record: no secret enters a record.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_token")]
pub struct Model {
    /// The calendar.
    #[sea_orm(primary_key, auto_increment = false)]
    pub calendar_id: Uuid,
    /// SHA-256 of the token in its address.
    pub hash: String,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
