//! International frameworks.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const FRAMEWORK_KIND: &[&str] = &["treaty", "amendment", "agreement", "resolution", "regulation"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "framework")
            .record()
            .texts()
            .text("code")
            .text("name")
            .text("short_name")
            .one_of("kind", FRAMEWORK_KIND)
            .domains()
            .date_or_null("adopted_on")
            .date_or_null("in_force_on")
            .text_or_null("depositary")
            .text_or_null("secretariat_body")
            .references_or_null("parent_id", "framework")
            .text_or_null("website")
            .json("aliases")
            .text_or_null("alias_note")
            .text_or_null("note")
            .closable()
            .unique(&["code"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "framework").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
