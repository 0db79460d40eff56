//! Sets of releases that records point to.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, links, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "release_set").record().json("releases").create().await?;
        links(manager, "release_set_member", "release_set", "release").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "release_set_member").await?;
        drop_table(manager, "release_set").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
