//! Table `framework`.

use sea_orm::entity::prelude::*;

use crate::vocab::FrameworkKind;

/// An international instrument: a treaty, resolution or the like.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "framework")]
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
    /// Code of the framework.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Name in everyday use.
    pub short_name: String,
    /// Kind of instrument.
    pub kind: FrameworkKind,
    /// Bit mask of domains, 1..=15; see `Domain::bit`.
    pub domains: i32,
    /// Day of adoption.
    pub adopted_on: Option<Date>,
    /// Day of entry into force.
    pub in_force_on: Option<Date>,
    /// Depositary of the instrument.
    pub depositary: Option<String>,
    /// Body that serves as its secretariat.
    pub secretariat_body: Option<String>,
    /// Framework it amends or belongs to.
    pub parent_id: Option<Uuid>,
    /// Address of its website.
    pub website: Option<String>,
    /// Array of other names.
    pub aliases: Json,
    /// Remark on the other names.
    pub alias_note: Option<String>,
    /// Remark.
    pub note: Option<String>,
    /// Last day the record is in use.
    pub valid_until: Option<Date>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
