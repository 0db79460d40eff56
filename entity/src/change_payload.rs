//! Table `change_payload`.

use sea_orm::entity::prelude::*;

/// The content of a change, apart so that it can be erased.
///
/// Never deleted; the only update allowed sets salt and texts to NULL.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change_payload")]
pub struct Model {
    /// Set of the change.
    #[sea_orm(primary_key, auto_increment = false)]
    pub set_id: Uuid,
    /// Place of the change in the set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i32,
    /// Random text that keeps the hash from being guessed.
    pub salt: Option<String>,
    /// Record before the change, as JSON text.
    pub before: Option<String>,
    /// Record after the change, as JSON text.
    pub after: Option<String>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
