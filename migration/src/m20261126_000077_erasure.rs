//! Persons that were erased: when and why.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, Table,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut at = ColumnDef::new("erased_at");
        at.timestamp_with_time_zone().null();
        manager.alter_table(Table::alter().table("user").add_column(at).take()).await?;
        let mut reason = ColumnDef::new("erasure_reason");
        manager.alter_table(Table::alter().table("user").add_column(reason.text().null()).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("user").drop_column("erasure_reason").take()).await?;
        manager.alter_table(Table::alter().table("user").drop_column("erased_at").take()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
