//! Sort keys of texts, and how they were made; they are filled when the service starts.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ColumnDef, ConnectionTrait, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, Table,
};

use crate::table::{ORDERS, collated};

/// The tables whose records have a text in several languages.
const TEXTS: [&str; 11] = [
    "region",
    "country",
    "organisation",
    "obligation",
    "agency",
    "working_group",
    "plan",
    "pillar",
    "objective",
    "action",
    "task",
];

/// Each table with the columns of its sort keys.
fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    let texts = TEXTS.into_iter().flat_map(|table| ORDERS.into_iter().map(move |column| (table, column)));
    texts.chain([("framework", ORDERS[0]), ("user", ORDERS[0])])
}

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            let definition = ColumnDef::new(column).text().not_null().default("").take();
            let definition = collated(manager.get_database_backend(), definition);
            manager.alter_table(Table::alter().table(table).add_column(definition).take()).await?;
        }
        let database = manager.get_connection();
        database
            .execute_unprepared(
                "CREATE TABLE text_algorithm (id smallint PRIMARY KEY CHECK (id = 1), name text NOT NULL)",
            )
            .await?;
        database.execute_unprepared("INSERT INTO text_algorithm VALUES (1, '')").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("text_algorithm").take()).await?;
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
