//! Table `export_job`.

use sea_orm::entity::prelude::*;

/// A snapshot: what was asked for, by whom, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_job")]
pub struct Model {
    /// Identifier of the snapshot.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Owner that who asked acts under.
    pub owner: String,
    /// User who asked.
    pub user_id: Uuid,
    /// API key by which it was asked for.
    pub api_key_id: Option<Uuid>,
    /// The one owner for which somebody else vouched for who asked.
    pub bound: Option<String>,
    /// What is asked for, whole.
    pub options: Json,
    /// Digest of what decided what was seen.
    pub rights: String,
    /// Release and shared sets that were seen.
    pub sets: Json,
    /// State.
    pub state: String,
    /// How often it was begun.
    pub attempts: i32,
    /// Files that are done.
    pub done: i32,
    /// What is said of the files that are done.
    pub files: Json,
    /// Bytes of all files.
    pub bytes: i64,
    /// Instant that the files tell of.
    pub as_of: Option<DateTimeUtc>,
    /// Where the feed of changes goes on.
    pub changes_after: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// Instant it was asked for.
    pub created_at: DateTimeUtc,
    /// Instant it ended.
    pub finished_at: Option<DateTimeUtc>,
    /// Instant at which it is deleted.
    pub expires_at: DateTimeUtc,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
