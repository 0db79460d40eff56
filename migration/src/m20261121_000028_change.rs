//! Changes of records; without foreign keys, since they outlive the records.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const OP: &[&str] = &["create", "update", "delete"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "change")
            .uuid("set_id")
            .integer("ordinal")
            .text("kind")
            .uuid("record_id")
            .integer("version")
            .one_of("op", OP)
            .text("owner")
            .uuid_or_null("plan_id")
            .json_or_null("facts_before")
            .json_or_null("facts_after")
            .text("payload_hash")
            .primary_key(&["set_id", "ordinal"])
            .index(&["record_id", "version"])
            .index(&["owner", "set_id"])
            .index(&["plan_id", "set_id"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "change").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
