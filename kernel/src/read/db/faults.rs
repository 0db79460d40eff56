//! What the database says, as an error of the domain.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

use super::TOO_MANY_ROWS;
use crate::error::{Code, Error, RETRY};

/// What a caller is told who waited for a lock in vain.
const BUSY: &str = "others are writing; try again in a moment";

/// Codes of SQLite: busy, locked, busy recovery.
const LOCKED: [&str; 3] = ["5", "6", "261"];

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
            DbErr::Conn(_) => Self::Unavailable("the database does not answer".into()),
            DbErr::Exec(inner) | DbErr::Query(inner) => match code(inner).as_deref() {
                // PostgreSQL: serialization failure, deadlock; SQLite: busy snapshot.
                Some("40001" | "40P01" | "517") => Self::Unavailable(RETRY.into()),
                // Whoever waited ten seconds for a lock does not wait again. PostgreSQL: lock not available.
                Some(code) if code == "55P03" || LOCKED.contains(&code) => Self::Unavailable(BUSY.into()),
                _ => Self::Internal(error.to_string()),
            },
            _ => Self::Internal(error.to_string()),
        }
    }
}
