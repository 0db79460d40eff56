//! A file is sent: it is read, kept, and carried out or handed on.

use std::fs::File;

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use kernel::{
    Ctx, Error, Result,
    idempotency::{Beginning, Begun},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Import, ImportOptions, SHORT, admit, again,
    carry::Carried,
    job::{self, Job, ROWS_KEPT_DAYS},
    mapping::{self, Mapping},
    new::New,
    outcome::answer,
    read,
    report::Verdict,
    review,
    settled::settled,
};
use crate::domain::{KINDS, exchange::hold::Hold};

/// A file as it was sent.
#[derive(Debug)]
pub struct Sent {
    /// Its bytes.
    pub file: File,
    /// How many there are.
    pub bytes: u64,
    /// SHA-256 of them, in hexadecimal digits.
    pub sha256: String,
}

/// What became of sending a file.
pub enum Started {
    /// It is done.
    Done(Box<Import>),
    /// The same was sent before, and this became of it.
    Earlier(Box<Import>),
    /// It is carried out by this work.
    Later(Box<Import>, BoxFuture<'static, Result<()>>),
}

impl std::fmt::Debug for Started {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Started").finish_non_exhaustive()
    }
}

/// A file on its way to be an import.
struct Coming {
    /// Id of the import.
    id: Uuid,
    sent: Sent,
    options: ImportOptions,
    origin: Origin,
}

/// Where a file comes from.
enum Origin {
    /// One body.
    Body,
    /// Parts: the upload with the id of the import, which it is then no more.
    Parts,
    /// The import that it reviews.
    Review(Box<Job>),
}

impl Origin {
    /// The mapping by which the file is read: that of the import it reviews, else the one that is asked for.
    async fn mapping(&self, ctx: &Ctx, options: &ImportOptions) -> Result<Option<Mapping>> {
        match (self, &options.mapping) {
            (Self::Review(of), _) => job::mapping(of),
            (_, Some(name)) => Mapping::named(ctx, name).await.map(Some),
            (_, None) => Ok(None),
        }
    }
}

/// What was found of a file.
enum Taken {
    /// It was sent before, as this import.
    Earlier(Box<Import>),
    /// It is a new import, which is kept by now.
    New(Box<Carried>),
}

/// Takes a file in: up to 1,000 rows it is carried out at once, else by the work that is answered. The same call under the
/// same key is answered by the import that it began; a call that only rehearses keeps no key.
///
/// # Errors
/// `BadRequest` for settings that do not go together; `Invalid` for a file that cannot be read; `Forbidden` for who acts for
/// no owner; `Limited` where an owner has as many imports at work as it may.
pub async fn start(ctx: &Ctx, sent: Sent, options: ImportOptions) -> Result<Started> {
    ctx.actor.must_be_itself()?;
    let coming = Coming { id: ctx.clock.id(), sent, options, origin: Origin::Body };
    take_in(ctx, coming, None).await
}

/// Takes in again the file that another import has, to be reviewed: with the mapping by which that one read it.
///
/// # Errors
/// As [`start`].
pub(super) async fn start_review(ctx: &Ctx, sent: Sent, options: ImportOptions, of: &Job) -> Result<Started> {
    let coming = Coming { id: ctx.clock.id(), sent, options, origin: Origin::Review(Box::new(of.clone())) };
    take_in(&keyless(ctx), coming, None).await
}

/// Takes in the file of an upload as the import with its id, for who has the right to carry that out.
///
/// # Errors
/// As [`start`].
pub(super) async fn start_parts(
    ctx: &Ctx,
    id: Uuid,
    (sent, options): (Sent, ImportOptions),
    hold: Hold,
) -> Result<Started> {
    let coming = Coming { id, sent, options, origin: Origin::Parts };
    // The upload is what tells whether this was done.
    take_in(&keyless(ctx), coming, Some(hold)).await
}

/// Who acts for no owner sends nothing.
pub(super) fn no_owner() -> Error {
    Error::Forbidden("an import acts for an owner: sign in with a grant of one".into())
}

fn keyless(ctx: &Ctx) -> Ctx {
    Ctx { idempotency: None, ..ctx.clone() }
}

async fn take_in(ctx: &Ctx, coming: Coming, hold: Option<Hold>) -> Result<Started> {
    match taken(ctx, coming).await {
        Ok(Taken::New(carried)) => begin(*carried, hold).await,
        Ok(Taken::Earlier(import)) => {
            end(hold).await?;
            Ok(Started::Earlier(import))
        }
        Err(error) => {
            end(hold).await?;
            Err(error)
        }
    }
}

/// Gives back the right to carry out what is not.
async fn end(hold: Option<Hold>) -> Result<()> {
    match hold {
        Some(hold) => hold.end().await,
        None => Ok(()),
    }
}

