//! Opening a database.

use std::{net::IpAddr, time::Duration};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection,
    sqlx::{
        self,
        postgres::{PgConnectOptions, PgSslMode},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use tokio::time::sleep;

use super::{Db, faults};
use crate::error::Result;

/// How long a write waits for the one that is under way, on SQLite.
const WRITER: Duration = Duration::from_secs(5);
/// How often a file that another process opens too is tried again, and how long between.
const OPENINGS: u32 = 100;
const OPENING: Duration = Duration::from_millis(50);

/// Opens a database file. SQLite refuses without waiting while another process that starts turns a new file to WAL
/// mode, so it is asked again.
async fn open_file(options: ConnectOptions) -> Result<DatabaseConnection> {
    let mut tries = 0..OPENINGS;
    loop {
        match Database::connect(options.clone()).await {
            Err(error) if tries.next().is_some() && faults::is_locked(&error) => sleep(OPENING).await,
            done => return done.map_err(faults::unopened),
        }
    }
}

impl Db {
    /// Opens the database at `url` (`sqlite://...` or `postgres://...`).
    ///
    /// SQLite gets a writer of one connection and `max` readers, in WAL mode; PostgreSQL one pool of `max`, two at
    /// the least: a [`crate::turn::Turn`] holds one while the work is done on another. Half of them may be held for long.
    ///
    /// # Errors
    /// `Internal` or `Unavailable` when the database cannot be opened.
    pub async fn connect(url: &str, max: u32) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(max).sqlx_logging(false).test_before_acquire(false);
        options.acquire_timeout(Duration::from_secs(10));
        if url.starts_with("sqlite:") {
            options.map_sqlx_sqlite_opts(sqlite);
            let mut single = options.clone();
            // Others wait so long for the one writer, and are then told to come again.
            single.max_connections(1).min_connections(1).acquire_timeout(WRITER);
            // A batch changes more pages than the 2 MB that are kept otherwise.
            single.map_sqlx_sqlite_opts(|options| sqlite(options).pragma("cache_size", "-16384"));
            let writer = open_file(single).await?;
            let reader = open_file(options).await?;
            return Ok(Self::of(writer, reader, None));
        }
        let most = max.max(2);
        options.max_connections(most);
        options.map_sqlx_postgres_opts(postgres);
        options.map_sqlx_postgres_pool_opts(|pool| {
            // sqlx 0.9.0 can return a connection inside a transaction after a cancelled `begin`:
            // such a connection is thrown away instead of being handed to the next caller.
            pool.after_release(|connection, _| {
                Box::pin(async move {
                    // A simple query: within the extended protocol every step has its own instant.
                    let asked = sqlx::raw_sql("SELECT now() = statement_timestamp()");
                    let row = sqlx::Executor::fetch_one(&mut *connection, asked).await?;
                    sqlx::Row::try_get(&row, 0)
                })
            })
        });
        let pool = Database::connect(options).await.map_err(faults::unopened)?;
        Ok(Self::of(pool.clone(), pool, usize::try_from(most / 2).ok()))
    }
}

/// A server on the machine itself is asked without TLS, unless `sslmode` says anything but `prefer`: of what is sent in several
/// records sqlx 0.9.0 holds back the last one until the others are confirmed, 40 ms (it leaves `TCP_NODELAY` out).
fn postgres(options: PgConnectOptions) -> PgConnectOptions {
    let host = options.get_host();
    let is_here = host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    let is_unsaid = matches!(options.get_ssl_mode(), PgSslMode::Prefer);
    let options = if is_here && is_unsaid { options.ssl_mode(PgSslMode::Disable) } else { options };
    // To compile an expression of figures takes a tenth of the time of a million rows, and more than it saves.
    options.application_name("concord").options([("lock_timeout", "10000"), ("jit", "off")])
}

fn sqlite(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("journal_size_limit", "67108864")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_the_machine_itself_is_asked_without_tls_unless_the_address_says_so() {
        let mode = |url: &str| format!("{:?}", postgres(url.parse().unwrap()).get_ssl_mode());

        for (url, expected) in [
            ("postgres://me@127.0.0.1/concord", "Disable"),
            ("postgres://me@localhost/concord", "Disable"),
            ("postgres://me@127.0.0.1/concord?sslmode=require", "Require"),
            ("postgres://me@db.example/concord", "Prefer"),
        ] {
            assert_eq!(mode(url), expected, "{url}");
        }
    }
}
