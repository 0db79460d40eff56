//! Accounts.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "user")
            .record()
            .text("email")
            .text("name")
            .text_or_null("language")
            .big_integer("number")
            .instant_or_null("valid_until")
            .unique(&["email"])
            .unique(&["number"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "user").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
