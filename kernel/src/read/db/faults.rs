//! What the database says, as an error of the domain.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use super::TOO_MANY_ROWS;
use crate::error::{Code, Error, RETRY};

/// What a caller is told who waited for a lock in vain.
const BUSY: &str = "others are writing; try again in a moment";

/// What a caller is told while the database is away: it is started anew, or the way to it is cut.
const AWAY: &str = "the database does not answer";

/// What a caller is told where nothing more can be stored.
const FULL: &str = "the database has no room; try again when its operator has made some";

/// Codes of SQLite: busy, locked, busy recovery.
const LOCKED: [&str; 3] = ["5", "6", "261"];

/// Codes of a database without room. SQLite: full; PostgreSQL: disk full, out of memory.
const NO_ROOM: [&str; 3] = ["13", "53100", "53200"];

/// Whether the way to the database broke in the middle of a statement, or the server ends or begins.
fn is_away(error: &RuntimeErr) -> bool {
    let RuntimeErr::SqlxError(inner) = error else { return false };
    let code = inner.as_database_error().and_then(sea_orm::sqlx::error::DatabaseError::code);
    // PostgreSQL: connection exceptions, too many connections, ended by the operator or a crash, not yet begun.
    let is_told = |code: &str| code.starts_with("08") || ["53300", "57P01", "57P02", "57P03"].contains(&code);
    code.map_or_else(
        || matches!(&**inner, sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed),
        |code| is_told(&code),
    )
}

/// Whether SQLite refused because another process has the file.
pub(super) fn is_locked(error: &DbErr) -> bool {
    let code = if let DbErr::Conn(inner) = error { code(inner) } else { None };
    code.is_some_and(|code| LOCKED.contains(&code.as_str()))
}

/// Why a database cannot be opened, for who starts a program: the driver names neither password nor address.
pub(super) fn unopened(error: DbErr) -> Error {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(inner)) => Error::Unavailable(inner.to_string()),
        other => other.into(),
    }
}

/// The code the database gave its refusal.
fn code(error: &RuntimeErr) -> Option<String> {
    let RuntimeErr::SqlxError(inner) = error else { return None };
    inner.as_database_error()?.code().map(|code| code.to_string())
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
            return Self::Unavailable(RETRY.into());
        }
        if let Some(SqlErr::ForeignKeyConstraintViolation(_)) = error.sql_err() {
            return Self::Unavailable(RETRY.into());
        }
        match &error {
            DbErr::ConnectionAcquire(_) => Self::Unavailable("all database connections are busy".into()),
            DbErr::Custom(text) if text.starts_with(TOO_MANY_ROWS) => {
                let most = text.trim_start_matches(TOO_MANY_ROWS);
                let text =
                    format!("the answer would be made of more than {most} rows; ask for less at a time");
                Self::Conflict(Code::ResultTooLarge, text)
            }
            DbErr::Conn(_) => Self::Unavailable(AWAY.into()),
            DbErr::Exec(inner) | DbErr::Query(inner) if is_away(inner) => Self::Unavailable(AWAY.into()),
            DbErr::Exec(inner) | DbErr::Query(inner) => match code(inner).as_deref() {
                // PostgreSQL: serialization failure, deadlock; SQLite: busy snapshot.
                Some("40001" | "40P01" | "517") => Self::Unavailable(RETRY.into()),
                Some(code) if NO_ROOM.contains(&code) => Self::Unavailable(FULL.into()),
                // Whoever waited for a lock does not wait again. PostgreSQL: lock not available.
                Some(code) if code == "55P03" || LOCKED.contains(&code) => Self::Unavailable(BUSY.into()),
                _ => Self::Internal(error.to_string()),
            },
            _ => Self::Internal(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use super::*;

    fn told(error: sqlx::Error) -> Error {
        DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error))).into()
    }

    #[test]
    fn a_way_that_breaks_in_a_statement_is_no_fault_of_ours() {
        let cut = || io::Error::from(io::ErrorKind::ConnectionReset);

        assert!(matches!(told(sqlx::Error::Io(cut())), Error::Unavailable(why) if why == AWAY));
        assert!(matches!(told(sqlx::Error::WorkerCrashed), Error::Unavailable(why) if why == AWAY));
        assert!(matches!(told(sqlx::Error::RowNotFound), Error::Internal(_)));
    }
}
