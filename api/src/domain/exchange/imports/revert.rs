//! Imports taken back: what they made is deleted, what they changed or deleted is as it was, unless it has changed since.

mod back;
mod deleted;

use chrono::TimeDelta;
use entity::import_job::Column;
use kernel::{Ctx, Error, Result, Unit, cause::Cause, db::Conn};
use sea_orm::ColumnTrait;
use serde_json::json;
use uuid::Uuid;

use super::{
    Import, MAX_ROWS_AT_ONCE, SHORT, Started,
    carry::fail,
    job::{self, Job, OPEN, ROWS_KEPT_DAYS},
    outcome::{OUTCOME, cancelled},
    report::Verdict,
    start::at_once_or_later,
};
use crate::domain::exchange::{
    hold::{Hold, Tally, note},
    kept,
};
use back::Back;

/// The columns that say how far an import is that takes another one back.
const FAR: [Column; 11] = {
    let [a, b, c, d, e, f, g, h, i, j] = OUTCOME;
    [Column::Found, a, b, c, d, e, f, g, h, i, j]
};

/// Takes an import back, set by set, the last one first; a dry run only tells what would become of each record. What has
/// written up to 1,000 rows is taken back at once, else by the work that is answered.
///
/// # Errors
/// `NotFound` where the caller has no such import; `IllegalMove` where it is not done, has written nothing, or takes another
/// one back.
pub async fn revert(ctx: &Ctx, id: Uuid, is_dry: bool) -> Result<Started> {
    ctx.actor.must_be_itself()?;
    let of = job::find(ctx, id).await?;
    if of.finished_at.is_none() && OPEN.contains(&of.state.as_str()) {
        return Err(Error::no_move("the import is at work: cancel it, or wait until it is done"));
    }
    if sets_of(&of)?.is_empty() || of.reverts.is_some() {
        let detail = "the import has written nothing that could be taken back";
        return Err(Error::no_move(detail));
    }
    let count = written(&of);
    let now = ctx.clock.now();
    let job = Job {
        id: ctx.clock.id(),
        dry_run: is_dry,
        state: if is_dry { "validating" } else { "running" }.into(),
        reverts: Some(id),
        reviews: None,
        asked: format!("revert {id} {now}"),
        found: Some(json!({ UNITS: 0 })),
        sets: json!([]),
        warnings: json!([]),
        errors: json!([]),
        import_plan: None,
        row_count: i32::try_from(count).ok(),
        done: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        deleted: 0,
        rejected: 0,
        created_at: now,
        started_at: Some(now),
        finished_at: None,
        expires_at: now + TimeDelta::days(ROWS_KEPT_DAYS),
        ..of
    };
    let hold =
        Hold::take(ctx, job.id).await?.ok_or_else(|| Error::Internal("a new import is at work".into()))?;
    kept::insert(ctx.db.writing(), &job).await?;
    let (shown, own) = (Import::of(job.clone(), None)?, ctx.clone());
    let work = Box::pin(async move { carry(&own, job).await });
    at_once_or_later(ctx, (shown, count <= SHORT), hold, work).await
}

/// Ids of the change sets that an import wrote.
fn sets_of(job: &Job) -> Result<Vec<Uuid>> {
    Ok(serde_json::from_value(job.sets.clone())?)
}

/// How many rows an import has written.
fn written(job: &Job) -> usize {
    let all = job.created.saturating_add(job.updated).saturating_add(job.deleted);
    usize::try_from(all).unwrap_or(usize::MAX)
}

/// Member of `found` that says how many units are taken back.
const UNITS: &str = "units";

/// How many units are taken back.
fn units(job: &Job) -> usize {
    let count = job.found.as_ref().and_then(|found| found.get(UNITS)?.as_u64());
    count.and_then(|count| usize::try_from(count).ok()).unwrap_or_default()
}

/// Takes an import back, or goes on with it; answers what became of the records where they are few.
///
/// # Errors
/// What the database says; what is wrong otherwise is kept with it.
pub(super) async fn carry(ctx: &Ctx, job: Job) -> Result<(Job, Vec<Verdict>)> {
    let done = carry_on(ctx, job.clone()).await;
    if let Err(error) = &done
        && !matches!(error, Error::Unavailable(_))
    {
        fail(ctx, job, error).await?;
    }
    done
}

async fn carry_on(ctx: &Ctx, mut job: Job) -> Result<(Job, Vec<Verdict>)> {
    let mut own = ctx.clone();
    (own.cause, own.idempotency) = (Cause::Import, None);
    let of = job::any(ctx.db.reading(), job.reverts.unwrap_or_default()).await?;
    let (is_short, mut all) = (written(&of) <= SHORT, Vec::new());
    let last_first: Vec<Uuid> = sets_of(&of)?.into_iter().rev().collect();
    // What one set brings back may be what another one needs: a dry run, which keeps nothing, does them together where
    // they are no longer than an import that is written at once.
    let together = if job.dry_run && written(&of) <= MAX_ROWS_AT_ONCE { last_first.len() } else { 1 };
    let behind = units(&job);
    for some in last_first.chunks(together).skip(behind / together) {
        let (before, is_dry) = (job.done, job.dry_run);
        let back = Back { sets: some.to_vec(), job };
        let work = async move |unit: &mut Unit| back.run(unit).await;
        let verdicts;
        (job, verdicts) = if is_dry { own.take_back(work).await? } else { own.run(work).await? };
        if is_dry {
            let transaction = ctx.db.begin(true).await?;
            put(ctx.db.within(&transaction), &job, before, &verdicts).await?;
            transaction.commit().await?;
        }
        note(&own, job.id, Tally::of(&job));
        if is_short {
            all.extend(verdicts);
        }
    }
    job.row_count = Some(job.done);
    job.state = if job.rejected == 0 { "completed" } else { "completed_with_errors" }.into();
    job.finished_at = Some(ctx.clock.now());
    let columns = [Column::State, Column::RowCount, Column::FinishedAt];
    job::store(ctx.db.writing(), &job, &columns, job::in_state(&OPEN)).await?;
    Ok((job, all))
}

/// Puts down how far an import is that takes another one back, where it was as far as is thought, and what became of records.
async fn put(conn: Conn<'_>, job: &Job, before: i32, verdicts: &[Verdict]) -> Result<()> {
    let guard = job::in_state(&["running", "validating"]).add(Column::Done.eq(before));
    if !job::store(conn, job, &FAR, guard).await? {
        return Err(cancelled());
    }
    job::keep_rows(conn, job.id, verdicts).await
}
