//! Table `signing_key`.

use sea_orm::entity::prelude::*;

/// A key that signs tokens.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_key")]
pub struct Model {
    /// Key id as it stands in token headers.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kid: String,
    /// Algorithm the key is for.
    pub algorithm: String,
    /// Public half of the key.
    pub public_key: String,
    /// Private half of the key, encrypted.
    pub sealed_private_key: String,
    /// Instant the key was made.
    pub created_at: DateTimeUtc,
    /// Instant the key stopped signing.
    pub retired_at: Option<DateTimeUtc>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
