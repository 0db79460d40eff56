//! What a release is about, the state it is in, and what it takes along.
//!
//! Releases of older steps have none of it: the service finds it out when it starts.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, Expr, ExprTrait, MigrationTrait, SchemaManager, Table,
};

use crate::table::collated;

const STATUS: [&str; 5] = ["scheduled", "live", "suspended", "ended", "revoked"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let text = |name: &'static str| {
            collated(manager.get_database_backend(), ColumnDef::new(name).text().null().take())
        };
        let json = |name: &'static str| ColumnDef::new(name).json_binary().null().take();
        let truth = |name: &'static str| ColumnDef::new(name).boolean().null().take();
        let columns = [
            json("subject"),
            truth("include_future"),
            truth("include_references"),
            text("status").check(Expr::col("status").is_in(STATUS)).take(),
            text("status_reason"),
            json("member_regions"),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("release").add_column(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns =
            ["subject", "include_future", "include_references", "status", "status_reason", "member_regions"];
        for column in columns {
            manager.alter_table(Table::alter().table("release").drop_column(column).take()).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
