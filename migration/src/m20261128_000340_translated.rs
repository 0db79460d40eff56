//! Records that have translations are found without reading those that have none.
//!
//! Tables of later steps are not among these.

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager},
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables of records with texts.
async fn tables(manager: &SchemaManager<'_>) -> Result<Vec<String>, DbErr> {
    let backend = manager.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => {
            "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'translations' \
             WHERE m.type = 'table' ORDER BY m.name"
        }
        _ => {
            "SELECT table_name::text FROM information_schema.columns \
             WHERE table_schema = current_schema() AND column_name = 'translations' ORDER BY 1"
        }
    };
    let rows = manager.get_connection().query_all_raw(Statement::from_string(backend, sql)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let empty = if manager.get_database_backend() == DbBackend::Sqlite { "'{}'" } else { "'{}'::jsonb" };
        for table in tables(manager).await? {
            let sql = format!(
                "CREATE INDEX ix_{table}_translated ON \"{table}\" (owner) WHERE translations <> {empty}"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables(manager).await? {
            let sql = format!("DROP INDEX ix_{table}_translated");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
