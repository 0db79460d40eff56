//! Table `identity`.

use sea_orm::entity::prelude::*;

/// Who a trusted issuer means by a subject.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity")]
pub struct Model {
    /// Identifier of the identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The issuer, as its tokens name it.
    pub issuer: String,
    /// The person, as the issuer names it.
    pub subject: String,
    /// The account.
    pub user_id: Uuid,
    /// What the issuer's word gave the account once: it is not given again after it was taken back.
    pub given: Json,
    /// Instant of the link.
    pub created_at: DateTimeUtc,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