async fn taken(ctx: &Ctx, coming: Coming) -> Result<Taken> {
    let Coming { id, sent, mut options, origin } = coming;
    options.check(&KINDS)?;
    let mapping = origin.mapping(ctx, &options).await?;
    let (Some(user), Some(owner)) = (ctx.actor.user, ctx.actor.acting.clone()) else {
        return Err(no_owner());
    };
    let beginning = match ctx.begun().await? {
        Begun::Before(id) => return Ok(Taken::Earlier(Box::new(again::told(ctx, id).await?))),
        Begun::Now(beginning) => beginning,
    };
    // A call that only rehearses keeps no key.
    let beginning = Some(beginning).filter(|_| !options.is_dry());
    let asked = again::asked(ctx, &sent, &options, mapping.as_ref())?;
    if !options.is_forced()
        && let Some(earlier) = again::earlier(ctx, ctx.db.reading(), (&asked, id)).await?
    {
        return answered(ctx, beginning.as_ref(), earlier.id).await;
    }
    admit::check(ctx.db.reading(), &owner, id).await?;
    let how = options.reading(&KINDS, mapping::mapped(ctx, mapping.clone()).await?)?;
    let kind = how.kind.map(|def| def.collection.to_owned());
    let read = read::apart(copy(&sent.file)?, how).await?;
    let warnings = settled(ctx, &read, &owner, &mut options).await?;
    let now = ctx.clock.now();
    let job = Job {
        id,
        owner,
        user_id: user,
        api_key_id: ctx.actor.key.as_ref().map(|key| key.key),
        kind,
        mode: name(&options.mode())?,
        atomic: name(&options.atomic())?,
        dry_run: options.is_dry(),
        options: serde_json::to_value(&options)?,
        state: "uploaded".into(),
        file_name: options.name.clone(),
        sha256: sent.sha256,
        bytes: i64::try_from(sent.bytes).unwrap_or(i64::MAX),
        asked,
        found: Some(json!({
            "format": format!("{:?}", read.found.format).to_ascii_lowercase(),
            "charset": format!("{:?}", read.found.charset).to_ascii_lowercase(),
            "separator": read.found.separator.map(char::from),
        })),
        row_count: i32::try_from(read.order.len()).ok(),
        done: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        deleted: 0,
        rejected: 0,
        warnings: serde_json::to_value(&warnings)?,
        errors: json!([]),
        sets: json!([]),
        import_plan: None,
        reverts: None,
        mapping: mapping.map(serde_json::to_value).transpose()?,
        reviews: if let Origin::Review(of) = &origin { Some(of.id) } else { None },
        created_at: now,
        started_at: None,
        finished_at: None,
        expires_at: now + TimeDelta::days(ROWS_KEPT_DAYS),
    };
    let new = New {
        job: &job,
        file: &sent.file,
        is_forced: options.is_forced(),
        was_upload: matches!(origin, Origin::Parts),
    };
    match new.keep(ctx, beginning.as_ref()).await? {
        Some(other) => answered(ctx, beginning.as_ref(), other).await,
        None => Ok(Taken::New(Box::new(Carried::of(ctx, job, (read, options), None)))),
    }
}

/// A call that is answered by an import that is there; it is kept under the caller's key.
async fn answered(ctx: &Ctx, beginning: Option<&Beginning>, id: Uuid) -> Result<Taken> {
    if let Some(beginning) = beginning {
        let transaction = ctx.db.begin(true).await?;
        beginning.keep(ctx, ctx.db.within(&transaction), id).await?;
        transaction.commit().await?;
    }
    Ok(Taken::Earlier(Box::new(again::told(ctx, id).await?)))
}

/// Begins with what was taken in. Where this process is at as much as it may, or another one has begun, it is left to whoever
/// serves.
async fn begin(carried: Carried, hold: Option<Hold>) -> Result<Started> {
    let hold = match hold {
        Some(hold) => Some(hold),
        None => match Hold::take(&carried.ctx, carried.job.id).await {
            Err(Error::Unavailable(_)) => None,
            taken => taken?,
        },
    };
    match hold {
        Some(hold) => launch(carried, hold).await,
        None => Ok(Started::Earlier(Box::new(Import::of(carried.job, None)?))),
    }
}

/// Carries a short import out, and hands on a long one.
pub(super) async fn launch(carried: Carried, hold: Hold) -> Result<Started> {
    let (ctx, shown) = (carried.ctx.clone(), Import::of(carried.job.clone(), None)?);
    let is_short = carried.read.order.len() <= SHORT;
    at_once_or_later(&ctx, (shown, is_short), hold, Box::pin(carried.run())).await
}

/// Does what is short at once, and hands on what is long.
pub(super) async fn at_once_or_later(
    ctx: &Ctx,
    (shown, is_short): (Import, bool),
    hold: Hold,
    work: BoxFuture<'static, Result<(Job, Vec<Verdict>)>>,
) -> Result<Started> {
    if !is_short {
        let ctx = ctx.clone();
        let work = Box::pin(async move {
            let done = work.await;
            hold.end().await?;
            review::settle(&ctx, &Import::of(done?.0, None)?).await
        });
        return Ok(Started::Later(Box::new(shown), work));
    }
    let done = work.await;
    let ended = hold.end().await;
    let (job, verdicts) = match done.and_then(|done| ended.map(|()| done)) {
        // It is taken in all the same, and whoever serves goes on with it.
        Err(Error::Unavailable(_)) => return Ok(Started::Earlier(Box::new(shown))),
        done => done?,
    };
    let import = answer(ctx, job, verdicts)?;
    review::settle(ctx, &import).await?;
    Ok(Started::Done(Box::new(import)))
}

/// Code of a closed list.
fn name(of: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_value(of)?.as_str().unwrap_or_default().to_owned())
}

/// Another handle of a file.
pub(super) fn copy(file: &File) -> Result<File> {
    let io = |error: std::io::Error| Error::Internal(format!("a file that was sent cannot be read: {error}"));
    let mut copy = file.try_clone().map_err(io)?;
    std::io::Seek::rewind(&mut copy).map_err(io)?;
    Ok(copy)
}
