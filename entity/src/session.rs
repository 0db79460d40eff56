//! Table `session`.

use sea_orm::entity::prelude::*;

/// A signed-in session of a user.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Identifier of the session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// User who signed in.
    pub user_id: Uuid,
    /// Instant of signing in.
    pub created_at: DateTimeUtc,
    /// Instant of the latest refresh.
    pub refreshed_at: DateTimeUtc,
    /// Instant the session ends by itself.
    pub expires_at: DateTimeUtc,
    /// Instant the session was ended by hand.
    pub revoked_at: Option<DateTimeUtc>,
    /// Hash of the refresh token in use.
    pub refresh_hash: String,
    /// What signed in, as it named itself.
    pub user_agent: Option<String>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
