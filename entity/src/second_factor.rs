//! Table `second_factor`.

use sea_orm::entity::prelude::*;

/// The second factor of a user: a secret shared with an authenticator.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factor")]
pub struct Model {
    /// User the factor belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The secret, encrypted.
    pub sealed_secret: String,
    /// Instant the secret was made.
    pub created_at: DateTimeUtc,
    /// Instant from which signing in asks for a code.
    pub confirmed_at: Option<DateTimeUtc>,
    /// Newest time step whose code was used; it and earlier ones are spent.
    pub last_step: i64,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
