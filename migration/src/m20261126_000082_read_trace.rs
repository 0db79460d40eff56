//! Traces of reads, which are part of the log: one of each reader, owner, kind and reason in a minute.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::{m20261121_000030_log_triggers::trigger, table::Create};

const WHY: &[&str] = &["restricted", "release", "view_as", "export"];

const TABLE: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("read_trace")
                .id()
                .uuid("set_id")
                .instant("minute")
                .big_integer("actor")
                .text("acting")
                .text("owner")
                .text("kind")
                .one_of("why", WHY)
                .json("ids")
                .unique(&["minute", "actor", "acting", "owner", "kind", "why"])
                .index(&["owner", "id"])
                .index(&["set_id"]),
        ]
    },
};

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
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        for operation in ["UPDATE", "DELETE"] {
            database.execute_unprepared(&trigger(backend, "read_trace", operation)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Its triggers go with it.
        TABLE.down(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
