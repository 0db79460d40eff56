//! Tasks.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, links, table};

const TASK_FAMILY: &[&str] =
    &["threat_risk_assessment", "legal_framework", "projects_exercises", "cooperation"];
const TASK_STATUS: &[&str] =
    &["planned", "assigned", "in_progress", "in_review", "done", "blocked", "cancelled"];
const TASK_PRIORITY: &[&str] = &["low", "normal", "high", "urgent"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "task")
            .record()
            .national()
            .texts()
            .references_or_null("plan_id", "plan")
            .references_or_null("action_id", "action")
            .text("title")
            .text_or_null("description")
            .one_of_or_null("family", TASK_FAMILY)
            .one_of("status", TASK_STATUS)
            .one_of_or_null("status_before_block", TASK_STATUS)
            .text_or_null("status_reason")
            .one_of("priority", TASK_PRIORITY)
            .date_or_null("due_on")
            .integer_or_null("estimate_days")
            .references("lead_agency_id", "agency")
            .json("contributing_agencies")
            .json("depends_on")
            .integer("progress_percent")
            .text_or_null("progress_note")
            .text_or_null("origin_kind")
            .uuid_or_null("origin_id")
            .range("estimate_days", 0, 3650)
            .range("progress_percent", 0, 100)
            .check("origin", "(origin_kind IS NULL) = (origin_id IS NULL)")
            .index(&["owner", "status"])
            .index(&["due_on"])
            .index(&["lead_agency_id", "status"])
            .create()
            .await?;
        links(manager, "task_contributor", "task", "agency").await?;
        links(manager, "task_dependency", "task", "task").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "task_dependency").await?;
        drop_table(manager, "task_contributor").await?;
        drop_table(manager, "task").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
