//! The epoch of standings changes when somebody is not meant by a subject any more.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::m20261126_000045_standing_epoch::Watched;

/// A new identity takes nothing from anybody, and what it was given are grants, which count themselves.
const WATCHED: Watched =
    Watched { table: "identity", writes: &["UPDATE OF issuer, subject, user_id", "DELETE"] };

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        WATCHED.up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        WATCHED.down(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
