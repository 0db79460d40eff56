//! What an API key may do belongs to the epoch of standings: whatever changes of it holds at the next request.
//!
//! A new key gives nobody anything yet, and its last use decides nothing.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::m20261126_000045_standing_epoch::Watched;

const WATCHED: [Watched; 2] = [
    Watched {
        table: "api_key",
        writes: &[
            "UPDATE OF owner, user_id, roles, is_read_only, write_kinds, source_systems, read_ceiling, read_kinds, \
             countries, networks, origins, expires_at, status",
            "DELETE",
        ],
    },
    Watched { table: "api_key_secret", writes: &["UPDATE", "DELETE"] },
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in &WATCHED {
            table.up(manager).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in &WATCHED {
            table.down(manager).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
