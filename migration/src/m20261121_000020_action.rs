//! Actions that serve objectives.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, links, table};

const ACTION_STATUS: &[&str] = &["planned", "in_progress", "done", "cancelled"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "action")
            .record()
            .national()
            .texts()
            .references("plan_id", "plan")
            .references("objective_id", "objective")
            .text_or_null("code")
            .text("title")
            .text_or_null("description")
            .integer("position")
            .references_or_null("lead_agency_id", "agency")
            .json("contributing_agencies")
            .json("obligations")
            .date_or_null("starts_on")
            .date_or_null("ends_on")
            .big_integer_or_null("cost_minor")
            .currency_or_null("cost_currency")
            .text_or_null("funding_source")
            .one_of("status", ACTION_STATUS)
            .integer("progress_percent")
            .text_or_null("progress_note")
            .check("cost_minor", "cost_minor >= 0")
            .check("cost", "(cost_minor IS NULL) = (cost_currency IS NULL)")
            .range("progress_percent", 0, 100)
            .create()
            .await?;
        links(manager, "action_contributor", "action", "agency").await?;
        links(manager, "action_obligation", "action", "obligation").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "action_obligation").await?;
        drop_table(manager, "action_contributor").await?;
        drop_table(manager, "action").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
