//! Pillars of plans.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "pillar")
            .record()
            .national()
            .texts()
            .references("plan_id", "plan")
            .text_or_null("code")
            .text("title")
            .text_or_null("description")
            .integer("position")
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "pillar").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
