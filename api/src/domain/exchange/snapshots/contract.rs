//! What snapshots take and answer: text of both contracts.

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::Result;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::job::{self, Job};
use crate::domain::exchange::bundles::NewBundle;

/// What a snapshot shall hold, and how it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"kinds": ["plans", "tasks"], "format": "ndjson", "gzip": true}))]
pub struct NewSnapshot {
    /// Kinds, by their names or those of their lists; all that there are where none is given.
    pub kinds: Option<Vec<String>>,
    /// Form of the files: `ndjson` (the default) or `csv`.
    #[schema(max_length = 20)]
    pub format: Option<String>,
    /// Whether the files are packed by gzip; they are where nothing is said.
    pub gzip: Option<bool>,
    /// Of CSV: `codes` (the default), `labels` in their place, or `both`.
    #[schema(max_length = 20)]
    pub labels: Option<String>,
    /// Languages that texts are shown in, best first, separated by commas; base texts and all translations without it.
    #[schema(max_length = 200)]
    pub lang: Option<String>,
    /// In the place of lists: one signed file with what the caller's country releases to some audiences, for another
    /// installation. Focal points ask for it, and say nothing else.
    pub bundle: Option<NewBundle>,
}

/// A file of a snapshot: all of a list that its caller saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct SnapshotFile {
    /// Kind of the records; `bundle` of a bundle, which has many.
    pub kind: String,
    /// Name of the file, under `/files` of the snapshot.
    pub name: String,
    /// Records in it.
    pub rows: i64,
    /// Bytes of it, as it is sent.
    pub bytes: i64,
    /// SHA-256 of these bytes, in hexadecimal digits.
    pub sha256: String,
}

/// A snapshot: how far it is, and the manifest of its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Snapshot {
    /// Id of the snapshot.
    pub id: Uuid,
    /// State: `waiting`, `running`, `completed` or `failed`.
    pub state: String,
    /// Owner that who asked acted under.
    pub owner: String,
    /// API key by which it was asked for.
    pub api_key: Option<Uuid>,
    /// Kinds that are in it.
    pub kinds: Vec<String>,
    /// Form of the files: `ndjson` or `csv`.
    pub format: String,
    /// Whether the files are packed by gzip.
    pub gzip: bool,
    /// What stands for codes in tables: `codes`, `labels` or `both`.
    pub labels: String,
    /// Languages that texts are shown in; null where all are written.
    pub lang: Option<String>,
    /// The bundle that it is in the place of lists.
    pub bundle: Option<NewBundle>,
    /// Kinds that are written.
    pub kinds_done: i32,
    /// The instant that all files tell of.
    pub as_of: Option<DateTime<Utc>>,
    /// Whether its files can be read: once it is completed, for as long as its caller may see all that it might then.
    pub is_readable: bool,
    /// The files; none unless they can be read.
    pub files: Vec<SnapshotFile>,
    /// Cursor of `/changes`: what happened after the instant of the files, and nothing that is in them.
    pub changes_after: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it is deleted.
    pub expires_at: DateTime<Utc>,
}

impl Snapshot {
    /// A snapshot as who asked for it is told of it.
    pub(super) fn of(job: Job, is_readable: bool) -> Result<Self> {
        let options: NewSnapshot = serde_json::from_value(job.options)?;
        Ok(Self {
            id: job.id,
            is_readable,
            files: serde_json::from_value(if is_readable { job.files } else { json!([]) })?,
            changes_after: job.changes_after.filter(|_| is_readable),
            state: job.state,
            owner: job.owner,
            api_key: job.api_key_id,
            kinds: options.kinds.unwrap_or_default(),
            format: options.format.unwrap_or_default(),
            gzip: options.gzip.unwrap_or_default(),
            labels: options.labels.unwrap_or_default(),
            lang: options.lang,
            bundle: options.bundle,
            kinds_done: job.done,
            as_of: job.as_of,
            error: job.error,
            created_at: job.created_at,
            finished_at: job.finished_at,
            expires_at: job.expires_at,
        })
    }

    /// Whether nobody works on it any more.
    #[must_use]
    pub fn is_done(&self) -> bool {
        !job::OPEN.contains(&self.state.as_str())
    }
}

/// Snapshots, the last one first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct SnapshotPage {
    /// The snapshots.
    pub items: Vec<Snapshot>,
    /// Where to go on: `after` of the next page; null on the last one.
    pub next: Option<String>,
}
