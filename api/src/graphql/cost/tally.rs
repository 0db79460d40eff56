//! What a selection comes to.

use crate::limits::rates::COSTS;

/// What a selection comes to: what could be returned, and its form.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// Records it could return.
    pub(super) nodes: u64,
    /// Fields, its fragments put in.
    pub(super) selections: u64,
    /// Fields one below the other.
    pub(super) depth: u64,
    /// Aliases.
    pub(super) aliases: u64,
    /// Its own fields.
    pub(super) fields: u64,
    /// Fields of introspection.
    pub(super) introspection: u64,
    /// Those of them that run.
    pub(super) looks: u64,
    /// Lists of introspection one below the other, which multiply.
    pub(super) lists: u64,
    /// Units of what is written.
    pub(super) writes: u32,
}

impl Cost {
    /// Adds what stands beside it.
    pub(super) fn add(&mut self, other: Self) {
        self.nodes = self.nodes.saturating_add(other.nodes);
        self.selections = self.selections.saturating_add(other.selections);
        self.depth = self.depth.max(other.depth);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.fields = self.fields.saturating_add(other.fields);
        self.introspection = self.introspection.saturating_add(other.introspection);
        self.looks = self.looks.saturating_add(other.looks);
        self.lists = self.lists.max(other.lists);
        self.writes = self.writes.saturating_add(other.writes);
    }

    /// The same selection where it is skipped: only its form counts.
    pub(super) const fn skipped(self) -> Self {
        Self { nodes: 0, looks: 0, writes: 0, ..self }
    }

    /// What its caller pays.
    pub(super) fn units(&self) -> u32 {
        let read = self.nodes / u64::from(COSTS.graphql_nodes_per_unit)
            + self.looks / u64::from(COSTS.introspection_per_unit);
        self.writes.saturating_add(u32::try_from(read).unwrap_or(u32::MAX))
    }
}
