//! Table `participation`.

use sea_orm::entity::prelude::*;

use crate::vocab::{Confidence, DatePrecision, Handling, ParticipationStatus, Visibility};

/// A country's standing under a framework.
///
/// Owned by `reference` or by a country; the latter may contest the former.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation")]
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
    /// Country concerned.
    pub country_id: Uuid,
    /// Framework concerned.
    pub framework_id: Uuid,
    /// Standing of the country under the framework.
    pub status: ParticipationStatus,
    /// Day the standing was reached.
    pub status_on: Option<Date>,
    /// Precision of that date.
    pub status_precision: Option<DatePrecision>,
    /// Day of entry into force for the country.
    pub in_force_on: Option<Date>,
    /// Precision of that date.
    pub in_force_precision: Option<DatePrecision>,
    /// Whether the source itself was seen.
    pub source_seen: bool,
    /// Confidence in the facts of this record.
    pub confidence: Confidence,
    /// Where the standing is attested.
    pub source: String,
    /// Remark.
    pub note: Option<String>,
    /// Participation whose facts this one disputes.
    pub contests_id: Option<Uuid>,
    /// Last day the record is in use.
    pub valid_until: Option<Date>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
