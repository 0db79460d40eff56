//! Table `country`.

use sea_orm::entity::prelude::*;

use crate::vocab::Confidence;

/// A country, known by its ISO 3166 codes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "country")]
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
    /// ISO 3166-1 alpha-3 code.
    pub code: String,
    /// ISO 3166-1 alpha-2 code.
    pub iso2: String,
    /// Short name.
    pub name: String,
    /// Official long name.
    pub name_long: String,
    /// Name in a local language.
    pub name_local: Option<String>,
    /// Language of the local name.
    pub local_language: Option<String>,
    /// Array of language tags.
    pub official_languages: Json,
    /// IANA time zone.
    pub time_zone: Option<String>,
    /// ISO 4217 currency code.
    pub currency: Option<String>,
    /// Whether the country is a partner of the initiative.
    pub is_partner: bool,
    /// Confidence in the facts of this record.
    pub confidence: Confidence,
    /// Remark.
    pub note: Option<String>,
    /// Whether the country is fictitious, for demonstrations.
    pub is_demo: bool,
    /// Last day the record is in use.
    pub valid_until: Option<Date>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
