//! Table `import_upload_part`.

use sea_orm::entity::prelude::*;

/// A part of a file that is not whole yet.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_upload_part")]
pub struct Model {
    /// The upload.
    #[sea_orm(primary_key, auto_increment = false)]
    pub upload_id: Uuid,
    /// Number of the part, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// How many they are.
    pub bytes: i32,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
