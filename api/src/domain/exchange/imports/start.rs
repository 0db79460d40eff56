//! A file is sent: it is read, kept, and carried out or handed on.

use std::fs::File;

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use kernel::{
    Code, Ctx, Error, Result, Violation,
    crypto::sha256,
    idempotency::{Beginning, Begun},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Import, ImportAtomic, ImportOptions, ImportWarning, MAX_ROWS_AT_ONCE, MAX_RUNNING, SHORT,
    carry::Carried,
    job::{self, Job, OPEN, ROWS_KEPT_DAYS, Rows},
    mapping::{self, Mapping},
    outcome::answer,
    read::{self, Read},
    review,
    spool::Table,
};
use crate::domain::{
    KINDS,
    exchange::{hold::Hold, kept},
};

/// Hours for which the same file is answered by the import it was.
const SAME_HOURS: i64 = 24;

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

/// Takes a file in: up to 1,000 rows it is carried out at once, else by the work that is answered. The same call under the
/// same key is answered by the import that it began; a call that only rehearses keeps no key.
///
/// # Errors
/// `BadRequest` for settings that do not go together; `Invalid` for a file that cannot be read; `Forbidden` for who acts for
/// no owner; `Limited` where an owner has as many imports at work as it may.
pub async fn start(ctx: &Ctx, sent: Sent, options: ImportOptions) -> Result<Started> {
    start_as(ctx, ctx.clock.id(), sent, options).await
}

/// Takes in again the file that another import has, to be reviewed: with the mapping by which that one read it.
///
/// # Errors
/// As [`start`].
pub(super) async fn start_review(ctx: &Ctx, sent: Sent, options: ImportOptions, of: &Job) -> Result<Started> {
    let mut ctx = ctx.clone();
    ctx.idempotency = None;
    take_in(&ctx, ctx.clock.id(), sent, (options, job::mapping(of)?), Some(of.id)).await
}

/// Who acts for no owner sends nothing.
pub(super) fn no_owner() -> Error {
    Error::Forbidden("an import acts for an owner: sign in with a grant of one".into())
}

/// Takes a file in as the import with this id.
///
/// # Errors
/// As [`start`].
pub(super) async fn start_as(ctx: &Ctx, id: Uuid, sent: Sent, options: ImportOptions) -> Result<Started> {
    ctx.actor.must_be_itself()?;
    options.check(&KINDS)?;
    let mapping = match &options.mapping {
        Some(name) => Some(Mapping::named(ctx, name).await?),
        None => None,
    };
    take_in(ctx, id, sent, (options, mapping), None).await
}

async fn take_in(
    ctx: &Ctx,
    id: Uuid,
    sent: Sent,
    (mut options, mapping): (ImportOptions, Option<Mapping>),
    reviews: Option<Uuid>,
) -> Result<Started> {
    let (Some(user), Some(owner)) = (ctx.actor.user, ctx.actor.acting.clone()) else {
        return Err(no_owner());
    };
    let beginning = match ctx.begun().await? {
        Begun::Before(id) => return Ok(Started::Earlier(Box::new(as_begun(ctx, id).await?))),
        Begun::Now(beginning) => beginning,
    };
    let is_rehearsal = options.is_dry();
    let asked = asked(&sent, &options, mapping.as_ref())?;
    if !options.force.unwrap_or_default()
        && let Some(earlier) = earlier(ctx, &asked).await?
    {
        if !is_rehearsal {
            keep(ctx, &beginning, earlier.id).await?;
        }
        return Ok(Started::Earlier(Box::new(earlier)));
    }
    if job::running(ctx.db.reading(), &owner).await? >= MAX_RUNNING {
        return Err(Error::Limited { seconds: 15, why: None });
    }
    let how = options.reading(&KINDS, mapping::mapped(ctx, mapping.clone()).await?)?;
    let kind = how.kind.map(|def| def.collection.to_owned());
    let read = read::apart(copy(&sent.file)?, how).await?;
    let mut warnings = warnings(&read);
    if options.fail_on_warnings.unwrap_or_default() && !warnings.is_empty() {
        let fault = |warning: &ImportWarning| Violation::new("", Code::UnknownMember, &*warning.message);
        return Err(Error::Invalid(warnings.iter().map(fault).collect()));
    }
    if !options.is_dry() && review::needs_two(ctx, &owner).await? {
        options.dry_run = Some(true);
        warnings.push(ImportWarning {
            code: "awaits_second_person".into(),
            kind: String::new(),
            columns: Vec::new(),
            message: "nothing is written yet: a second person of the owner reviews and commits it".into(),
        });
    }
    let rows = read.order.len();
    if options.atomic() == ImportAtomic::All && !options.is_dry() && rows > MAX_ROWS_AT_ONCE {
        let text = format!(
            "the file has {rows} rows: `all` takes {MAX_ROWS_AT_ONCE} at most; take `group` or `row`"
        );
        return Err(Error::bad_request("?atomic", Code::OutOfRange, text));
    }
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
        row_count: i32::try_from(rows).ok(),
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
        reviews,
        created_at: now,
        started_at: None,
        finished_at: None,
        expires_at: now + TimeDelta::days(ROWS_KEPT_DAYS),
    };
    let hold =
        Hold::take(ctx, job.id).await?.ok_or_else(|| Error::Internal("a new import is at work".into()))?;
    let transaction = ctx.db.begin(true).await?;
    let conn = ctx.db.within(&transaction);
    if !is_rehearsal && let Some(begun) = beginning.keep(ctx, conn, job.id).await? {
        transaction.rollback().await?;
        hold.end().await?;
        return Ok(Started::Earlier(Box::new(as_begun(ctx, begun).await?)));
    }
    kept::insert(conn, &job).await?;
    job::keep_file(conn, job.id, &sent.file).await?;
    transaction.commit().await?;

    launch(Carried::of(ctx, job, (read, options), None), hold).await
}

