//! Indexes that every table with a column has.

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager},
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

use super::last;

/// A migration that gives the tables there are by then, where they have a column, an index of some of their rows; down drops it.
pub(crate) struct IndexEvery {
    /// Path of the module, whose last part names the migration.
    pub(crate) module: &'static str,
    /// The column that a table has.
    pub(crate) having: &'static str,
    /// End of the index's name.
    pub(crate) end: &'static str,
    /// The column of the index.
    pub(crate) on: &'static str,
    /// The rows that are in it.
    pub(crate) only: fn(DbBackend) -> &'static str,
}

impl MigrationName for IndexEvery {
    fn name(&self) -> &str {
        last(self.module)
    }
}

impl IndexEvery {
    async fn tables(&self, manager: &SchemaManager<'_>) -> Result<Vec<String>, DbErr> {
        let (backend, column) = (manager.get_database_backend(), self.having);
        let sql = match backend {
            DbBackend::Sqlite => format!(
                "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = '{column}' \
                 WHERE m.type = 'table' ORDER BY m.name"
            ),
            _ => format!(
                "SELECT table_name::text FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND column_name = '{column}' ORDER BY 1"
            ),
        };
        let rows = manager.get_connection().query_all_raw(Statement::from_string(backend, sql)).await?;
        rows.iter().map(|row| row.try_get_by_index(0)).collect()
    }
}

#[async_trait]
impl MigrationTrait for IndexEvery {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let Self { end, on, only, .. } = self;
        let only = only(manager.get_database_backend());
        for table in self.tables(manager).await? {
            let sql = format!("CREATE INDEX ix_{table}_{end} ON \"{table}\" ({on}) WHERE {only}");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in self.tables(manager).await? {
            let sql = format!("DROP INDEX ix_{table}_{}", self.end);
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
