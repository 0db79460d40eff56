//! Snapshots: everything but the bytes, which are HTTP's.

use async_graphql::{InputObject, registry::MetaField};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Read, Types, Write,
    entry::{field, following, input, with_arguments},
};
use crate::domain::exchange::snapshots::{NewSnapshot, Snapshot, SnapshotPage};

/// A snapshot that something is done with.
#[derive(Clone, Debug, Deserialize, InputObject)]
pub(crate) struct SnapshotInput {
    /// Id of the snapshot.
    pub(crate) id: Uuid,
}

impl Types<'_> {
    /// The types of snapshots.
    pub(super) fn snapshots(&mut self) {
        self.gives::<Snapshot>();
        self.gives::<SnapshotPage>();
        self.takes::<NewSnapshot>();
        self.takes::<SnapshotInput>();
    }
}

/// The reads of snapshots.
pub(super) fn reads() -> Vec<(MetaField, Read)> {
    let text = "Snapshots that the caller has asked for, for the owner it acts under, the last one first.";
    let all = with_arguments(field("snapshots", text, "SnapshotPage!"), following());
    let text =
        "How far a snapshot of the caller is, and the manifest of its files; null if it has none such.";
    let id = vec![input("id", "Id of the snapshot.", "ID!")];
    let one = with_arguments(field("snapshot", text, "Snapshot"), id);
    vec![(all, Read::Snapshots), (one, Read::Snapshot)]
}

/// The writes of snapshots.
pub(super) fn writes() -> Vec<(MetaField, Write)> {
    let text = "Asks for the lists of many kinds as they are at one instant; they are written behind the answer, and read by HTTP.";
    let about = "What it shall hold, and how it is written.";
    let create = field("createSnapshot", text, "Snapshot!");
    let create = with_arguments(create, vec![input("input", about, "NewSnapshot!")]);
    let text = "Deletes a snapshot with its files, and answers it as it was; one that is being made ends.";
    let delete = field("deleteSnapshot", text, "Snapshot!");
    let delete = with_arguments(delete, vec![input("input", "The snapshot.", "SnapshotInput!")]);
    vec![(create, Write::CreateSnapshot), (delete, Write::DeleteSnapshot)]
}
