//! Table `export_part`.

use sea_orm::entity::prelude::*;

/// A part of a file of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_part")]
pub struct Model {
    /// The snapshot.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
    /// Number of the file, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file: i32,
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
