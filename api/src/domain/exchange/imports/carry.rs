//! Imports carried out: judged, or written in units that are there whole or not at all.

use std::sync::Arc;

use entity::import_job::Column;
use kernel::{Ctx, Error, Result, cause::Cause, db::Conn};
use serde_json::json;
use uuid::Uuid;

use super::{
    Import, ImportAtomic, ImportMode, ImportOptions, MAX_ROWS_AT_ONCE, SHORT,
    chunk::{self, How},
    job::{self, Job, OPEN, Rows},
    mapping,
    outcome::{OUTCOME, cancelled, count, goes_on, put_down_apart},
    read::{self, Read},
    report::Verdict,
    revert, review,
    spool::Table,
    units::{self, Grouped, Judging, One, Part, Planned, Told, Whole},
};
use crate::domain::{
    KINDS,
    exchange::hold::{Hold, Tally, note},
};

/// An import in the hands of who carries it out.
pub(super) struct Carried {
    pub(super) ctx: Ctx,
    pub(super) job: Job,
    pub(super) read: Arc<Read>,
    pub(super) options: ImportOptions,
    pub(super) planned: Planned,
}

/// Imports that are not done, with user, owner and key of their senders.
///
/// # Errors
/// What the database says.
pub async fn waiting(ctx: &Ctx) -> Result<Vec<(Uuid, Uuid, String, Option<Uuid>)>> {
    let all = job::waiting(ctx.db.reading()).await?;
    Ok(all.into_iter().map(|job| (job.id, job.user_id, job.owner, job.api_key_id)).collect())
}

/// Carries out an import that is not done, or goes on with it, as its sender stands now; nothing where another process is at
/// it.
///
/// # Errors
/// What the database says; what is wrong with an import is kept with it.
pub async fn carry_out(ctx: &Ctx, id: Uuid) -> Result<()> {
    let Some(hold) = Hold::take(ctx, id).await? else { return Ok(()) };
    let done = attempt(ctx, id).await;
    hold.end().await?;
    done
}

/// Ends an import that nobody can carry out.
///
/// # Errors
/// What the database says.
pub async fn give_up(ctx: &Ctx, id: Uuid, why: &str) -> Result<()> {
    let job = job::any(ctx.db.reading(), id).await?;
    fail(ctx, job, &Error::Forbidden(why.to_owned())).await
}

async fn attempt(ctx: &Ctx, id: Uuid) -> Result<()> {
    let job = job::any(ctx.db.reading(), id).await?;
    if !OPEN.contains(&job.state.as_str()) {
        return Ok(());
    }
    if job.reverts.is_some() {
        return revert::carry(ctx, job).await.map(drop);
    }
    let options: ImportOptions = serde_json::from_value(job.options.clone())?;
    let file = job::file(ctx.db.reading(), id).await?;
    let how = options.reading(&KINDS, mapping::mapped(ctx, job::mapping(&job)?).await?)?;
    match read::apart(file, how).await {
        Ok(read) => {
            let planned = planned(ctx.db.reading(), &job).await?;
            let (job, _) = Box::pin(Carried::of(ctx, job, (read, options), planned).run()).await?;
            review::settle(ctx, &Import::of(job, None)?).await
        }
        Err(error) => fail(ctx, job, &error).await,
    }
}

/// What a dry run of the import said, where it was committed.
pub(super) async fn planned(conn: Conn<'_>, job: &Job) -> Result<Planned> {
    if job.import_plan.is_none() || job.dry_run {
        return Ok(None);
    }
    let wanted = Rows { limit: usize::MAX >> 1, ..Rows::default() };
    let all = job::rows(conn, job.id, &wanted).await?;
    Ok(Some(all.into_iter().map(|verdict| (verdict.seq, verdict)).collect()))
}

/// Keeps with an import why it failed.
pub(super) async fn fail(ctx: &Ctx, mut job: Job, error: &Error) -> Result<()> {
    let texts: Vec<String> = match error.violations() {
        [] => vec![error.detail()],
        found => found.iter().take(100).map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect(),
    };
    (job.state, job.errors, job.finished_at) = ("failed".into(), json!(texts), Some(ctx.clock.now()));
    let columns = [Column::State, Column::Errors, Column::FinishedAt];
    let is_kept = job::store(ctx.db.writing(), &job, &columns, job::in_state(&OPEN)).await?;
    if is_kept && job.done == 0 {
        // What a dry run said would become of the rows has not become of them.
        job::forget_rows(ctx.db.writing(), job.id).await?;
    }
    Ok(())
}

