//! Snapshots are made: by one process, from the beginning where another one ended meanwhile.

use entity::export_job::Column;
use kernel::{Ctx, Error, Result};
use serde_json::json;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{
    MAX_AT_ONCE, MAX_ATTEMPTS,
    job::{self, Job, OPEN, RUNNING},
    make,
};
use crate::domain::exchange::hold::Hold;

/// The turns of this process.
static TURNS: Semaphore = Semaphore::const_new(MAX_AT_ONCE);

/// Ids of the snapshots that are not done.
///
/// # Errors
/// What the database says.
pub async fn waiting(ctx: &Ctx) -> Result<Vec<Uuid>> {
    job::waiting(ctx.db.reading()).await
}

/// Makes a snapshot that is not done, with the rights that who asked has now; nothing where another process is at it.
///
/// # Errors
/// What the database says; what is wrong with a snapshot is kept with it.
pub async fn carry_out(ctx: &Ctx, id: Uuid) -> Result<()> {
    let ended = |_| Error::Internal("the turns of snapshots are gone".into());
    let _turn = TURNS.acquire().await.map_err(ended)?;
    let Some(hold) = Hold::take(ctx, id).await? else { return Ok(()) };
    let done = attempt(ctx, id).await;
    hold.end().await?;
    done
}

async fn attempt(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut job = match job::any(ctx.db.reading(), id).await {
        Ok(job) if OPEN.contains(&job.state.as_str()) => job,
        Ok(_) | Err(Error::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    if job.attempts >= MAX_ATTEMPTS {
        let why = format!("it could not be made in {MAX_ATTEMPTS} attempts: ask for it anew");
        return fail(ctx, job, &Error::Unavailable(why)).await;
    }
    begin(ctx, &mut job).await?;
    let made = make::files(ctx, &mut job).await;
    match made {
        Ok(()) => {
            (job.state, job.finished_at) = ("completed".into(), Some(ctx.clock.now()));
            // One that something was destroyed of meanwhile waits to be made anew.
            job::store(ctx.db.writing(), &job, &ENDED, &RUNNING).await.map(drop)
        }
        // It was deleted meanwhile, or waits to be made anew.
        Err(_) if is_elsewhere(ctx, id).await? => Ok(()),
        Err(error @ Error::Unavailable(_)) => Err(error),
        Err(error) => {
            if let Error::Internal(why) = &error {
                tracing::error!("the snapshot {id} failed: {why}");
            }
            fail(ctx, job, &error).await
        }
    }
}

/// What is stored of a snapshot that is done.
const ENDED: [Column; 8] = [
    Column::State,
    Column::Done,
    Column::Files,
    Column::Bytes,
    Column::Sets,
    Column::FinishedAt,
    Column::AsOf,
    Column::ChangesAfter,
];

async fn is_elsewhere(ctx: &Ctx, id: Uuid) -> Result<bool> {
    match job::any(ctx.db.reading(), id).await {
        Ok(job) => Ok(!RUNNING.contains(&job.state.as_str())),
        Err(Error::NotFound) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Begins a snapshot from the beginning: what another process left of it is another instant.
async fn begin(ctx: &Ctx, job: &mut Job) -> Result<()> {
    job.state = "running".into();
    job.attempts = job.attempts.saturating_add(1);
    (job.done, job.files, job.bytes) = (0, json!([]), 0);
    job::forget_parts(ctx.db.writing(), job.id).await?;
    let columns = [Column::State, Column::Attempts, Column::Done, Column::Files, Column::Bytes];
    job::store(ctx.db.writing(), job, &columns, &OPEN).await.map(drop)
}

/// Keeps with a snapshot why it failed, and nothing else of it.
async fn fail(ctx: &Ctx, mut job: Job, error: &Error) -> Result<()> {
    (job.state, job.finished_at) = ("failed".into(), Some(ctx.clock.now()));
    (job.error, job.files, job.bytes) = (Some(error.detail()), json!([]), 0);
    let columns = [Column::State, Column::Error, Column::Files, Column::Bytes, Column::FinishedAt];
    job::store(ctx.db.writing(), &job, &columns, &OPEN).await?;
    job::forget_parts(ctx.db.writing(), job.id).await
}
