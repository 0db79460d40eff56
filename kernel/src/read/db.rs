//! Connections: one writer and many readers on SQLite, one pool on PostgreSQL.

mod among;
mod faults;
mod hear;
mod look;
mod open;

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use futures_util::{Stream, TryStreamExt};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    IsolationLevel, QueryResult, SqliteTransactionMode, Statement, StatementBuilder, StreamTrait,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::{Semaphore, watch};

pub use hear::CHANNEL;
pub use look::{End, Look};

use crate::{error::Result, policy::fence};
use look::Looks;

/// The database, shared by every request.
#[derive(Clone, Debug)]
pub struct Db {
    shared: Arc<Shared>,
    statements: Arc<AtomicU64>,
    rows: Arc<AtomicU64>,
    work: Arc<AtomicU64>,
    tally: Arc<AtomicU64>,
    most_rows: u64,
    /// The transaction that everything is read in, where that is one snapshot.
    snapshot: Option<Arc<DatabaseTransaction>>,
}

/// What all handles of a database share.
#[derive(Debug)]
struct Shared {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    commits: watch::Sender<u64>,
    looks: Looks,
    /// Number of a change set that is committed: the newest one this process knows of.
    reached: AtomicI64,
    /// The connections that may be kept for long, where that takes one.
    long_turns: Option<Arc<Semaphore>>,
}

/// What the driver's error begins with when a request has read more rows than it may; their number follows.
const TOO_MANY_ROWS: &str = "more rows than one request may read: ";

/// Rows that a statement counts as at the least where its work is told.
const LEAST_WORK: u64 = 10;

impl Db {
    fn of(writer: DatabaseConnection, reader: DatabaseConnection, long_turns: Option<usize>) -> Self {
        let (commits, looks) = (watch::Sender::default(), Looks::default());
        let long_turns = long_turns.map(|most| Arc::new(Semaphore::new(most)));
        let shared = Shared { writer, reader, commits, looks, reached: AtomicI64::default(), long_turns };
        Self {
            shared: Arc::new(shared),
            statements: Arc::default(),
            rows: Arc::default(),
            work: Arc::default(),
            tally: Arc::default(),
            most_rows: u64::MAX,
            snapshot: None,
        }
    }

    /// Which of the two databases this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.shared.writer.get_database_backend()
    }

    /// The connection for statements outside a unit that only read.
    #[must_use]
    pub fn reading(&self) -> Conn<'_> {
        let pool = || Inner::Pool(&self.shared.reader);
        let inner = self.snapshot.as_deref().map_or_else(pool, Inner::Transaction);
        Conn { inner, db: self }
    }

    /// The connection for migrations and for tables that are no records.
    #[must_use]
    pub fn writing(&self) -> Conn<'_> {
        Conn { inner: Inner::Pool(&self.shared.writer), db: self }
    }

    /// The raw connection migrations run on.
    #[must_use]
    pub fn for_migrations(&self) -> &DatabaseConnection {
        &self.shared.writer
    }

    /// The connections that may be kept for long; none on SQLite, where nobody keeps one.
    pub(crate) fn long_turns(&self) -> Option<Arc<Semaphore>> {
        self.shared.long_turns.clone()
    }

    /// Begins a transaction that writes, or one that reads one snapshot.
    ///
    /// # Errors
    /// `Unavailable` when no connection comes free in time.
    pub async fn begin(&self, writes: bool) -> Result<DatabaseTransaction> {
        let mut options = TransactionOptions::default();
        if self.backend() == DbBackend::Sqlite {
            options.sqlite_transaction_mode = writes.then_some(SqliteTransactionMode::Immediate);
        } else if !writes {
            options.access_mode = Some(AccessMode::ReadOnly);
            options.isolation_level = Some(IsolationLevel::RepeatableRead);
        }
        let pool = if writes { &self.shared.writer } else { &self.shared.reader };
        Ok(pool.begin_with_options(options).await?)
    }

    /// Gives a handle of the same database through which everything is read as it was at one instant: that of the
    /// first read. It holds a connection for as long as it, or a clone of it, is kept.
    ///
    /// # Errors
    /// `Unavailable` when no connection comes free in time.
    pub async fn snapshot(&self) -> Result<Self> {
        Ok(Self { snapshot: Some(Arc::new(self.begin(false).await?)), ..self.clone() })
    }

    /// Gives a handle of the same database that counts its statements from nought.
    #[must_use]
    pub fn counted(&self) -> Self {
        Self { statements: Arc::default(), ..self.clone() }
    }

    /// Gives a handle of the same database through which at most `most` rows are read altogether; the
    /// statement that goes beyond answers [`crate::Code::ResultTooLarge`], and so do all after it.
    #[must_use]
    pub fn bounded(&self, most: u64) -> Self {
        Self { rows: Arc::default(), work: Arc::default(), most_rows: most, ..self.clone() }
    }

    /// How many rows are read through this handle at most; none where there is no bound.
    #[must_use]
    pub fn most_rows(&self) -> Option<u64> {
        Some(self.most_rows).filter(|most| *most < u64::MAX)
    }

    /// How many rows were read through this handle since it was bounded.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// The same, where each statement counts as ten rows at the least.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
    }

    /// Gives a handle of the same database that tallies the statements of one caller's request.
    #[must_use]
    pub(crate) fn tallied(&self) -> Self {
        Self { tally: Arc::default(), ..self.clone() }
    }

    /// How many statements went through the handle of the request.
    #[must_use]
    pub fn tally(&self) -> u64 {
        self.tally.load(Ordering::SeqCst)
    }

    /// Hears of every change set that this process commits or is told of ([`Db::hear`]); others have to be looked for.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.shared.commits.subscribe()
    }

    /// Tells those who wait that a change set is committed.
    pub(crate) fn announce(&self) {
        self.shared.commits.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// How many statements went through this handle.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Puts a transaction and this handle's counter together.
    #[must_use]
    pub fn within<'a>(&'a self, transaction: &'a DatabaseTransaction) -> Conn<'a> {
        Conn { inner: Inner::Transaction(transaction), db: self }
    }

    /// Closes every connection.
    ///
    /// # Errors
    /// `Internal` when the driver reports a fault.
    pub async fn close(&self) -> Result<()> {
        self.shared.reader.close_by_ref().await?;
        self.shared.writer.close_by_ref().await?;
        Ok(())
    }
}

