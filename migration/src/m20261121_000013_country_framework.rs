//! Frameworks that countries work under.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const FRAMEWORK_BASIS: &[&str] = &["self_stated"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "country_framework")
            .record()
            .national()
            .references("framework_id", "framework")
            .one_of("basis", FRAMEWORK_BASIS)
            .text("source")
            .unique(&["owner", "framework_id"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "country_framework").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
