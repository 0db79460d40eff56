//! Table `import_job`.

use sea_orm::entity::prelude::*;

/// An import: what was sent, how it is to be written, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_job")]
pub struct Model {
    /// Identifier of the import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Owner its sender acts under.
    pub owner: String,
    /// User who sent it.
    pub user_id: Uuid,
    /// API key by which it was sent.
    pub api_key_id: Option<Uuid>,
    /// Kind of the rows that do not say their own.
    pub kind: Option<String>,
    /// What becomes of rows: `create`, `update`, `upsert`, `delete`, `sync`.
    pub mode: String,
    /// What is kept where a row is refused: `all`, `group`, `row`.
    pub atomic: String,
    /// Whether it only judges.
    pub dry_run: bool,
    /// How it is read and written, whole.
    pub options: Json,
    /// State.
    pub state: String,
    /// Name of the file, where its sender gave one.
    pub file_name: Option<String>,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Bytes of the file.
    pub bytes: i64,
    /// Hash of the file and of all that was asked with it.
    pub asked: String,
    /// Form of the file, as it was found out.
    pub found: Option<Json>,
    /// Rows of the file.
    pub row_count: Option<i32>,
    /// Rows that are done.
    pub done: i32,
    /// Records made.
    pub created: i32,
    /// Records changed.
    pub updated: i32,
    /// Rows that change nothing.
    pub unchanged: i32,
    /// Records deleted.
    pub deleted: i32,
    /// Rows refused.
    pub rejected: i32,
    /// What its sender should know of.
    pub warnings: Json,
    /// Why it failed as a whole.
    pub errors: Json,
    /// Ids of the change sets it became.
    pub sets: Json,
    /// What commits exactly what a dry run showed.
    pub import_plan: Option<String>,
    /// The import that this one takes back.
    pub reverts: Option<Uuid>,
    /// The mapping by which it is read, as it was when the file was sent.
    pub mapping: Option<Json>,
    /// The import whose file somebody else reviews by this one.
    pub reviews: Option<Uuid>,
    /// Instant it was sent.
    pub created_at: DateTimeUtc,
    /// Instant it began.
    pub started_at: Option<DateTimeUtc>,
    /// Instant it ended.
    pub finished_at: Option<DateTimeUtc>,
    /// Instant at which file and report are deleted.
    pub expires_at: DateTimeUtc,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
