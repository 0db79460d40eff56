//! What a selection comes to.

use crate::limits::rates::COSTS;

/// What a selection comes to: its form, and what it costs before it runs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// Fields, its fragments put in.
    pub(super) selections: u64,
    /// Fields one below the other, of what runs.
    pub(super) depth: u64,
    /// Fields one below the other altogether.
    pub(super) levels: u64,
    /// Aliases.
    pub(super) aliases: u64,
    /// Its own fields.
    pub(super) fields: u64,
    /// Fields of introspection.
    pub(super) introspection: u64,
    /// Lists of introspection one below the other, which multiply.
    pub(super) lists: u64,
    /// Units of what is written.
    pub(super) writes: u32,
}

impl Cost {
    /// Adds what stands beside it.
    pub(super) fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.fields = self.fields.saturating_add(other.fields);
        self.introspection = self.introspection.saturating_add(other.introspection);
        self.lists = self.lists.max(other.lists);
        self.writes = self.writes.saturating_add(other.writes);
    }

    /// The same selection where it is skipped: it is checked like the rest, and that is all.
    pub(super) fn skipped(self) -> Self {
        Self { selections: self.selections, levels: self.levels, ..Self::default() }
    }

    /// What its caller pays before it runs.
    pub(super) fn units(&self) -> u32 {
        let looks = self.introspection / u64::from(COSTS.introspection_per_unit);
        self.writes.saturating_add(u32::try_from(looks).unwrap_or(u32::MAX))
    }
}
