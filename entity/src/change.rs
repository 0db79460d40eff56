//! Table `change`.

use sea_orm::entity::prelude::*;

/// One change of one record.
///
/// Append-only, without foreign keys: it outlives the record.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    /// Set the change belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub set_id: Uuid,
    /// Place in the set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i32,
    /// Kind of the record.
    pub kind: String,
    /// Record that changed.
    pub record_id: Uuid,
    /// Version the change brought about.
    pub version: i32,
    /// One of create, update, delete.
    pub op: String,
    /// Owner of the record.
    pub owner: String,
    /// Plan the record belongs to.
    pub plan_id: Option<Uuid>,
    /// Facts that decide who may see the change, before it.
    pub facts_before: Option<Json>,
    /// Facts that decide who may see the change, after it.
    pub facts_after: Option<Json>,
    /// Hash of the payload.
    pub payload_hash: String,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
