//! The day a task was done.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table,
};

const INDEX: &str = "ix_task_completed_on";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut day = ColumnDef::new("completed_on");
        manager.alter_table(Table::alter().table("task").add_column(day.date().null()).take()).await?;
        manager.create_index(Index::create().name(INDEX).table("task").col("completed_on").take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(INDEX).table("task").to_owned()).await?;
        manager.alter_table(Table::alter().table("task").drop_column("completed_on").take()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
