//! Table `password_token`.

use sea_orm::entity::prelude::*;

/// The newest token with which a user may set a password; a spent one is deleted.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "password_token")]
pub struct Model {
    /// User the token is for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Hash of the token.
    pub token_hash: String,
    /// User who issued it; none from the host.
    pub issued_by: Option<Uuid>,
    /// Owner the issuer acted under.
    pub issued_for: Option<String>,
    /// Whether it takes the second factor away.
    pub resets_second_factor: bool,
    /// Instant it was issued.
    pub created_at: DateTimeUtc,
    /// Instant it ends to be good.
    pub expires_at: DateTimeUtc,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
