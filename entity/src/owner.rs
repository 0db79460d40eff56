//! Table `owner`.

use sea_orm::entity::prelude::*;

/// An owner of records.
///
/// `KGZ`, `region:CA`, `org:UNICRI`, `reference` or `installation`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "owner")]
pub struct Model {
    /// Code of the owner.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Official languages (BCP 47), the first one the default of the owner's texts.
    pub languages: Json,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
