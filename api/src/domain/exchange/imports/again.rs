//! The same file again: which import it was.

use chrono::TimeDelta;
use kernel::{Ctx, Result, crypto::sha256, db::Conn};
use uuid::Uuid;

use super::{
    Import, ImportOptions, SHORT, Sent,
    job::{self, Job, OPEN, Rows},
    mapping::Mapping,
    taken_back,
};
use crate::domain::KINDS;

/// Hours for which the same file is answered by the import it was.
const SAME_HOURS: i64 = 24;

/// Hash of a file and of what is meant by all that is asked with it.
///
/// # Errors
/// `BadRequest` for a kind that is none.
pub(super) fn asked(
    ctx: &Ctx,
    sent: &Sent,
    options: &ImportOptions,
    mapping: Option<&Mapping>,
) -> Result<String> {
    let of_mapping = mapping.and_then(|mapping| KINDS.served_as(&mapping.kind));
    let meant = options.meant(&KINDS, of_mapping, ctx.language.as_deref())?;
    Ok(sha256(&[sent.sha256.as_bytes(), &serde_json::to_vec(&(meant, mapping))?]))
}

/// The import that the same file already is, besides the one with this id: one that is at work, or that was written a short
/// time ago with no row refused, and of which nothing was taken back.
///
/// # Errors
/// What the database says.
pub(super) async fn earlier(ctx: &Ctx, conn: Conn<'_>, (asked, id): (&str, Uuid)) -> Result<Option<Job>> {
    let Some(job) = job::same(ctx, conn, (asked, id)).await? else { return Ok(None) };
    if OPEN.contains(&job.state.as_str()) {
        return Ok(Some(job));
    }
    let is_young = job.created_at > ctx.clock.now() - TimeDelta::hours(SAME_HOURS);
    let is_good = job.state == "completed" && job.rejected == 0 && !job.dry_run && is_young;
    Ok(if is_good && !taken_back::since(conn, &job).await? { Some(job) } else { None })
}

/// The caller's import with this id as it is by now, with its report where that is short.
///
/// # Errors
/// `NotFound` where it has none; what the database says.
pub(super) async fn told(ctx: &Ctx, id: Uuid) -> Result<Import> {
    let conn = ctx.db.reading();
    let job = job::find(ctx, id).await?;
    let is_short =
        job.row_count.is_some_and(|count| usize::try_from(count).is_ok_and(|count| count <= SHORT));
    let rows = if is_short {
        let wanted = Rows { limit: SHORT, ..Rows::default() };
        Some(job::rows(conn, job.id, &wanted).await?)
    } else {
        None
    };
    let mut import = Import::of(job, rows)?;
    taken_back::tell(conn, std::slice::from_mut(&mut import)).await?;
    Ok(import)
}
