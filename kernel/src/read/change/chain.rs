//! What the log holds, and how it is hashed.

use aws_lc_rs::digest;
use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{QueryResult, sea_query::Expr};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::payload_text;
use crate::{crypto::sha256, error::Result, row::sorted, traces::Trace};

/// Hash before the first change set.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// `SHA-256(salt || payload)` in hex; this is what the chain covers.
#[must_use]
pub fn payload_hash(salt: &str, before: Option<&str>, after: Option<&str>) -> String {
    sha256(&[salt.as_bytes(), payload_text(before, after).as_bytes()])
}

/// One change without its payload.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeLeaf {
    /// Place in the set, from 0.
    pub ordinal: i32,
    /// Kind of the record.
    pub kind: String,
    /// The record.
    pub record_id: Uuid,
    /// Version after the change.
    pub version: i32,
    /// `create`, `update` or `delete`.
    pub op: String,
    /// Owner of the record.
    pub owner: String,
    /// Plan the record is or stands below.
    pub plan_id: Option<Uuid>,
    /// Facts for the policy before.
    pub facts_before: Option<Json>,
    /// Facts for the policy after.
    pub facts_after: Option<Json>,
    /// Hash of the salted payload.
    pub payload_hash: String,
}

impl ChangeLeaf {
    /// Columns of table `change`, in the order of [`Self::exprs`] and [`Self::read`].
    pub(crate) const COLUMNS: [&str; 11] = [
        "set_id",
        "ordinal",
        "kind",
        "record_id",
        "version",
        "op",
        "owner",
        "plan_id",
        "facts_before",
        "facts_after",
        "payload_hash",
    ];

    /// The row that is stored in this set.
    pub(crate) fn exprs(self, set: Uuid) -> [Expr; 11] {
        [
            Expr::val(set),
            Expr::val(self.ordinal),
            Expr::val(self.kind),
            Expr::val(self.record_id),
            Expr::val(self.version),
            Expr::val(self.op),
            Expr::val(self.owner),
            Expr::val(self.plan_id),
            Expr::val(self.facts_before),
            Expr::val(self.facts_after),
            Expr::val(self.payload_hash),
        ]
    }

    /// The change in a row that begins with [`Self::COLUMNS`].
    pub(crate) fn read(row: &QueryResult) -> Result<Self> {
        Ok(Self {
            ordinal: row.try_get_by_index(1)?,
            kind: row.try_get_by_index(2)?,
            record_id: row.try_get_by_index(3)?,
            version: row.try_get_by_index(4)?,
            op: row.try_get_by_index(5)?,
            owner: row.try_get_by_index(6)?,
            plan_id: row.try_get_by_index(7)?,
            facts_before: row.try_get_by_index(8)?,
            facts_after: row.try_get_by_index(9)?,
            payload_hash: row.try_get_by_index(10)?,
        })
    }
}

/// The running digest over the changes of one set.
pub(crate) struct Digest(digest::Context);

impl Digest {
    pub(crate) fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    pub(crate) fn add(&mut self, leaf: &ChangeLeaf) {
        let text = json!([
            leaf.ordinal,
            leaf.kind,
            leaf.record_id,
            leaf.version,
            leaf.op,
            leaf.owner,
            leaf.plan_id,
            leaf.facts_before.as_ref().map(sorted),
            leaf.facts_after.as_ref().map(sorted),
            leaf.payload_hash
        ]);
        self.0.update(text.to_string().as_bytes());
        self.0.update(b"\n");
    }

    /// Traces of reads come after the changes, in order of their ids.
    pub(crate) fn add_trace(&mut self, trace: &Trace) {
        self.0.update(trace.text().as_bytes());
        self.0.update(b"\n");
    }

    pub(crate) fn finish(self) -> String {
        hex::encode(self.0.finish())
    }
}

/// The head row of a change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetHead {
    /// Position, from 1 without gaps, in order of commit.
    pub seq: i64,
    /// Id of the set.
    pub id: Uuid,
    /// Instant of the commit, later than the one before.
    pub at: DateTime<Utc>,
    /// Pseudonymous number of the user.
    pub actor: Option<i64>,
    /// Owner the user acted under.
    pub owner: Option<String>,
    /// Request the unit belonged to.
    pub request_id: Option<String>,
    /// Why it was written.
    pub cause: String,
    /// How many changes it has.
    pub row_count: i32,
    /// SHA-256 over its changes.
    pub digest: String,
    /// Hash of the set before.
    pub prev: String,
}

impl SetHead {
    /// Columns of table `change_set`, in the order of [`Self::exprs`] and [`Self::read`].
    pub(crate) const COLUMNS: [&str; 11] =
        ["seq", "id", "at", "actor", "owner", "request_id", "cause", "row_count", "digest", "prev", "hash"];

    /// The row that is stored, its hash at the end.
    pub(crate) fn exprs(self) -> [Expr; 11] {
        let hash = self.hash();
        [
            Expr::val(self.seq),
            Expr::val(self.id),
            Expr::val(self.at),
            Expr::val(self.actor),
            Expr::val(self.owner),
            Expr::val(self.request_id),
            Expr::val(self.cause),
            Expr::val(self.row_count),
            Expr::val(self.digest),
            Expr::val(self.prev),
            Expr::val(hash),
        ]
    }

    /// The set in a row of [`Self::COLUMNS`], and the hash that is stored with it.
    pub(crate) fn read(row: &QueryResult) -> Result<(Self, String)> {
        let head = Self {
            seq: row.try_get_by_index(0)?,
            id: row.try_get_by_index(1)?,
            at: row.try_get_by_index(2)?,
            actor: row.try_get_by_index(3)?,
            owner: row.try_get_by_index(4)?,
            request_id: row.try_get_by_index(5)?,
            cause: row.try_get_by_index(6)?,
            row_count: row.try_get_by_index(7)?,
            digest: row.try_get_by_index(8)?,
            prev: row.try_get_by_index(9)?,
        };
        Ok((head, row.try_get_by_index(10)?))
    }

    /// The hash of the set, which the next one carries.
    #[must_use]
    pub fn hash(&self) -> String {
        let text = json!([
            self.seq,
            self.id,
            self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            self.actor,
            self.owner,
            self.request_id,
            self.cause,
            self.row_count,
            self.digest,
            self.prev
        ]);
        sha256(&[text.to_string().as_bytes()])
    }
}
