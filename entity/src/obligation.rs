//! Table `obligation`.

use sea_orm::entity::prelude::*;

use crate::vocab::{BindingForce, ObligationCategory, Periodicity};

/// One duty that a framework lays on its parties.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "obligation")]
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
    /// Code of the obligation.
    pub code: String,
    /// Framework that lays down the duty.
    pub framework_id: Uuid,
    /// Article or paragraph of the framework.
    pub provision: String,
    /// Short statement of the duty.
    pub title: String,
    /// Duty in a sentence or two.
    pub summary: String,
    /// Category of duty.
    pub category: ObligationCategory,
    /// Bit mask of domains, 1..=15; see `Domain::bit`.
    pub domains: i32,
    /// How often the duty falls due.
    pub periodicity: Periodicity,
    /// RFC 5545 recurrence rule of the due dates.
    pub rrule: Option<String>,
    /// First date of the recurrence.
    pub dtstart: Option<Date>,
    /// Due date relative to a trigger.
    pub relative_due: Option<String>,
    /// Event that makes the duty fall due.
    pub trigger: Option<String>,
    /// Obligation this one is part of.
    pub part_of_id: Option<Uuid>,
    /// Obligation that stands in for this one in its period.
    pub superseded_in_period_by_id: Option<Uuid>,
    /// Array of function codes that usually lead.
    pub lead_functions: Json,
    /// Force with which the duty binds.
    pub binding: BindingForce,
    /// Text the duty was taken from.
    pub source: String,
    /// Last day the record is in use.
    pub valid_until: Option<Date>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
