//! Signed-in sessions.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "session")
            .id()
            .references("user_id", "user")
            .instant("created_at")
            .instant("refreshed_at")
            .instant("expires_at")
            .instant_or_null("revoked_at")
            .text("refresh_hash")
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "session").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