impl Carried {
    /// An import that its sender, or who stands in for it, carries out.
    pub(super) fn of(ctx: &Ctx, job: Job, (read, options): (Read, ImportOptions), planned: Planned) -> Self {
        let mut ctx = ctx.clone();
        (ctx.cause, ctx.idempotency) = (Cause::Import, None);
        ctx.language = options.language.as_deref().map(Arc::from).or(ctx.language);
        Self { ctx, job, read: Arc::new(read), options, planned }
    }

    fn how(&self) -> How {
        let rows = self.read.order.len();
        How {
            mode: self.options.mode(),
            tells_changes: self.job.dry_run || rows <= SHORT || self.planned.is_some(),
        }
    }

    /// Carries the import out.
    pub(super) async fn run(mut self) -> Result<(Job, Vec<Verdict>)> {
        self.job.state = if self.job.dry_run { "validating" } else { "running" }.into();
        self.job.started_at = self.job.started_at.or(Some(self.ctx.clock.now()));
        let columns = [Column::State, Column::StartedAt];
        if !job::store(self.ctx.db.writing(), &self.job, &columns, job::in_state(&OPEN)).await? {
            return Err(cancelled());
        }
        self.ctx = review::lent(&self.ctx, &self.job).await?;
        let ctx = self.ctx.clone();
        let job = self.job.clone();
        note(&ctx, job.id, Tally::of(&job));
        let done = match (self.job.dry_run, self.options.atomic()) {
            (true, _) => self.judge().await,
            (false, ImportAtomic::All) => self.at_once().await,
            (false, ImportAtomic::Group | ImportAtomic::Row) => self.in_groups().await,
        };
        if let Err(error) = &done
            && !matches!(error, Error::Unavailable(_))
        {
            fail(&ctx, job, error).await?;
        }
        done
    }

    /// Judges all rows, and writes nothing but what is said of them.
    async fn judge(self) -> Result<(Job, Vec<Verdict>)> {
        let verdicts = self.verdicts().await?;
        let mut job = self.job;
        count(&mut job, &verdicts);
        job.done = i32::try_from(self.read.order.len()).unwrap_or(i32::MAX);
        job.finished_at = Some(self.ctx.clock.now());
        let can_be_done = job.rejected == 0 || self.options.atomic() != ImportAtomic::All;
        job.state = if can_be_done { "awaiting_approval" } else { "completed_with_errors" }.into();
        job.import_plan = can_be_done.then(|| plan_of(&job, &verdicts));
        put_down_apart(&self.ctx.db, &job, job::in_state(&["validating"]), &verdicts).await?;
        Ok((job, verdicts))
    }

    /// What would become of all rows.
    async fn verdicts(&self) -> Result<Vec<Verdict>> {
        let (judging, group) = (self.judging(), self.options.group());
        if self.read.builds_on_itself || judging.sync.is_some() || self.makes_moves() {
            // What the others bring must be there.
            return match group {
                Some(size) => {
                    let grouped = Grouped { judging, size };
                    self.ctx.take_back(async move |unit| grouped.run(unit).await).await
                }
                None => self.ctx.take_back(async move |unit| judging.run(unit).await).await,
            };
        }
        let (mut all, mut tally) = (Vec::new(), Tally::default());
        for chunk in chunk::chunks(&self.read, group) {
            let one = One { read: self.read.clone(), how: judging.how, chunk };
            let some = self
                .ctx
                .rehearse(async move |unit| match group {
                    Some(_) => one.run_group(unit).await,
                    None => one.run(unit).await,
                })
                .await?;
            tally.add(&some, true);
            note(&self.ctx, self.job.id, tally);
            all.extend(some);
        }
        all.sort_by_key(|verdict| verdict.seq);
        Ok(all)
    }

    /// Whether rows may name other states, which moves lead to, and whose facts others may bring.
    fn makes_moves(&self) -> bool {
        let names_states = |table: &Table| {
            let state = table.def.lifecycle.map(|lifecycle| lifecycle.state);
            // Rows that are objects name what they like.
            state.is_some_and(|state| {
                table.columns.is_empty() || table.columns.iter().any(|(field, _)| field == state)
            })
        };
        self.read.tables.iter().any(names_states) && self.read.order.len() <= MAX_ROWS_AT_ONCE
    }