#[derive(Clone, Copy, Debug)]
enum Inner<'a> {
    Pool(&'a DatabaseConnection),
    Transaction(&'a DatabaseTransaction),
}

/// A pool or a transaction: whatever statements run on.
#[derive(Clone, Copy, Debug)]
pub struct Conn<'a> {
    inner: Inner<'a>,
    db: &'a Db,
}

impl Conn<'_> {
    /// Which of the two databases this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        match self.inner {
            Inner::Pool(c) => ConnectionTrait::get_database_backend(c),
            Inner::Transaction(c) => ConnectionTrait::get_database_backend(c),
        }
    }

    /// Whether this is PostgreSQL, where rows are locked one by one.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    /// Runs a query and returns all its rows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all<S: StatementBuilder>(&self, statement: &S) -> Result<Vec<QueryResult>, DbErr> {
        self.all_raw(self.backend().build(statement)).await
    }

    /// Runs a query and returns its first row.
    ///
    /// # Errors
    /// What the database says.
    pub async fn one<S: StatementBuilder>(&self, statement: &S) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.all(statement).await?.into_iter().next())
    }

    /// Runs a statement without a result.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run<S: StatementBuilder>(&self, statement: &S) -> Result<ExecResult, DbErr> {
        let statement = self.backend().build(statement);
        self.count();
        match self.inner {
            Inner::Pool(c) => c.execute_raw(statement).await,
            Inner::Transaction(c) => c.execute_raw(statement).await,
        }
    }

    /// Runs a written-out query and returns all its rows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.begin(&statement)?;
        let rows = match self.inner {
            Inner::Pool(c) => c.query_all_raw(statement).await?,
            Inner::Transaction(c) => c.query_all_raw(statement).await?,
        };
        self.end(rows.len())?;
        Ok(rows)
    }

    /// Runs a written-out query and reads each of its rows while the database finds the next ones.
    ///
    /// # Errors
    /// What the database says, and what `read` says.
    pub async fn read_raw<T>(
        &self,
        statement: Statement,
        read: impl FnMut(&QueryResult) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.begin(&statement)?;
        let rows = match self.inner {
            Inner::Pool(c) => gather(c.stream_raw(statement).await?, read).await?,
            Inner::Transaction(c) => gather(c.stream_raw(statement).await?, read).await?,
        };
        self.end(rows.len())?;
        Ok(rows)
    }

    /// Lets a query begin, where the request may read more.
    fn begin(&self, statement: &Statement) -> Result<(), DbErr> {
        self.check_rows()?;
        self.count();
        if cfg!(debug_assertions) {
            fence::pass(&statement.sql);
        }
        Ok(())
    }

    /// Counts the rows that a query gave.
    fn end(&self, count: usize) -> Result<(), DbErr> {
        let more = u64::try_from(count).unwrap_or(u64::MAX);
        self.db.rows.fetch_add(more, Ordering::Relaxed);
        self.db.work.fetch_add(more.max(LEAST_WORK), Ordering::Relaxed);
        self.check_rows()
    }

    fn check_rows(&self) -> Result<(), DbErr> {
        let most = self.db.most_rows;
        if self.db.rows() > most { Err(DbErr::Custom(format!("{TOO_MANY_ROWS}{most}"))) } else { Ok(()) }
    }

    fn count(&self) {
        self.db.statements.fetch_add(1, Ordering::Relaxed);
        self.db.tally.fetch_add(1, Ordering::SeqCst);
    }
}

/// Reads the rows of a query one by one.
async fn gather<T>(
    rows: impl Stream<Item = Result<QueryResult, DbErr>>,
    mut read: impl FnMut(&QueryResult) -> Result<T>,
) -> Result<Vec<T>> {
    let mut rows = pin!(rows);
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await? {
        all.push(read(&row)?);
    }
    Ok(all)
}
