//! Imports: files of records, judged and written by the one write path, with a report of every row.

mod admit;
mod again;
mod aliases;
mod carry;
mod cells;
mod chunk;
mod circles;
mod columns;
mod contract;
mod entry;
mod fault;
mod form;
mod header;
mod job;
mod kinds;
mod known;
mod layout;
mod load;
mod lore;
mod mapping;
mod members;
mod new;
mod notes;
mod numbers;
mod options;
mod order;
mod original;
mod outcome;
mod preview;
mod read;
mod rejected;
mod report;
mod revert;
mod review;
mod settled;
mod shown;
mod sorts;
mod speech;
mod spool;
mod stale;
mod start;
mod state;
mod suggest;
mod summarised;
mod taken_back;
mod tally;
mod templates;
mod units;
mod upload;
mod whole;
mod words;
mod written;

pub use carry::{carry_out, give_up, waiting};
pub use contract::{Import, ImportPage, ImportRowPage, ImportWarning};
pub use job::{ROWS_KEPT_DAYS, expire};
pub use load::{Loaded, load};
pub use mapping::check as check_mapping;
pub use options::{ImportAtomic, ImportEvents, ImportFailOn, ImportMode, ImportOptions, Nulls};
pub use preview::{ImportPreview, preview};
pub use rejected::{RejectedFile, rejected};
pub use report::{ImportError, ImportRow};
pub use revert::revert;
pub use review::review;
pub use start::{Sent, Started, start};
pub use state::{CommitInput, cancel, commit, errors, find, list, rows};
pub(super) use summarised::{is_at_work, summarised};
pub use templates::{Takes, Template, TemplateColumn};
pub use upload::{
    CompleteInput, ImportPart, ImportUpload, MAX_PART, MAX_PARTS, MAX_UPLOADS, UPLOAD_DAYS, complete,
    discard, expire_uploads, keep_part, open, uploaded,
};
pub use whole::Report;

/// Rows up to which the report is the answer.
pub const SHORT: usize = 1000;
/// Rows of a file at most.
pub const MAX_ROWS: u64 = 1_000_000;
/// Rows that are written all or none.
pub const MAX_ROWS_AT_ONCE: usize = 100_000;
/// Columns of a table at most.
pub const MAX_COLUMNS: usize = 64;
/// Bytes of a cell at most.
pub const MAX_CELL: usize = 1 << 20;
/// Bytes of a file as it is sent.
pub const MAX_BYTES: u64 = 256 << 20;
/// Bytes of a file once it is unpacked.
pub const MAX_UNPACKED: u64 = 1 << 30;
/// Imports of one owner that are not done, at most.
pub const MAX_RUNNING: usize = 4;
