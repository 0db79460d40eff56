//! Turns: work that one process at a time does.

use std::time::Duration;

use sea_orm::{DatabaseTransaction, Statement};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use crate::{
    db::{Conn, Db},
    error::{Error, Result},
};

/// Longest wait for a place among the turns that are kept long.
const PATIENCE: Duration = Duration::from_secs(5);

/// The turn to do a piece of work, which no other process has as long as this one lives.
///
/// On PostgreSQL it is an advisory lock of a transaction that does nothing else: the database frees it at its
/// end, with the connection of a process that died too. SQLite belongs to one process, whose turn it always is.
#[derive(Debug)]
pub struct Turn {
    held: Option<DatabaseTransaction>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Turn {
    /// Takes the turn to do the work called `name`; none while another process has it.
    ///
    /// # Errors
    /// `Unavailable` when no connection comes free in time; what the database says.
    pub async fn take(db: &Db, name: &str) -> Result<Option<Self>> {
        if !db.reading().is_postgres() {
            return Ok(Some(Self { held: None, _place: None }));
        }
        let transaction = db.begin(true).await?;
        let conn = db.within(&transaction);
        let rows = conn.all_raw(lock(conn, "pg_try_advisory_xact_lock", name)).await?;
        let is_ours = rows.first().map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(false);
        if is_ours {
            return Ok(Some(Self { held: Some(transaction), _place: None }));
        }
        transaction.rollback().await?;
        Ok(None)
    }

    /// Takes the turn to do work that may last for minutes. So many are kept at a time as leave half of the connections
    /// to the work itself, and to others.
    ///
    /// # Errors
    /// `Unavailable` where that many are kept, and none ends in time; as [`Turn::take`].
    pub async fn take_long(db: &Db, name: &str) -> Result<Option<Self>> {
        let Some(places) = db.long_turns() else { return Self::take(db, name).await };
        let Ok(Ok(place)) = timeout(PATIENCE, places.acquire_owned()).await else {
            let text = "as much lasting work is done as may be at the same time; try again in a moment";
            return Err(Error::Unavailable(text.into()));
        };
        Ok(Self::take(db, name).await?.map(|turn| Self { _place: Some(place), ..turn }))
    }

    /// Gives the turn back.
    ///
    /// # Errors
    /// What the database says; the turn is given back then too.
    pub async fn end(self) -> Result<()> {
        match self.held {
            Some(transaction) => Ok(transaction.rollback().await?),
            None => Ok(()),
        }
    }
}

/// Waits until nobody else does the work called `name`, and keeps others from it until the transaction ends. The writer of
/// SQLite is alone anyway.
///
/// # Errors
/// `Unavailable` where others take longer than ten seconds; what the database says.
pub async fn alone(conn: Conn<'_>, name: &str) -> Result<()> {
    if conn.is_postgres() {
        conn.all_raw(lock(conn, "pg_advisory_xact_lock", name)).await?;
    }
    Ok(())
}

/// The statement by which PostgreSQL takes the lock of some work.
fn lock(conn: Conn<'_>, function: &str, name: &str) -> Statement {
    let sql = format!("SELECT {function}(hashtextextended($1, 0))");
    Statement::from_sql_and_values(conn.backend(), sql, [format!("concord {name}").into()])
}
