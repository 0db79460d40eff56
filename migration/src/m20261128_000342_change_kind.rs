//! The log is read kind by kind, record after record, for figures of the past.

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const NAME: &str = "ix_change_kind_record_id_version";

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index =
            Index::create().name(NAME).table("change").col("kind").col("record_id").col("version").take();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(NAME).table("change").to_owned()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
