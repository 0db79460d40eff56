//! Table `change_set`.

use sea_orm::entity::prelude::*;

/// A set of changes made together, linked to the set before.
///
/// Append-only: triggers refuse update and delete.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change_set")]
pub struct Model {
    /// Place in the chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Identifier of the set.
    pub id: Uuid,
    /// Instant of the write.
    pub at: DateTimeUtc,
    /// Number of the user who wrote.
    pub actor: Option<i64>,
    /// Owner the changes belong to, if one.
    pub owner: Option<String>,
    /// Request the changes came by.
    pub request_id: Option<String>,
    /// One of request, import, job, seed, release, cli, read.
    pub cause: String,
    /// Number of changes in the set.
    pub row_count: i32,
    /// Hash over the changes, 64 hex digits.
    pub digest: String,
    /// Hash of the set before.
    pub prev: String,
    /// Hash of this set, over its digest and the hash before.
    pub hash: String,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
