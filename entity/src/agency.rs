//! Table `agency`.

use sea_orm::entity::prelude::*;

use crate::vocab::{AgencyKind, DatePrecision, Handling, Visibility};

/// A state body of a country.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agency")]
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
    /// Circle inside the owner that may see the record.
    pub visibility: Visibility,
    /// Care the record asks for when it is passed on.
    pub handling: Handling,
    /// Set of agencies and groups that share the record.
    pub shared_set_id: Option<Uuid>,
    /// Set of releases that show the record outside its owner.
    pub release_set_id: Option<Uuid>,
    /// Language the record was written in.
    pub language: String,
    /// Texts in other languages, by language and field.
    pub translations: Json,
    /// Folded text of every searchable field in all languages.
    pub search: String,
    /// Code of the agency, unique within its owner.
    pub code: String,
    /// Name of the agency.
    pub name: String,
    /// Kind of agency.
    pub kind: AgencyKind,
    /// What the agency is there to do.
    pub mandate: Option<String>,
    /// Array of function codes.
    pub functions: Json,
    /// Agency it is part of.
    pub parent_id: Option<Uuid>,
    /// First day the agency existed.
    pub valid_from: Option<Date>,
    /// Precision of that date.
    pub valid_from_precision: Option<DatePrecision>,
    /// Last day the agency existed.
    pub valid_until: Option<Date>,
    /// Precision of that date.
    pub valid_until_precision: Option<DatePrecision>,
    /// Array of ids of the agencies that took over.
    pub successors: Json,
    /// Remark.
    pub note: Option<String>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
