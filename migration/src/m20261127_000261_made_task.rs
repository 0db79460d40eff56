//! Tasks know whether their deadline made them.

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{ColumnDef, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, Table},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut made = ColumnDef::new("is_made").boolean().null().take();
        manager.alter_table(Table::alter().table("task").add_column(&mut made).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("task").drop_column("is_made").take()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
