//! Table `import_row`.

use sea_orm::entity::prelude::*;

/// What became of a row of an import.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_row")]
pub struct Model {
    /// The import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
    /// Place in the file from 0; what `sync` deletes comes behind.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    /// Number of the row in its table, from 1.
    pub row: Option<i32>,
    /// Physical line it begins on.
    pub line: Option<i64>,
    /// Sheet or part it stands in.
    pub sheet: Option<String>,
    /// Kind of the record.
    pub kind: String,
    /// What became of it.
    pub result: String,
    /// The record.
    pub record_id: Option<Uuid>,
    /// Its version before.
    pub base: Option<i32>,
    /// Its version afterwards.
    pub version: Option<i32>,
    /// What changed, where that is kept.
    pub changes: Option<Json>,
    /// What is wrong with it.
    pub errors: Option<Json>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
