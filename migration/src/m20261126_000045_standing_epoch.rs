//! The epoch of standings: a number that changes with everything that decides what somebody may see.
//!
//! Triggers change it, in the transaction of the write, whoever writes: what a process remembers of a
//! caller is good for as long as the number is the same.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ConnectionTrait, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager,
};
use sea_orm_migration::sea_orm::DbBackend;

/// Every write counts.
pub(crate) const ALWAYS: &[&str] = &["INSERT", "UPDATE", "DELETE"];
/// What is new gives nobody anything yet, and nothing else of it counts.
const CODE: &[&str] = &["UPDATE OF code", "DELETE"];

/// The tables that decide, each with the writes that count.
const TABLES: [(&str, &[&str]); 15] = [
    ("owner", ALWAYS),
    ("country", CODE),
    ("region", CODE),
    ("region_membership", ALWAYS),
    ("agency", CODE),
    ("membership", ALWAYS),
    ("user", &["UPDATE OF valid_until, number", "DELETE"]),
    ("grant", ALWAYS),
    ("session", &["UPDATE OF revoked_at, expires_at", "DELETE"]),
    ("shared_set_agency", ALWAYS),
    ("shared_set_group", ALWAYS),
    ("release", ALWAYS),
    ("release_audience", ALWAYS),
    ("release_set_member", ALWAYS),
    ("release_term", ALWAYS),
];

/// One row, and on PostgreSQL the transaction that changed it last: once in each is enough.
const TABLE: &str = "CREATE TABLE standing_epoch (
    id smallint PRIMARY KEY CHECK (id = 1),
    epoch bigint NOT NULL,
    changed_in bigint NOT NULL
)";

const FUNCTION: &str = "CREATE FUNCTION change_standing_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE standing_epoch SET epoch = epoch + 1, changed_in = txid_current()
        WHERE changed_in <> txid_current();
    RETURN NULL;
END $$";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        database.execute_unprepared(TABLE).await?;
        database.execute_unprepared("INSERT INTO standing_epoch VALUES (1, 1, 0)").await?;
        if backend == DbBackend::Postgres {
            database.execute_unprepared(FUNCTION).await?;
        }
        for (table, writes) in TABLES {
            Watched { table, writes }.up(manager).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        for (table, writes) in TABLES {
            Watched { table, writes }.down(manager).await?;
        }
        if backend == DbBackend::Postgres {
            database.execute_unprepared("DROP FUNCTION change_standing_epoch()").await?;
        }
        database.execute_unprepared("DROP TABLE standing_epoch").await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn name(table: &str, write: &str) -> String {
    let verb = write.split(' ').next().unwrap_or_default().to_lowercase();
    format!("standing_after_{verb}_of_{table}")
}

/// A table with the writes that change the number.
pub(crate) struct Watched {
    /// The table.
    pub(crate) table: &'static str,
    /// The writes that count.
    pub(crate) writes: &'static [&'static str],
}

impl Watched {
    /// Makes the triggers.
    pub(crate) async fn up(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        self.run(manager, trigger).await
    }

    /// Takes the triggers away.
    pub(crate) async fn down(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        self.run(manager, drop_trigger).await
    }

    async fn run(
        &self,
        manager: &SchemaManager<'_>,
        statement: fn(DbBackend, &str, &str) -> String,
    ) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        for write in self.writes {
            database.execute_unprepared(&statement(backend, self.table, write)).await?;
        }
        Ok(())
    }
}

/// The statement that takes a trigger away.
fn drop_trigger(backend: DbBackend, table: &str, write: &str) -> String {
    let on = if backend == DbBackend::Postgres { format!(" ON \"{table}\"") } else { String::new() };
    format!("DROP TRIGGER {}{on}", name(table, write))
}

/// The statement that makes a trigger. PostgreSQL's triggers wait for the end of the transaction, so that the row is locked for a moment only.
fn trigger(backend: DbBackend, table: &str, write: &str) -> String {
    let name = name(table, write);
    if backend == DbBackend::Postgres {
        return format!(
            "CREATE CONSTRAINT TRIGGER {name} AFTER {write} ON \"{table}\" DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION change_standing_epoch()"
        );
    }
    format!(
        "CREATE TRIGGER {name} AFTER {write} ON \"{table}\" FOR EACH ROW
            BEGIN UPDATE standing_epoch SET epoch = epoch + 1; END"
    )
}
