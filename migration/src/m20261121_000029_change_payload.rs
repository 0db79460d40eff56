//! Contents of changes, apart so that they can be erased.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "change_payload")
            .uuid("set_id")
            .integer("ordinal")
            .text_or_null("salt")
            .text_or_null("before")
            .text_or_null("after")
            .primary_key(&["set_id", "ordinal"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "change_payload").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
