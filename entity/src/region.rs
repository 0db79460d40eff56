//! Table `region`.

use sea_orm::entity::prelude::*;

/// A region of the CBRN centres of excellence.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "region")]
pub struct Model {
    /// Identifier of the record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Code of the owner the record belongs to.
    pub owner: String,
    /// Key of the record in the system it came from.
    pub external_key: Option<String>,
    /// System the external key belongs to.
    pub source_system: Option<String>,
    /// Number of the current version, from 1.
    pub version: i32,
    /// Instant the record was created.
    pub created_at: DateTimeUtc,
    /// User who created the record; no foreign key, seeds write too.
    pub created_by: Option<Uuid>,
    /// Instant of the latest change.
    pub updated_at: DateTimeUtc,
    /// User who made the latest change; no foreign key.
    pub updated_by: Option<Uuid>,
    /// Language the record was written in.
    pub language: String,
    /// Texts in other languages, by language and field.
    pub translations: Json,
    /// Folded text of every searchable field in all languages.
    pub search: String,
    /// Code of the region.
    pub code: String,
    /// Name of the region.
    pub name: String,
    /// City of the regional secretariat.
    pub secretariat_city: Option<String>,
    /// Last day the record is in use.
    pub valid_until: Option<Date>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
