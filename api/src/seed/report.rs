//! What a run of the seed came to, by kind.

use std::{fmt, ops::AddAssign};

use serde::Serialize;

/// How many rows of a kind ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows that were made.
    pub created: usize,
    /// Rows that were brought in line.
    pub updated: usize,
    /// Rows that were like this already.
    pub unchanged: usize,
    /// Rows that differ or may differ, left alone because a person or another system wrote them.
    pub kept: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.kept += other.kept;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { created, updated, unchanged, kept } = self;
        write!(f, "{created} created, {updated} updated, {unchanged} unchanged, {kept} kept")
    }
}

/// What a run came to, kind by kind in the order they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Name of the kind and what became of its rows.
    pub kinds: Vec<(&'static str, Counts)>,
}

impl Report {
    /// Adds rows of a kind.
    pub(super) fn add(&mut self, kind: &'static str, counts: Counts) {
        match self.kinds.iter_mut().find(|(name, _)| *name == kind) {
            Some((_, sum)) => *sum += counts,
            None => self.kinds.push((kind, counts)),
        }
    }

    /// The sum over all kinds.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        for (_, counts) in &self.kinds {
            total += *counts;
        }
        total
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, counts) in &self.kinds {
            writeln!(f, "{kind:<18} {counts}")?;
        }
        write!(f, "{:<18} {}", "total", self.total())
    }
}
