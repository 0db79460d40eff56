//! What the database says, as an error of the domain.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

use super::TOO_MANY_ROWS;
use crate::error::{Code, Error, RETRY};

/// What a caller is told who waited for a lock in vain.
const BUSY: &str = "others are writing; try again in a moment";

/// Whether SQLite refused because another process has the file.
pub(super) fn is_busy(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(inner)) => {
            let code = inner.as_database_error().and_then(|e| e.code().map(|c| c.to_string()));
            matches!(code.as_deref(), Some("5" | "6" | "261"))
        }
        _ => false,
    }
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
            DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => {
                let code = inner.as_database_error().and_then(|e| e.code().map(|c| c.to_string()));
                match code.as_deref() {
                    // PostgreSQL: serialization failure, deadlock; SQLite: busy snapshot.
                    Some("40001" | "40P01" | "517") => Self::Unavailable(RETRY.into()),
                    // Whoever waited ten seconds for a lock does not wait again. PostgreSQL: lock not
                    // available; SQLite: busy, locked, busy recovery.
                    Some("55P03" | "5" | "6" | "261") => Self::Unavailable(BUSY.into()),
                    _ => Self::Internal(error.to_string()),
                }
            }
            _ => Self::Internal(error.to_string()),
        }
    }
}
