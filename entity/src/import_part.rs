//! Table `import_part`.

use sea_orm::entity::prelude::*;

/// A part of a file that was sent for import.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_part")]
pub struct Model {
    /// The import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
    /// Number of the part, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
