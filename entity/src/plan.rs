//! Table `plan`.

use sea_orm::entity::prelude::*;

use crate::vocab::{Handling, PlanKind, PlanStatus, Visibility};

/// A plan of a country, in one of its editions.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan")]
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
    /// Kind of plan.
    pub kind: PlanKind,
    /// Title of the plan.
    pub title: String,
    /// What the plan is about.
    pub summary: Option<String>,
    /// Bit mask of domains, 1..=15; see `Domain::bit`.
    pub domains: i32,
    /// Number of the edition, from 1.
    pub edition: i32,
    /// First day the plan covers.
    pub starts_on: Option<Date>,
    /// Last day the plan covers.
    pub ends_on: Option<Date>,
    /// Place in the life of the plan.
    pub status: PlanStatus,
    /// Body that passed the act of adoption.
    pub act_body: Option<String>,
    /// Number of the act of adoption.
    pub act_number: Option<String>,
    /// Day of the act of adoption.
    pub act_on: Option<Date>,
    /// Where the act of adoption is published.
    pub act_source: Option<String>,
    /// Reason given for the latest change of status.
    pub status_reason: Option<String>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
