//! Sets of changes, chained by hash.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const CAUSE: &[&str] = &["request", "import", "job", "seed", "release", "cli", "read"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "change_set")
            .big_integer("seq")
            .uuid("id")
            .instant("at")
            .big_integer_or_null("actor")
            .text_or_null("owner")
            .text_or_null("request_id")
            .one_of("cause", CAUSE)
            .integer("row_count")
            .text("digest")
            .text("prev")
            .text("hash")
            .check("digest", "length(digest) = 64")
            .unique(&["id"])
            .unique(&["hash"])
            .primary_key(&["seq"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "change_set").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
