//! What is asked of the write path and what it answers for each item.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::{
    error::{Error, Violation},
    policy::Verb,
    row::Row,
    scalar::SharedWith,
};

/// What a write by key expects of the record with that key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: it is made or edited, whatever there is.
    #[default]
    Anything,
    /// That there is none yet.
    New,
    /// That there is one.
    Existing,
    /// That it has this version.
    Version(i32),
}

impl Expected {
    /// What a version says where 0 is that of a record that is not made yet.
    #[must_use]
    pub fn of(version: Option<i32>) -> Self {
        version
            .map_or(Self::Anything, |version| if version == 0 { Self::New } else { Self::Version(version) })
    }
}

/// One operation of a batch; a single write is a batch of one.
#[derive(Clone, Debug)]
pub enum Op {
    /// Create a record from fields in their wire form.
    Create(Map<String, Json>),
    /// Edit a record.
    Update {
        /// Record to edit.
        id: Uuid,
        /// Version the edit is based on.
        version: Option<i32>,
        /// Fields to change; absent keeps, null clears.
        fields: Map<String, Json>,
    },
    /// Create or edit the record with this external key.
    Upsert {
        /// System the key comes from.
        source_system: String,
        /// Key in that system.
        external_key: String,
        /// What is expected of the record with the key.
        expected: Expected,
        /// All fields of a new record, or those to change.
        fields: Map<String, Json>,
    },
    /// Edit a record as an upsert edits the one with its key: what only a creation takes must stand as it is, and another
    /// state makes the moves that lead there.
    Amend {
        /// Record to edit.
        id: Uuid,
        /// What is expected of it.
        expected: Expected,
        /// Fields of the record as it shall be; absent keeps, null clears.
        fields: Map<String, Json>,
    },
    /// Create the record of this row, which our own code has made: what callers cannot give stands in it.
    Make(Box<Row>),
    /// Bring a record into the form of this row, which our own code has made of the stored one.
    Put(Box<Row>),
    /// Bring back a record that was deleted, as this row says, which our own code has made of the log: with its id, and
    /// with the version of its deletion, which the next one follows.
    Restore(Box<Row>),
    /// Delete a record and what stands below it.
    Delete {
        /// Record to delete.
        id: Uuid,
        /// Version the deletion is based on.
        version: Option<i32>,
    },
    /// Make a move of the lifecycle, or another verb; columns are set by the kind's guard.
    Move {
        /// Record to move.
        id: Uuid,
        /// Version the move is based on.
        version: Option<i32>,
        /// What is done.
        verb: Verb,
        /// What the policy is asked, where it differs (`record` for moves made on paper).
        authority: Verb,
        /// Columns the move sets besides the state.
        set: Map<String, Json>,
        /// What is wrong with what came along.
        faults: Vec<Violation>,
    },
    /// An operation of which something is wrong already: it is refused, and what else is wrong with it is told too.
    Faulty(Box<Self>, Vec<Violation>),
}

/// How an item ended.
#[derive(Clone, Debug)]
pub enum OutcomeKind {
    /// A record was made.
    Created,
    /// A record was changed.
    Updated,
    /// The record was like this already; nothing was written.
    Unchanged,
    /// The record was deleted.
    Deleted,
    /// The item was refused.
    Rejected(Error),
}

/// What a caller asked of an item, as far as it is told with the answer.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Place of the item in its batch, from 0.
    pub position: usize,
    /// The external key it named: source system and key.
    pub key: Option<(String, String)>,
    /// The item as it was sent.
    pub input: Json,
}

/// The answer for one item.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was asked, where the caller is told.
    pub asked: Asked,
    /// How it ended.
    pub kind: OutcomeKind,
    /// The record, where it is known.
    pub id: Option<Uuid>,
    /// Its version afterwards.
    pub version: Option<i32>,
    /// The row before; none for creations.
    pub before: Option<Row>,
    /// The row afterwards; none for deletions and rejections.
    pub row: Option<Row>,
    /// With whom the item shares the record, where it says so; a set that a dry run judges is stored nowhere.
    pub shared: Option<SharedWith>,
}

impl Outcome {
    /// Whether the item was refused.
    #[must_use]
    pub const fn is_rejected(&self) -> bool {
        matches!(self.kind, OutcomeKind::Rejected(_))
    }

    /// Word for the answer.
    #[must_use]
    pub const fn result(&self) -> &'static str {
        match self.kind {
            OutcomeKind::Created => "created",
            OutcomeKind::Updated => "updated",
            OutcomeKind::Unchanged => "unchanged",
            OutcomeKind::Deleted => "deleted",
            OutcomeKind::Rejected(_) => "rejected",
        }
    }
}
