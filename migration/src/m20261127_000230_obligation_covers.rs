//! The years that a return covers.

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{ColumnDef, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, Table},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("covers").text().not_null().default("previous_years").take();
        manager.alter_table(Table::alter().table("obligation").add_column(&mut column).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("obligation").drop_column("covers").take()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
