//! What the owner of a plan tells of its pillars' and objectives' progress instead of the computed figure.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, Table,
};

const TABLES: [&str; 2] = ["pillar", "objective"];
const PERCENT: &str = "progress_override_percent";
const REASON: &str = "progress_override_reason";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let (mut percent, mut reason) = (ColumnDef::new(PERCENT), ColumnDef::new(REASON));
            for column in [percent.integer().null(), reason.text().null()] {
                manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            for column in [REASON, PERCENT] {
                manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
            }
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