/// Carries a short import out, and hands on a long one.
pub(super) async fn launch(carried: Carried, hold: Hold) -> Result<Started> {
    let ctx = carried.ctx.clone();
    if carried.read.order.len() > SHORT {
        let shown = carried.job.clone();
        let work = Box::pin(async move {
            let done = Box::pin(carried.run()).await;
            hold.end().await?;
            review::settle(&ctx, &Import::of(done?.0, None)?).await
        });
        return Ok(Started::Later(Box::new(Import::of(shown, None)?), work));
    }
    let done = Box::pin(carried.run()).await;
    hold.end().await?;
    let (job, verdicts) = done?;
    let import = answer(&ctx, job, verdicts)?;
    review::settle(&ctx, &import).await?;
    Ok(Started::Done(Box::new(import)))
}

/// Code of a closed list.
fn name(of: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_value(of)?.as_str().unwrap_or_default().to_owned())
}

/// Hash of a file and of all that is asked with it, but whether it is to be done again.
fn asked(sent: &Sent, options: &ImportOptions, mapping: Option<&Mapping>) -> Result<String> {
    let options = ImportOptions { force: None, lang: None, ..options.clone() };
    Ok(sha256(&[sent.sha256.as_bytes(), &serde_json::to_vec(&(options, mapping))?]))
}

/// The import that the same file already is: one that is at work, or that was written a short time ago with no row refused.
async fn earlier(ctx: &Ctx, asked: &str) -> Result<Option<Import>> {
    let Some(job) = job::same(ctx, asked).await? else { return Ok(None) };
    let is_young = job.created_at > ctx.clock.now() - TimeDelta::hours(SAME_HOURS);
    let is_good = job.state == "completed" && job.rejected == 0 && !job.dry_run && is_young;
    if !is_good && !OPEN.contains(&job.state.as_str()) {
        return Ok(None);
    }
    told(ctx, job).await.map(Some)
}

/// The import that was begun under a key, as far as it is by now.
async fn as_begun(ctx: &Ctx, id: Uuid) -> Result<Import> {
    told(ctx, job::find(ctx, id).await?).await
}

/// Keeps under the caller's key which import answers the call.
async fn keep(ctx: &Ctx, beginning: &Beginning, id: Uuid) -> Result<()> {
    let transaction = ctx.db.begin(true).await?;
    beginning.keep(ctx, ctx.db.within(&transaction), id).await?;
    Ok(transaction.commit().await?)
}

/// An import that was sent before, with its report where that is short.
async fn told(ctx: &Ctx, job: Job) -> Result<Import> {
    let is_short =
        job.row_count.is_some_and(|count| usize::try_from(count).is_ok_and(|count| count <= SHORT));
    let rows = if is_short {
        let wanted = Rows { limit: SHORT, ..Rows::default() };
        Some(job::rows(ctx.db.reading(), job.id, &wanted).await?)
    } else {
        None
    };
    Import::of(job, rows)
}

/// Another handle of a file.
pub(super) fn copy(file: &File) -> Result<File> {
    let io = |error: std::io::Error| Error::Internal(format!("a file that was sent cannot be read: {error}"));
    let mut copy = file.try_clone().map_err(io)?;
    std::io::Seek::rewind(&mut copy).map_err(io)?;
    Ok(copy)
}

/// What the sender should know: what of the file is left alone.
pub(super) fn warnings(read: &Read) -> Vec<ImportWarning> {
    let of_table = |table: &Table, code: &str, columns: &[String], why: String| ImportWarning {
        code: code.into(),
        kind: table.def.name.into(),
        columns: columns.to_vec(),
        message: why,
    };
    let told = read.tables.iter().filter(|table| !table.told.is_empty()).map(|table| {
        let text = format!("nobody writes {}: these columns are left alone", table.told.join(", "));
        of_table(table, "columns_left_alone", &table.told, text)
    });
    let others = read.tables.iter().filter(|table| !table.left_out.is_empty()).map(|table| {
        let text =
            format!("the mapping does not know {}: these columns are left out", table.left_out.join(", "));
        of_table(table, "columns_left_out", &table.left_out, text)
    });
    let sheets = read.tables.first().filter(|_| !read.left_out.is_empty()).map(|table| {
        let text = format!("these tables of the file are left out: {}", read.left_out.join(", "));
        of_table(table, "tables_left_out", &[], text)
    });
    told.chain(others).chain(sheets).collect()
}
