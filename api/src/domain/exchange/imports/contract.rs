//! What imports answer: text of both contracts.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use kernel::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    form::said,
    job::Job,
    report::{ImportRow, Verdict},
};
use crate::domain::exchange::hold::{Tally, progress};

/// Something that the sender of a file should know, and that refuses no row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct ImportWarning {
    /// Machine-readable code: `columns_left_alone`, `columns_left_out`, `rows_left_out`, `tables_left_out`,
    /// `awaits_second_person`.
    pub code: String,
    /// Kind of the rows.
    pub kind: String,
    /// Columns it is about; members, where rows are objects.
    pub columns: Vec<String>,
    /// What it is, for people.
    pub message: String,
}

/// An import: what was sent, how far it is, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, SimpleObject)]
pub struct Import {
    /// Id of the import.
    pub id: Uuid,
    /// State: `uploaded`, `validating`, `awaiting_approval`, `running`, `completed`, `completed_with_errors`, `failed` or
    /// `cancelled`.
    pub state: String,
    /// Kind of the rows that do not say their own.
    pub kind: Option<String>,
    /// What becomes of rows.
    pub mode: String,
    /// What is kept where a row is refused.
    pub atomic: String,
    /// What an empty cell says, and null in JSON: `keep` or `clear`.
    pub nulls: String,
    /// How webhooks tell of what changes: `each` or `summary`.
    pub events: String,
    /// Whether it only judges.
    pub dry_run: bool,
    /// Name of the file.
    pub file_name: Option<String>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Bytes of the file.
    pub bytes: i64,
    /// Form of the file, as it was found out.
    pub format: Option<String>,
    /// Characters of the file, as they were said or found out: `utf-8`, `utf-16le`, `utf-16be` or `windows-1251`; null of workbooks.
    pub charset: Option<String>,
    /// What separates its cells: `comma`, `semicolon` or `tab`; null where nothing does.
    pub separator: Option<String>,
    /// Rows of the file; null until they are counted.
    pub row_count: Option<i32>,
    /// Rows that are done: their unit is committed.
    pub rows_done: i32,
    /// Rows that are read and judged.
    pub rows_read: i32,
    /// Rows of these that are not refused.
    pub rows_valid: i32,
    /// Rows of these that are written; of an import at work what is not committed yet counts too.
    pub rows_written: i32,
    /// Rows in a second of an import at work; null where another process is at it, as is `seconds_left`.
    pub rows_per_second: Option<f64>,
    /// Seconds that an import at work still takes, by how fast it went so far.
    pub seconds_left: Option<i64>,
    /// Records made; of a dry run those that would be, and so for the other counts.
    pub created: i32,
    /// Records changed.
    pub updated: i32,
    /// Rows that change nothing.
    pub unchanged: i32,
    /// Records deleted.
    pub deleted: i32,
    /// Rows refused.
    pub rejected: i32,
    /// What its sender should know of.
    pub warnings: Vec<ImportWarning>,
    /// Why it failed as a whole.
    pub errors: Vec<String>,
    /// Of a dry run: give it to `commit`, which then does exactly what is shown.
    pub import_plan: Option<String>,
    /// Ids of the change sets it became; the feed names them.
    pub sets: Vec<Uuid>,
    /// The import that this one takes back.
    pub reverts: Option<Uuid>,
    /// The import that took this one back; the last one, where several did.
    pub reverted_by: Option<Uuid>,
    /// The import of somebody else whose file this one reviews.
    pub reviews: Option<Uuid>,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// When file and report are deleted.
    pub expires_at: DateTime<Utc>,
    /// What became of each row, in answers to sending and committing files of up to 1,000 rows; `/rows` has it always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<ImportRow>>,
}

impl Import {
    /// An import as its sender is told of it, but for whether it was taken back.
    pub(super) fn of(job: Job, rows: Option<Vec<Verdict>>) -> Result<Self> {
        let tally = Tally::of(&job);
        let found = job.found.as_ref();
        let found = |name: &str| found.and_then(|found| found.get(name)?.as_str());
        let format = found("format");
        let told = |name: &str| found(name).and_then(said).map(str::to_owned);
        let option = |name: &str, other: &str| {
            job.options.get(name).and_then(Json::as_str).unwrap_or(other).to_owned()
        };
        Ok(Self {
            id: job.id,
            state: job.state,
            kind: job.kind,
            mode: job.mode,
            atomic: job.atomic,
            nulls: option("nulls", "keep"),
            events: option("events", "each"),
            dry_run: job.dry_run,
            file_name: job.file_name,
            sha256: job.sha256,
            bytes: job.bytes,
            format: format.map(str::to_owned),
            charset: told("charset").filter(|_| format != Some("xlsx")),
            separator: told("separator"),
            row_count: job.row_count,
            rows_done: job.done,
            rows_read: tally.judged,
            rows_valid: tally.valid,
            rows_written: tally.written,
            rows_per_second: None,
            seconds_left: None,
            created: job.created,
            updated: job.updated,
            unchanged: job.unchanged,
            deleted: job.deleted,
            rejected: job.rejected,
            warnings: serde_json::from_value(job.warnings)?,
            errors: serde_json::from_value(job.errors)?,
            import_plan: job.import_plan,
            sets: serde_json::from_value(job.sets)?,
            reverts: job.reverts,
            reverted_by: None,
            reviews: job.reviews,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            expires_at: job.expires_at,
            rows: rows.map(|rows| rows.into_iter().map(|verdict| verdict.row).collect()),
        })
    }

    /// Adds how far it is and how fast it goes, where this process is at it.
    pub(super) fn followed(mut self, now: DateTime<Utc>) -> Self {
        let Some(progress) = progress(self.id).filter(|_| self.finished_at.is_none()) else { return self };
        let Tally { judged, valid, written } = progress.tally;
        (self.rows_read, self.rows_valid, self.rows_written) = (judged, valid, written);
        self.rows_per_second = progress.rate(now);
        let left = self.row_count.map(|count| f64::from(count.saturating_sub(judged)));
        self.seconds_left = left.zip(self.rows_per_second).and_then(|(left, rate)| seconds(left / rate));
        self
    }
}

/// Whole seconds.
fn seconds(exact: f64) -> Option<i64> {
    format!("{:.0}", exact.ceil()).parse().ok()
}

/// Imports, the last one first.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, SimpleObject)]
pub struct ImportPage {
    /// The imports.
    pub items: Vec<Import>,
    /// Where to go on: `after` of the next page; null on the last one.
    pub next: Option<String>,
}

/// What became of rows, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ImportRowPage {
    /// The rows.
    pub items: Vec<ImportRow>,
    /// Where to go on: `after` of the next page; null on the last one.
    pub next: Option<String>,
}
