//! Turns: work that one process at a time does.

use sea_orm::{DatabaseTransaction, Statement};

use crate::{db::Db, error::Result};

/// The turn to do a piece of work, which no other process has as long as this one lives.
///
/// On PostgreSQL it is an advisory lock of a transaction that does nothing else: the database frees it at its
/// end, with the connection of a process that died too. SQLite belongs to one process, whose turn it always is.
#[derive(Debug)]
pub struct Turn(Option<DatabaseTransaction>);

impl Turn {
    /// Takes the turn to do the work called `name`; none while another process has it.
    ///
    /// # Errors
    /// `Unavailable` when no connection comes free in time; what the database says.
    pub async fn take(db: &Db, name: &str) -> Result<Option<Self>> {
        if !db.reading().is_postgres() {
            return Ok(Some(Self(None)));
        }
        let transaction = db.begin(true).await?;
        let conn = db.within(&transaction);
        let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))";
        let lock = Statement::from_sql_and_values(conn.backend(), sql, [format!("concord {name}").into()]);
        let rows = conn.all_raw(lock).await?;
        let is_ours = rows.first().map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(false);
        if is_ours {
            return Ok(Some(Self(Some(transaction))));
        }
        transaction.rollback().await?;
        Ok(None)
    }

    /// Gives the turn back.
    ///
    /// # Errors
    /// What the database says; the turn is given back then too.
    pub async fn end(self) -> Result<()> {
        match self.0 {
            Some(transaction) => Ok(transaction.rollback().await?),
            None => Ok(()),
        }
    }
}
