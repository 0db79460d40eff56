//! What signed in, shown to the owner of a session; and indexes for deleting what is over.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table,
};

const INDEXES: [(&str, &str); 2] =
    [("ix_session_expires_at", "expires_at"), ("ix_session_revoked_at", "revoked_at")];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut agent = ColumnDef::new("user_agent");
        manager.alter_table(Table::alter().table("session").add_column(agent.text().null()).take()).await?;
        for (name, column) in INDEXES {
            manager.create_index(Index::create().name(name).table("session").col(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in INDEXES {
            manager.drop_index(Index::drop().name(name).table("session").to_owned()).await?;
        }
        manager.alter_table(Table::alter().table("session").drop_column("user_agent").take()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
