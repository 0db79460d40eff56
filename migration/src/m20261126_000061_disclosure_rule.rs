//! Fields that countries withhold, and the triggers of the epoch for them.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::{
    m20261126_000045_standing_epoch::{ALWAYS, Watched},
    table::Create,
};

const SCOPE: &[&str] = &["outside", "outside_group"];

const TABLE: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("disclosure_rule")
                .record()
                .national()
                .text("kind")
                .text("field")
                .one_of("scope", SCOPE)
                .instant("from_at")
                .instant_or_null("until_at")
                .text_or_null("reason"),
        ]
    },
};

const WATCHED: Watched = Watched { table: "disclosure_rule", writes: ALWAYS };

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        TABLE.name()
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TABLE.up(manager).await?;
        WATCHED.up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        WATCHED.down(manager).await?;
        TABLE.down(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
