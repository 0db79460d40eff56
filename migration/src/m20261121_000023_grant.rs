//! Roles given to users.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const ROLE: &[&str] = &[
    "focal_point",
    "secretariat",
    "approver",
    "agency_lead",
    "officer",
    "observer",
    "portal",
    "regional",
    "partner",
    "steward",
    "operator",
];
const READ_CEILING: &[&str] = &["public", "national"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "grant")
            .record()
            .references("user_id", "user")
            .one_of("role", ROLE)
            .references_or_null("agency_id", "agency")
            .references_or_null("within_plan_id", "plan")
            .one_of_or_null("read_ceiling", READ_CEILING)
            .json("write_kinds")
            .json("source_systems")
            .date_or_null("valid_from")
            .date_or_null("valid_until")
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "grant").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
