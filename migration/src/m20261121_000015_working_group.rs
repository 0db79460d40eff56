//! Working groups, and the groups of a shared set.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, links, table};

const WORKING_GROUP_KIND: &[&str] = &["national_team", "interagency_group", "subgroup", "steering"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "working_group")
            .record()
            .national()
            .texts()
            .text("name")
            .one_of("kind", WORKING_GROUP_KIND)
            .text_or_null("mandate_act")
            .references_or_null("parent_id", "working_group")
            .closable()
            .create()
            .await?;
        links(manager, "shared_set_group", "shared_set", "working_group").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "shared_set_group").await?;
        drop_table(manager, "working_group").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
