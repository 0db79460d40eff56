//! Plans.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const PLAN_KIND: &[&str] = &["cbrn_nap", "unscr1540_nap", "regional", "operational", "sectoral", "other"];
const PLAN_STATUS: &[&str] = &[
    "draft",
    "in_consultation",
    "submitted",
    "adopted",
    "in_implementation",
    "under_review",
    "closed",
    "superseded",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "plan")
            .record()
            .national()
            .texts()
            .one_of("kind", PLAN_KIND)
            .text("title")
            .text_or_null("summary")
            .domains()
            .integer("edition")
            .date_or_null("starts_on")
            .date_or_null("ends_on")
            .one_of("status", PLAN_STATUS)
            .text_or_null("act_body")
            .text_or_null("act_number")
            .date_or_null("act_on")
            .text_or_null("act_source")
            .text_or_null("status_reason")
            .check("edition", "edition >= 1")
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "plan").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
