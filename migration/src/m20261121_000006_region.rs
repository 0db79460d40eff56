//! Regions.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "region")
            .record()
            .texts()
            .text("code")
            .text("name")
            .text_or_null("secretariat_city")
            .closable()
            .unique(&["code"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "region").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
