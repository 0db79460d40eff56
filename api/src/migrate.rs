//! Bringing the schema up and down, one process at a time.
//!
//! All steps of one run are one transaction, on both databases: PostgreSQL takes an advisory lock in it,
//! SQLite begins it as the one writer. Of several processes that start at once, one migrates, the others
//! wait and find nothing left to do.

use std::fmt;

use kernel::{Ctx, cause::Cause, clock::Clock, db::Db, error::Error};
use migration::Migrator;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};
use sea_orm_migration::{MigrationStatus, MigratorTrait};

use crate::domain::{KINDS, sharing};

/// Waiting for the turn ends only with the other process; a step itself waits ten seconds for a table.
const POSTGRES_LOCK: [&str; 3] = [
    "SET LOCAL lock_timeout = 0",
    "SELECT pg_advisory_xact_lock(7165066905520333826)",
    "SET LOCAL lock_timeout = '10s'",
];

/// How often SQLite is asked for the turn; each time it waits ten seconds.
const TRIES: u32 = 30;

/// One step of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Name of the migration.
    pub name: String,
    /// Whether the database has it.
    pub is_applied: bool,
}

/// Why the schema could not be brought to where it should be.
#[derive(Clone, Debug)]
pub enum MigrateError {
    /// The database has steps this program does not know.
    Newer(String),
    /// The database lacks this many steps.
    Behind(usize),
    /// What the database says.
    Database(Error),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(names) => write!(
                f,
                "the schema is newer than this program, which does not know {names}; use the newer program"
            ),
            Self::Behind(1) => f.write_str("the schema lacks one migration; run `concord migrate up`"),
            Self::Behind(steps) => {
                write!(f, "the schema lacks {steps} migrations; run `concord migrate up`")
            }
            Self::Database(error) => write!(f, "the schema cannot be brought up or down: {error}"),
        }
    }
}

impl std::error::Error for MigrateError {}

impl From<Error> for MigrateError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<DbErr> for MigrateError {
    fn from(error: DbErr) -> Self {
        match error {
            // The migrator's one text of its own: one line for each step it has no file of.
            DbErr::Custom(text) => {
                let names: Vec<&str> = text.lines().filter_map(|line| line.split('\'').nth(1)).collect();
                Self::Newer(if names.is_empty() { text } else { names.join(", ") })
            }
            other => Self::Database(other.into()),
        }
    }
}

/// Applies what is missing, and makes anew what this program makes of texts in another way than the one
/// before; answers the names of the applied steps.
///
/// # Errors
/// `Newer` when the database has steps this program does not know; what the database says.
pub async fn up(db: &Db) -> Result<Vec<String>, MigrateError> {
    // Most starts have nothing to do, and need not wait for a writer to find out.
    let applied = if status(db).await?.iter().all(|step| step.is_applied) {
        Vec::new()
    } else {
        alone(db, async |turn| changed(turn, Migrator::up(turn, None)).await).await?
    };
    let written = kernel::derived::refresh(db, &KINDS).await?;
    if written > 0 {
        tracing::info!("the texts of {written} records are folded and ordered anew");
    }
    let ctx = Ctx::of_service(db.clone(), Clock::system(), &KINDS, Cause::Release);
    let completed = sharing::stored::complete(&ctx).await?;
    if completed > 0 {
        tracing::info!("{completed} releases of an older version have a subject and a state now");
    }
    Ok(applied)
}

/// Takes the newest `steps` steps back; answers their names.
///
/// # Errors
/// As for [`up`].
pub async fn down(db: &Db, steps: u32) -> Result<Vec<String>, MigrateError> {
    alone(db, async |turn| changed(turn, Migrator::down(turn, Some(steps))).await).await
}

/// Every step this program knows, oldest first; writes nothing.
///
/// # Errors
/// As for [`up`].
pub async fn status(db: &Db) -> Result<Vec<Step>, MigrateError> {
    steps(db.for_migrations()).await
}

/// Makes sure the schema is the one this program was made for; writes nothing.
///
/// # Errors
/// `Behind` when steps are missing; as for [`up`] besides.
pub async fn check(db: &Db) -> Result<(), MigrateError> {
    match status(db).await?.iter().filter(|step| !step.is_applied).count() {
        0 => Ok(()),
        missing => Err(MigrateError::Behind(missing)),
    }
}

async fn steps<C: ConnectionTrait>(conn: &C) -> Result<Vec<Step>, MigrateError> {
    let known = Migrator::get_migration_with_status_read_only(conn).await?;
    let step =
        |name: &str, status| Step { name: name.to_owned(), is_applied: status == MigrationStatus::Applied };
    Ok(known.iter().map(|migration| step(migration.name(), migration.status())).collect())
}

/// Does `work` and answers the names of the steps that are not as they were.
async fn changed(
    turn: &DatabaseTransaction,
    work: impl Future<Output = Result<(), DbErr>>,
) -> Result<Vec<String>, MigrateError> {
    let before = steps(turn).await?;
    work.await?;
    let after = steps(turn).await?;
    let pairs = before.into_iter().zip(after);
    Ok(pairs.filter(|(was, is)| was != is).map(|(_, is)| is.name).collect())
}

/// Does `work` in the one transaction that may change the schema.
async fn alone<T, F>(db: &Db, work: F) -> Result<T, MigrateError>
where
    F: AsyncFn(&DatabaseTransaction) -> Result<T, MigrateError>,
{
    let mut tried = 1;
    loop {
        match in_turn(db, &work).await {
            Err(MigrateError::Database(error)) if error.is_retriable() && tried < TRIES => tried += 1,
            done => return done,
        }
    }
}

async fn in_turn<T, F>(db: &Db, work: &F) -> Result<T, MigrateError>
where
    F: AsyncFn(&DatabaseTransaction) -> Result<T, MigrateError>,
{
    if db.backend() == DbBackend::Postgres {
        return transact(db, work).await;
    }
    // SQLite empties a table before it drops it, which foreign keys refuse. They can be switched outside a
    // transaction only; the writer is one connection, and what came of it is checked before the commit.
    let writer = db.for_migrations();
    writer.execute_unprepared("PRAGMA foreign_keys = OFF").await?;
    let done = transact(db, work).await;
    writer.execute_unprepared("PRAGMA foreign_keys = ON").await?;
    done
}

async fn transact<T, F>(db: &Db, work: &F) -> Result<T, MigrateError>
where
    F: AsyncFn(&DatabaseTransaction) -> Result<T, MigrateError>,
{
    let turn = db.begin(true).await?;
    match prepared(&turn, work).await {
        Ok(done) => {
            turn.commit().await?;
            Ok(done)
        }
        Err(error) => {
            turn.rollback().await?;
            Err(error)
        }
    }
}

async fn prepared<T, F>(turn: &DatabaseTransaction, work: &F) -> Result<T, MigrateError>
where
    F: AsyncFn(&DatabaseTransaction) -> Result<T, MigrateError>,
{
    let backend = turn.get_database_backend();
    if backend == DbBackend::Postgres {
        for statement in POSTGRES_LOCK {
            turn.execute_unprepared(statement).await?;
        }
        return work(turn).await;
    }
    let done = work(turn).await?;
    let broken = turn.query_all_raw(Statement::from_string(backend, "PRAGMA foreign_key_check")).await?;
    if broken.is_empty() {
        return Ok(done);
    }
    let text = format!("{} rows would refer to rows that are not there", broken.len());
    Err(MigrateError::Database(Error::Internal(text)))
}
