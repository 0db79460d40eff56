//! Whether the holder of a grant consents to it; every grant there is counts as accepted.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, Expr, ExprTrait, MigrationTrait, SchemaManager, Table,
};

const CONSENT: [&str; 3] = ["offered", "accepted", "declined"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut consent = ColumnDef::new("consent");
        consent.text().not_null().default("accepted").check(Expr::col("consent").is_in(CONSENT));
        manager.alter_table(Table::alter().table("grant").add_column(consent).take()).await?;
        let mut address = ColumnDef::new("offered_to");
        manager.alter_table(Table::alter().table("grant").add_column(address.text().null()).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("grant").drop_column("offered_to").take()).await?;
        manager.alter_table(Table::alter().table("grant").drop_column("consent").take()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
