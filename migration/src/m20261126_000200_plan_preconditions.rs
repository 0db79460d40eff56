//! What a country wants settled before its plan may be submitted.

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{ColumnDef, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, Table},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("preconditions").json_binary().not_null().default("[]").take();
        manager.alter_table(Table::alter().table("plan").add_column(&mut column).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("plan").drop_column("preconditions").take()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
