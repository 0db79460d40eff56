//! Snapshots are asked for, looked at, and deleted by who asked.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use kernel::{Code, Ctx, Error, Result, actor::Actor, idempotency::Begun};
use serde_json::json;
use uuid::Uuid;

use super::{
    KEPT_HOURS, MAX_KEPT, MAX_RUNNING, NewSnapshot, Snapshot, SnapshotPage,
    asked::Asked,
    carry::carry_out,
    job::{self, Job, OPEN},
};
use crate::{
    domain::exchange::{bundles::Wanted, kept},
    signin::identity::rights,
};

/// What is left to do behind an answer.
pub type Work = BoxFuture<'static, Result<()>>;

/// Takes an order for a snapshot, which is made by the work that is answered. It is kept, so that whoever serves goes on
/// with it should the process end. The same order while one is at work is that one; so is the same call under the same key.
///
/// # Errors
/// `Invalid`, naming everything that is wrong; `Forbidden` for who acts for no owner; `Limited` where an owner has as many
/// at work as it may; `IllegalMove` where the caller keeps as many as it may.
pub async fn create(ctx: &Ctx, new: &NewSnapshot) -> Result<(Snapshot, Work)> {
    ctx.actor.must_be_itself()?;
    let (Some(user), Some(owner)) = (ctx.actor.user, ctx.actor.acting.clone()) else {
        return Err(Error::Forbidden("a snapshot is made for an owner: sign in with a grant of one".into()));
    };
    let beginning = match ctx.begun().await? {
        Begun::Before(id) => return Ok((find(ctx, id).await?, work(ctx, id))),
        Begun::Now(beginning) => beginning,
    };
    let options = serde_json::to_value(settled(ctx, new).await?)?;
    let mine = job::list(ctx, None, MAX_KEPT).await?;
    let same = |job: &&Job| job.options == options && OPEN.contains(&job.state.as_str());
    if let Some(earlier) = mine.iter().find(same) {
        let transaction = ctx.db.begin(true).await?;
        beginning.keep(ctx, ctx.db.within(&transaction), earlier.id).await?;
        transaction.commit().await?;
        return Ok((Snapshot::of(earlier.clone(), false)?, work(ctx, earlier.id)));
    }
    let running = job::running(ctx.db.reading(), &owner).await?;
    if running >= MAX_RUNNING {
        let why = format!(
            "{owner} has {running} snapshots at work, and the bound is {MAX_RUNNING} (`exports.snapshots.running` in `/limits`)"
        );
        return Err(Error::Limited { seconds: 15, why: Some(why) });
    }
    if mine.len() >= MAX_KEPT {
        let why = format!("you keep {MAX_KEPT} snapshots: delete one before you ask for another");
        return Err(Error::no_move(why));
    }
    let now = ctx.clock.now();
    let job = Job {
        id: ctx.clock.id(),
        owner,
        user_id: user,
        api_key_id: ctx.actor.key.as_ref().map(|key| key.key),
        bound: ctx.actor.bound.clone(),
        options,
        rights: hex::encode(rights(ctx).await?),
        sets: json!([]),
        state: "waiting".into(),
        attempts: 0,
        done: 0,
        files: json!([]),
        bytes: 0,
        as_of: None,
        changes_after: None,
        error: None,
        created_at: now,
        finished_at: None,
        expires_at: now + TimeDelta::hours(KEPT_HOURS),
    };
    let transaction = ctx.db.begin(true).await?;
    let conn = ctx.db.within(&transaction);
    if let Some(begun) = beginning.keep(ctx, conn, job.id).await? {
        transaction.rollback().await?;
        return Ok((find(ctx, begun).await?, work(ctx, begun)));
    }
    kept::insert(conn, &job).await?;
    transaction.commit().await?;
    let work = work(ctx, job.id);
    Ok((Snapshot::of(job, false)?, work))
}

/// What is asked, checked, with everything said.
async fn settled(ctx: &Ctx, new: &NewSnapshot) -> Result<NewSnapshot> {
    let Some(bundle) = &new.bundle else { return Ok(Asked::read(new)?.settled(new)) };
    let alone = NewSnapshot { bundle: new.bundle.clone(), ..NewSnapshot::default() };
    if *new != alone {
        let text =
            "a bundle is one file of one form: say nothing of kinds, format, gzip, labels or languages";
        return Err(Error::invalid("/bundle", Code::RuleBroken, text));
    }
    let wanted = Wanted::read(ctx, bundle).await?;
    Ok(NewSnapshot { bundle: Some(wanted.settled), ..alone })
}

/// What makes a snapshot, whoever waits for it.
fn work(ctx: &Ctx, id: Uuid) -> Work {
    let mut ctx = ctx.clone();
    ctx.idempotency = None;
    // What the answer may read says nothing of the snapshot.
    ctx.view.db = ctx.db.bounded(u64::MAX);
    Box::pin(async move { carry_out(&ctx, id).await })
}

/// Sets that show records to a caller by releases, or by what agencies share.
pub(super) fn sets(actor: &Actor) -> BTreeSet<Uuid> {
    actor.standing.release_sets.union(&actor.standing.shared_sets).copied().collect()
}

/// Whether the caller may still see all that it might when a snapshot was made: it has the same rights, and nothing that
/// was released to it or shared with it then has ended.
pub(super) fn is_readable(ctx: &Ctx, rights: &str, job: &Job) -> Result<bool> {
    let then: BTreeSet<Uuid> = serde_json::from_value(job.sets.clone())?;
    let is_same = job.rights == rights && job.bound == ctx.actor.bound;
    Ok(job.state == "completed" && is_same && then.is_subset(&sets(&ctx.actor)))
}

/// The caller's snapshot with this id.
///
/// # Errors
/// `NotFound` where it has none.
pub async fn find(ctx: &Ctx, id: Uuid) -> Result<Snapshot> {
    let job = job::find(ctx, id).await?;
    let is_readable = is_readable(ctx, &hex::encode(rights(ctx).await?), &job)?;
    Snapshot::of(job, is_readable)
}

/// The caller's snapshots, the last one first.
///
/// # Errors
/// `BadRequest` for a cursor that is none.
pub async fn list(ctx: &Ctx, after: Option<&str>, limit: usize) -> Result<SnapshotPage> {
    let jobs = job::list(ctx, kept::cursor(after)?, limit.saturating_add(1)).await?;
    let (jobs, next) = kept::page(jobs, limit, |job| job.id.to_string());
    let rights = if jobs.is_empty() { String::new() } else { hex::encode(rights(ctx).await?) };
    let item = |job: Job| {
        let is_readable = is_readable(ctx, &rights, &job)?;
        Snapshot::of(job, is_readable)
    };
    Ok(SnapshotPage { items: jobs.into_iter().map(item).collect::<Result<_>>()?, next })
}

/// Deletes the caller's snapshot, whatever its state.
///
/// # Errors
/// `NotFound` where it has none.
pub async fn delete(ctx: &Ctx, id: Uuid) -> Result<()> {
    ctx.actor.must_be_itself()?;
    let job = job::find(ctx, id).await?;
    job::forget(ctx, job.id).await
}
