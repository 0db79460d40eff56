//! Memberships of countries in regions.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const DATE_PRECISION: &[&str] = &["day", "month", "quarter", "half", "year", "unknown"];
const MEMBERSHIP_STANDING: &[&str] = &["member", "suspended", "unclear"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "region_membership")
            .record()
            .references("country_id", "country")
            .references("region_id", "region")
            .date_or_null("from_on")
            .one_of_or_null("from_precision", DATE_PRECISION)
            .date_or_null("until_on")
            .one_of_or_null("until_precision", DATE_PRECISION)
            .one_of("standing", MEMBERSHIP_STANDING)
            .boolean("is_primary")
            .text("source")
            .text_or_null("note")
            .closable()
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "region_membership").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
