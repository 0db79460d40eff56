//! Table `sign_in_attempt`.

use sea_orm::entity::prelude::*;

/// Failed attempts to sign in, of one account or from one address.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_attempt")]
pub struct Model {
    /// Keyed hash of the e-mail address or of the network address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Attempts that failed or are under way.
    pub failures: i32,
    /// Instant of the latest of them.
    pub last_at: DateTimeUtc,
}

/// Relations of the table: none.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
