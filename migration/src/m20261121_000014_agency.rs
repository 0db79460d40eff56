//! State agencies, their successors, and the agencies of a shared set.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, links, table};

const AGENCY_KIND: &[&str] = &["ministry", "committee", "service", "academy"];
const DATE_PRECISION: &[&str] = &["day", "month", "quarter", "half", "year", "unknown"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "agency")
            .record()
            .national()
            .texts()
            .text("code")
            .text("name")
            .one_of("kind", AGENCY_KIND)
            .text_or_null("mandate")
            .json("functions")
            .references_or_null("parent_id", "agency")
            .date_or_null("valid_from")
            .one_of_or_null("valid_from_precision", DATE_PRECISION)
            .date_or_null("valid_until")
            .one_of_or_null("valid_until_precision", DATE_PRECISION)
            .json("successors")
            .text_or_null("note")
            .unique(&["owner", "code"])
            .create()
            .await?;
        links(manager, "agency_successor", "agency", "agency").await?;
        links(manager, "shared_set_agency", "shared_set", "agency").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "shared_set_agency").await?;
        drop_table(manager, "agency_successor").await?;
        drop_table(manager, "agency").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
