//! The epoch of standings changes when somebody is not meant by a subject any more.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ConnectionTrait, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager,
};
use sea_orm_migration::sea_orm::DbBackend;

/// A new identity takes nothing from anybody, and what it was given are grants, which count themselves.
const WRITES: [(&str, &str); 2] = [("update", "UPDATE OF issuer, subject, user_id"), ("delete", "DELETE")];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (verb, write) in WRITES {
            let statement = if manager.get_database_backend() == DbBackend::Postgres {
                format!(
                    "CREATE CONSTRAINT TRIGGER standing_after_{verb}_of_identity AFTER {write} ON identity
                        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_standing_epoch()"
                )
            } else {
                format!(
                    "CREATE TRIGGER standing_after_{verb}_of_identity AFTER {write} ON identity FOR EACH ROW
                        BEGIN UPDATE standing_epoch SET epoch = epoch + 1; END"
                )
            };
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (verb, _) in WRITES {
            let on = if manager.get_database_backend() == DbBackend::Postgres { " ON identity" } else { "" };
            let statement = format!("DROP TRIGGER standing_after_{verb}_of_identity{on}");
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
