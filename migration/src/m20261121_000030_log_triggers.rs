//! Triggers that keep the change log append-only.
//!
//! The one exception: a payload may be erased, all of it at once.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ConnectionTrait, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager,
};
use sea_orm_migration::sea_orm::DbBackend;

const TABLES: [&str; 3] = ["change_set", "change", "change_payload"];

/// What an update of a payload must be, to count as its erasure.
const ERASURE: &str = r#"NEW.salt IS NULL AND NEW."before" IS NULL AND NEW."after" IS NULL
    AND NEW.set_id = OLD.set_id AND NEW.ordinal = OLD.ordinal"#;

/// PostgreSQL's refusal; SQLite raises its own inside each trigger.
const REFUSAL: &str = "CREATE FUNCTION refuse_log_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the change log is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let backend = manager.get_database_backend();
        if backend == DbBackend::Postgres {
            database.execute_unprepared(REFUSAL).await?;
        }
        for table in TABLES {
            for operation in ["UPDATE", "DELETE"] {
                let sql = trigger(backend, table, operation);
                database.execute_unprepared(&sql).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        for table in TABLES {
            for operation in ["UPDATE", "DELETE"] {
                let name = trigger_name(table, operation);
                let on = if is_postgres { format!(" ON {table}") } else { String::new() };
                database.execute_unprepared(&format!("DROP TRIGGER {name}{on}")).await?;
            }
        }
        if is_postgres {
            database.execute_unprepared("DROP FUNCTION refuse_log_rewrite()").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn trigger_name(table: &str, operation: &str) -> String {
    format!("refuse_{}_of_{table}", operation.to_lowercase())
}

pub(crate) fn trigger(backend: DbBackend, table: &str, operation: &str) -> String {
    let name = trigger_name(table, operation);
    let unless = if (table, operation) == ("change_payload", "UPDATE") {
        format!("WHEN (NOT ({ERASURE}))")
    } else {
        String::new()
    };
    let refuse = if backend == DbBackend::Postgres {
        "EXECUTE FUNCTION refuse_log_rewrite()".to_owned()
    } else {
        format!(
            "BEGIN SELECT RAISE(ABORT, 'the change log is append-only: {operation} of {table} refused'); END"
        )
    };
    format!("CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {unless} {refuse}")
}
