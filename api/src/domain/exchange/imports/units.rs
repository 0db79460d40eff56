//! Rows of an import as the work of units: structs and not closures, whose futures would not be known to be `Send`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use kernel::{Code, Error, Result, Unit};
use serde_json::json;
use uuid::Uuid;

use super::{
    ImportOptions,
    chunk::{self, Chunk, How},
    job::{self, Job},
    outcome::{count, goes_on, put_down},
    read::Read,
    report::Verdict,
    summarised,
};
use crate::domain::exchange::hold::{Tally, note};

/// Rows that the text of a refusal names; all are listed beside it.
const NAMED: usize = 20;

/// A chunk, for a unit.
pub(super) struct One {
    pub(super) read: Arc<Read>,
    pub(super) how: How,
    pub(super) chunk: Chunk,
}

impl One {
    pub(super) async fn run(&self, unit: &mut Unit) -> Result<Vec<Verdict>> {
        chunk::apply(unit, &self.read, &self.chunk, self.how).await
    }

    /// The same for a chunk that is written whole or not at all.
    pub(super) async fn run_group(&self, unit: &mut Unit) -> Result<Vec<Verdict>> {
        chunk::apply_group(unit, &self.read, &self.chunk, self.how).await
    }
}

/// All rows, for a unit.
#[derive(Clone)]
pub(super) struct Judging {
    pub(super) read: Arc<Read>,
    pub(super) how: How,
    /// The source system of which is deleted what the file does not name.
    pub(super) sync: Option<String>,
    /// The import, where it is kept, and whether it only judges.
    pub(super) job: Option<(Uuid, bool)>,
}

impl Judging {
    pub(super) async fn run(&self, unit: &mut Unit) -> Result<Vec<Verdict>> {
        let (mut all, mut tally) = (Vec::new(), Tally::default());
        for chunk in chunk::chunks(&self.read, None) {
            let some = chunk::apply(unit, &self.read, &chunk, self.how).await?;
            if all.is_empty() {
                chunk::survey(unit, &self.read, &chunk, &some).await?;
            }
            if let Some((job, is_dry)) = self.job {
                tally.add(&some, is_dry);
                note(&unit.ctx, job, tally);
            }
            all.extend(some);
        }
        if let (Some(system), Some(def)) = (&self.sync, self.read.kind)
            && !has_rejected(&all)
        {
            let named: BTreeSet<Uuid> = all.iter().filter_map(|verdict| verdict.row.id).collect();
            let first = i32::try_from(self.read.order.len()).unwrap_or(i32::MAX);
            all.extend(chunk::delete_missing(unit, (def, system), &named, first).await?);
        }
        all.sort_by_key(|verdict| verdict.seq);
        Ok(all)
    }
}

/// All rows in groups, for a unit that is taken back: a group of which a row is refused leaves nothing that others build on.
pub(super) struct Grouped {
    pub(super) judging: Judging,
    pub(super) size: usize,
}

impl Grouped {
    pub(super) async fn run(&self, unit: &mut Unit) -> Result<Vec<Verdict>> {
        let Judging { read, how, job, .. } = &self.judging;
        let (mut all, mut tally) = (Vec::new(), Tally::default());
        for chunk in chunk::chunks(read, Some(self.size)) {
            unit.mark().await?;
            let some = chunk::apply_group(unit, read, &chunk, *how).await?;
            unit.end_mark(!has_rejected(&some)).await?;
            if let Some((job, is_dry)) = job {
                tally.add(&some, *is_dry);
                note(&unit.ctx, *job, tally);
            }
            all.extend(some);
        }
        all.sort_by_key(|verdict| verdict.seq);
        Ok(all)
    }
}

/// What became of rows in the last run of a unit, which may be run again, and may be taken back.
#[derive(Default)]
pub(super) struct Told(Mutex<Vec<Verdict>>);

impl Told {
    pub(super) fn put(&self, verdicts: Vec<Verdict>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = verdicts;
    }

    pub(super) fn take(&self) -> Vec<Verdict> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a dry run said of each row, where exactly that is to be done.
pub(super) type Planned = Option<BTreeMap<i32, Verdict>>;

/// All rows with what is said of them, for a unit.
pub(super) struct Whole {
    pub(super) judging: Judging,
    pub(super) job: Job,
    pub(super) planned: Planned,
    pub(super) options: ImportOptions,
    pub(super) told: Told,
}

impl Whole {
    pub(super) async fn run(&self, unit: &mut Unit) -> Result<Job> {
        let verdicts = self.judging.run(unit).await?;
        let done = self.settle(unit, &verdicts).await;
        self.told.put(verdicts);
        done
    }

