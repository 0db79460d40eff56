//! What bounds imports.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::exchange::imports::{
    MAX_BYTES, MAX_CELL, MAX_COLUMNS, MAX_PART, MAX_PARTS, MAX_ROWS, MAX_ROWS_AT_ONCE, MAX_RUNNING,
    MAX_UNPACKED, MAX_UPLOADS, ROWS_KEPT_DAYS, SHORT, UPLOAD_DAYS,
};

/// Imports of files.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportLimits {
    /// Bytes of a file as it is sent; above them the answer is 413.
    pub bytes: u64,
    /// Bytes of a file once it is unpacked.
    pub unpacked_bytes: u64,
    /// Rows of a file at most.
    pub rows: u64,
    /// Rows that are written all or none, at most.
    pub rows_at_once: usize,
    /// Rows up to which the report is the answer.
    pub rows_answered: usize,
    /// Columns of a table at most.
    pub columns: usize,
    /// Bytes of a cell at most.
    pub cell_bytes: usize,
    /// Imports of one owner that are not done, at most; above them the answer is 429.
    pub running: usize,
    /// Bytes of a part of a file that is sent in parts.
    pub part_bytes: usize,
    /// Parts of such a file at most.
    pub parts: i32,
    /// Such files of one user that are not complete, at most; above them the oldest one is forgotten.
    pub uploads: usize,
    /// Days for which such a file is kept while it is not complete.
    pub upload_days: i64,
    /// Days for which file and report are kept.
    pub days: i64,
}

impl ImportLimits {
    /// The bounds, as they are enforced.
    #[must_use]
    pub const fn list() -> Self {
        Self {
            bytes: MAX_BYTES,
            unpacked_bytes: MAX_UNPACKED,
            rows: MAX_ROWS,
            rows_at_once: MAX_ROWS_AT_ONCE,
            rows_answered: SHORT,
            columns: MAX_COLUMNS,
            cell_bytes: MAX_CELL,
            running: MAX_RUNNING,
            part_bytes: MAX_PART,
            parts: MAX_PARTS,
            uploads: MAX_UPLOADS,
            upload_days: UPLOAD_DAYS,
            days: ROWS_KEPT_DAYS,
        }
    }
}
