//! What an API key may do belongs to the epoch of standings: whatever changes of it holds at the next request.
//!
//! A new key gives nobody anything yet, and its last use decides nothing.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ConnectionTrait, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager,
};

use crate::m20261126_000045_standing_epoch::{drop_trigger, trigger};

const TABLES: [(&str, &[&str]); 2] = [
    (
        "api_key",
        &[
            "UPDATE OF owner, user_id, roles, is_read_only, write_kinds, source_systems, read_ceiling, read_kinds, \
             countries, networks, origins, expires_at, status",
            "DELETE",
        ],
    ),
    ("api_key_secret", &["UPDATE", "DELETE"]),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        for (table, writes) in TABLES {
            for write in writes {
                database.execute_unprepared(&trigger(backend, table, write)).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        for (table, writes) in TABLES {
            for write in writes {
                database.execute_unprepared(&drop_trigger(backend, table, write)).await?;
            }
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
