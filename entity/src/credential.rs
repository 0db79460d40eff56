//! Table `credential`.

use sea_orm::entity::prelude::*;

/// The password of a user.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credential")]
pub struct Model {
    /// User the password belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Hash of the password.
    pub password_hash: String,
    /// Instant the password was set.
    pub changed_at: DateTimeUtc,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
