//! Table `import_upload`.

use sea_orm::entity::prelude::*;

/// A file that is sent in parts and is not whole yet.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_upload")]
pub struct Model {
    /// Identifier of the upload, and of the import that it becomes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Owner its sender acts under.
    pub owner: String,
    /// User who sends it.
    pub user_id: Uuid,
    /// API key by which it is sent.
    pub api_key_id: Option<Uuid>,
    /// How the file is to be read and written.
    pub options: Json,
    /// Instant it was begun.
    pub created_at: DateTimeUtc,
    /// Instant at which it is forgotten.
    pub expires_at: DateTimeUtc,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