    async fn settle(&self, unit: &Unit, verdicts: &[Verdict]) -> Result<Job> {
        if has_rejected(verdicts) && self.planned.is_none() {
            return Err(taken_back());
        }
        hold_to(&self.planned, verdicts)?;
        let mut job = self.job.clone();
        count(&mut job, verdicts);
        let deleted = i64::from(job.deleted);
        if self.judging.sync.is_some()
            && self.planned.is_none()
            && self.options.confirm_deletions != Some(deleted)
        {
            let text = format!("{deleted} records would be deleted: say so by `confirm_deletions={deleted}`");
            return Err(Error::bad_request("?confirm_deletions", Code::RuleBroken, text));
        }
        job.done = i32::try_from(self.judging.read.order.len()).unwrap_or(i32::MAX);
        job.state = "completed".into();
        job.finished_at = Some(unit.ctx.clock.now());
        if job.created + job.updated + job.deleted > 0 {
            job.sets = json!([unit.set()]);
            summarised::note(unit, &job).await?;
        }
        put_down(unit.conn(), &job, job::in_state(&["running"]), verdicts).await?;
        Ok(job)
    }
}

/// A group of rows with what is said of them, for a unit.
pub(super) struct Part {
    pub(super) one: One,
    pub(super) job: Job,
    pub(super) is_group: bool,
    pub(super) planned: Arc<Planned>,
    pub(super) told: Told,
}

impl Part {
    pub(super) async fn run(&self, unit: &mut Unit) -> Result<Job> {
        let mut verdicts =
            if self.is_group { self.one.run_group(unit).await? } else { self.one.run(unit).await? };
        if self.job.done == 0 {
            chunk::survey(unit, &self.one.read, &self.one.chunk, &verdicts).await?;
        }
        let done = self.settle(unit, &mut verdicts).await;
        self.told.put(verdicts);
        done
    }

    async fn settle(&self, unit: &Unit, verdicts: &mut [Verdict]) -> Result<Job> {
        if let Some(planned) = &*self.planned {
            // All of it was held to the plan before the first unit: this has changed in between.
            let moved = verdicts.iter_mut().filter(|verdict| !is_planned(planned, verdict));
            if moved.map(Verdict::refuse_as_moved).count() > 0 {
                return Err(taken_back());
            }
        }
        if self.is_group && has_rejected(verdicts) {
            return Err(taken_back());
        }
        let mut job = self.job.clone();
        let written = (job.created, job.updated, job.deleted);
        count(&mut job, verdicts);
        job.done += i32::try_from(verdicts.len()).unwrap_or_default();
        if (job.created, job.updated, job.deleted) != written
            && let Some(sets) = job.sets.as_array_mut()
        {
            sets.push(json!(unit.set()));
            summarised::note(unit, &job).await?;
        }
        put_down(unit.conn(), &job, goes_on(self.job.done), verdicts).await?;
        Ok(job)
    }
}

/// Whether a row is refused.
pub(super) fn has_rejected(verdicts: &[Verdict]) -> bool {
    verdicts.iter().any(Verdict::is_rejected)
}

/// An error that ends a unit whose rows are judged, and is no failure.
pub(super) fn taken_back() -> Error {
    Error::Rejected(Vec::new())
}

/// Refuses what a dry run did not show.
///
/// # Errors
/// `PlanMoved` with each row of which something else would become.
pub(super) fn hold_to(planned: &Planned, verdicts: &[Verdict]) -> Result<()> {
    let Some(planned) = planned else { return Ok(()) };
    let moved: Vec<_> = verdicts.iter().filter(|verdict| !is_planned(planned, verdict)).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = moved.iter().take(NAMED).map(|verdict| verdict.name()).collect();
    let more = moved.len().saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let detail = format!(
        "something else would become of {}{more} than the dry run showed: the records have changed since; run it again",
        named.join(", ")
    );
    Err(Error::PlanMoved { detail, moved: moved.into_iter().map(Verdict::moved).collect() })
}

/// Whether the same becomes of a row as was shown.
fn is_planned(planned: &BTreeMap<i32, Verdict>, verdict: &Verdict) -> bool {
    planned.get(&verdict.seq).is_some_and(|then| verdict.is_as(then))
}
