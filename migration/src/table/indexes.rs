//! Indexes that are made by themselves.

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager},
    sea_orm::ConnectionTrait,
};

use super::last;

/// A migration that makes indexes of tables that are there; down drops them.
pub(crate) struct Indexes {
    /// Path of the module, whose last part names the migration.
    pub(crate) module: &'static str,
    /// The indexes.
    pub(crate) all: &'static [NamedIndex],
}

/// An index of a table.
pub(crate) struct NamedIndex {
    /// Its name.
    pub(crate) name: &'static str,
    /// The table, and its columns in their order.
    pub(crate) on: &'static str,
    /// The rows that are in it, where these are not all.
    pub(crate) only: Option<&'static str>,
}

impl MigrationName for Indexes {
    fn name(&self) -> &str {
        last(self.module)
    }
}

#[async_trait]
impl MigrationTrait for Indexes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for NamedIndex { name, on, only } in self.all {
            let only = only.map_or_else(String::new, |only| format!(" WHERE {only}"));
            let sql = format!("CREATE INDEX {name} ON {on}{only}");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for NamedIndex { name, .. } in self.all {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
