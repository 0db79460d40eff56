//! Countries.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const CONFIDENCE: &[&str] = &["high", "medium", "low"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "country")
            .record()
            .texts()
            .text("code")
            .text("iso2")
            .text("name")
            .text("name_long")
            .text_or_null("name_local")
            .text_or_null("local_language")
            .json("official_languages")
            .text_or_null("time_zone")
            .text_or_null("currency")
            .boolean("is_partner")
            .one_of("confidence", CONFIDENCE)
            .text_or_null("note")
            .boolean("is_demo")
            .closable()
            .unique(&["code"])
            .unique(&["iso2"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "country").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
