//! Releases of records to audiences.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, link_codes, table};

const RELEASE_MODE: &[&str] = &["read", "count"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "release")
            .record()
            .json("audiences")
            .one_of("mode", RELEASE_MODE)
            .text_or_null("basis")
            .text_or_null("purpose")
            .instant("from_at")
            .instant_or_null("until_at")
            .boolean("may_comment")
            .boolean("may_draft")
            .instant_or_null("revoked_at")
            .uuid_or_null("revoked_by")
            .create()
            .await?;
        link_codes(manager, "release_audience", "release").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "release_audience").await?;
        drop_table(manager, "release").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
