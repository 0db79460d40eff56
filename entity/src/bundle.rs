//! Table `bundle`.

use sea_orm::entity::prelude::*;

/// A bundle that was made here, or received.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundle")]
pub struct Model {
    /// Identifier of the bundle, given by who made it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Owner of its records.
    pub owner: String,
    /// The audiences it is for.
    pub audiences: Json,
    /// The one plan it holds.
    pub plan_id: Option<Uuid>,
    /// The key it is signed with.
    pub public_key: String,
    /// Instant that its records tell of.
    pub made_at: DateTimeUtc,
    /// Instant from which it shows nothing.
    pub valid_until: DateTimeUtc,
    /// Digest of its file.
    pub sha256: String,
    /// Records in it.
    pub records: i32,
    /// State.
    pub state: String,
    /// User who had it made, or sent it here.
    pub user_id: Option<Uuid>,
    /// Instant at which it was made or received here.
    pub noted_at: DateTimeUtc,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
