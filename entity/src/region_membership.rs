//! Table `region_membership`.

use sea_orm::entity::prelude::*;

use crate::vocab::{DatePrecision, MembershipStanding};

/// A country's membership of a region over a period.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "region_membership")]
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
    /// Country that is a member.
    pub country_id: Uuid,
    /// Region it is a member of.
    pub region_id: Uuid,
    /// First day of membership.
    pub from_on: Option<Date>,
    /// Precision of that date.
    pub from_precision: Option<DatePrecision>,
    /// Last day of membership.
    pub until_on: Option<Date>,
    /// Precision of that date.
    pub until_precision: Option<DatePrecision>,
    /// Standing of the country in the region.
    pub standing: MembershipStanding,
    /// Whether this is the country's main region.
    pub is_primary: bool,
    /// Where the membership is attested.
    pub source: String,
    /// Remark.
    pub note: Option<String>,
    /// Last day the record is in use.
    pub valid_until: Option<Date>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
