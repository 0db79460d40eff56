//! Rows of an import counted by how far they are.

use super::{job::Job, report::Verdict};
use crate::domain::exchange::hold::Tally;

impl Tally {
    /// What is kept of an import.
    pub(super) const fn of(job: &Job) -> Self {
        let written = job.created + job.updated + job.deleted;
        let valid = written + job.unchanged;
        Self { judged: valid + job.rejected, valid, written: if job.dry_run { 0 } else { written } }
    }

    /// Counts rows that were judged, and written where they are not only tried.
    pub(super) fn add(&mut self, verdicts: &[Verdict], is_dry: bool) {
        for verdict in verdicts {
            let is_valid = !verdict.is_rejected();
            self.judged += 1;
            self.valid += i32::from(is_valid);
            self.written += i32::from(is_valid && !is_dry && verdict.row.result != "unchanged");
        }
    }
}