    /// All rows; those of `sync` with the source system of which it deletes the others.
    fn judging(&self) -> Judging {
        let sync = self.options.source_system.clone().filter(|_| self.options.mode() == ImportMode::Sync);
        Judging { read: self.read.clone(), how: self.how(), sync, job: Some((self.job.id, self.job.dry_run)) }
    }

    /// Writes all rows or none, in one unit.
    async fn at_once(self) -> Result<(Job, Vec<Verdict>)> {
        let whole = Arc::new(Whole {
            judging: self.judging(),
            job: self.job.clone(),
            planned: self.planned,
            options: self.options,
            told: Told::default(),
        });
        let held = whole.clone();
        let done = self.ctx.run(async move |unit| held.run(unit).await).await;
        let verdicts = whole.told.take();
        match done {
            Ok(job) => Ok((job, verdicts)),
            Err(Error::Rejected(_)) => {
                let mut job = self.job;
                count(&mut job, &verdicts);
                // Nothing was written: what is counted is what is wrong.
                (job.created, job.updated, job.unchanged, job.deleted) = (0, 0, 0, 0);
                job.state = "failed".into();
                job.finished_at = Some(self.ctx.clock.now());
                let rejected: Vec<Verdict> =
                    verdicts.iter().filter(|verdict| verdict.is_rejected()).cloned().collect();
                let transaction = self.ctx.db.begin(true).await?;
                let conn = self.ctx.db.within(&transaction);
                job::store(conn, &job, &OUTCOME, job::in_state(&OPEN)).await?;
                job::forget_rows(conn, job.id).await?;
                job::keep_rows(conn, job.id, &rejected).await?;
                transaction.commit().await?;
                Ok((job, rejected))
            }
            Err(error) => Err(error),
        }
    }

    /// Writes the rows in groups, each in a unit of its own with what is said of it. What was reviewed is held to its plan as
    /// a whole, before the first of them.
    async fn in_groups(mut self) -> Result<(Job, Vec<Verdict>)> {
        if self.planned.is_some() && self.job.done == 0 {
            units::hold_to(&self.planned, &self.verdicts().await?)?;
        }
        let group = self.options.group();
        let chunks = chunk::chunks(&self.read, group);
        // A long report is kept in the database alone.
        let is_short = self.read.order.len() <= SHORT;
        let mut all = Vec::new();
        let mut begins = 0;
        let (how, ctx) = (self.how(), self.ctx.clone());
        let planned = Arc::new(self.planned.take());
        for chunk in chunks {
            let size = i32::try_from(chunk.places.len()).unwrap_or(i32::MAX);
            let at = begins;
            begins += size;
            if at < self.job.done {
                continue;
            }
            let one = One { read: self.read.clone(), how, chunk };
            let part = Arc::new(Part {
                one,
                job: self.job.clone(),
                is_group: group.is_some(),
                planned: planned.clone(),
                told: Told::default(),
            });
            let held = part.clone();
            let done = ctx.run(async move |unit| held.run(unit).await).await;
            let mut verdicts = part.told.take();
            match done {
                Ok(job) => self.job = job,
                Err(Error::Rejected(_)) => {
                    chunk::refuse_group(&mut verdicts);
                    let before = self.job.done;
                    count(&mut self.job, &verdicts);
                    self.job.done = before + size;
                    put_down_apart(&ctx.db, &self.job, goes_on(before), &verdicts).await?;
                }
                Err(error) => return Err(error),
            }
            note(&ctx, self.job.id, Tally::of(&self.job));
            if is_short {
                all.extend(verdicts);
            }
        }
        self.job.state = if self.job.rejected == 0 { "completed" } else { "completed_with_errors" }.into();
        self.job.finished_at = Some(ctx.clock.now());
        job::store(ctx.db.writing(), &self.job, &[Column::State, Column::FinishedAt], job::in_state(&OPEN))
            .await?;
        all.sort_by_key(|verdict| verdict.seq);
        Ok((self.job, all))
    }
}

/// What names exactly what a dry run showed.
fn plan_of(job: &Job, verdicts: &[Verdict]) -> String {
    let mut parts = vec![job.id.to_string()];
    parts.extend(verdicts.iter().map(|verdict| {
        let row = &verdict.row;
        format!("{} {} {:?} {:?} {}", verdict.seq, row.result, row.id, verdict.base, row.changes.0)
    }));
    let bytes: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    kernel::crypto::sha256(&bytes)
}
