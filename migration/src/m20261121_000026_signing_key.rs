//! Keys that sign tokens.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "signing_key")
            .text("kid")
            .text("algorithm")
            .text("public_key")
            .text("sealed_private_key")
            .instant("created_at")
            .instant_or_null("retired_at")
            .primary_key(&["kid"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "signing_key").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
