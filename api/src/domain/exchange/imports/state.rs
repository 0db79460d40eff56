//! Imports after they were sent: looked at, committed, cancelled.

use entity::import_job::Column;
use kernel::{Code, Ctx, Error, Result, db::Conn};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Import, ImportOptions, ImportPage, ImportRowPage, admit,
    carry::{Carried, planned},
    job::{self, OPEN, Rows},
    mapping,
    outcome::COMMITTED,
    read::{self, Read},
    review, speech,
    start::{Started, launch},
    taken_back,
};
use crate::domain::{
    KINDS,
    exchange::{hold::Hold, kept},
};

/// The import with this id: the caller's own, or another one of its owner, for those who oversee them.
///
/// # Errors
/// `NotFound` where there is none.
pub async fn find(ctx: &Ctx, id: Uuid) -> Result<Import> {
    let mut import = Import::of(review::find(ctx, id).await?, None)?.followed(ctx.clock.now());
    taken_back::tell(ctx.db.reading(), std::slice::from_mut(&mut import)).await?;
    Ok(import)
}

/// The caller's imports, or all of its owner, the last one first.
///
/// # Errors
/// `BadRequest` for a cursor that is none; `Forbidden` for who does not oversee the imports of its owner.
pub async fn list(ctx: &Ctx, of_owner: bool, (after, limit): (Option<&str>, usize)) -> Result<ImportPage> {
    let which = review::listed(ctx, of_owner)?;
    let jobs = job::list(ctx, which, (kept::cursor(after)?, limit.saturating_add(1))).await?;
    let (jobs, next) = kept::page(jobs, limit, |job| job.id.to_string());
    let now = ctx.clock.now();
    let shown = |job| Ok(Import::of(job, None)?.followed(now));
    let mut items = jobs.into_iter().map(shown).collect::<Result<Vec<_>>>()?;
    taken_back::tell(ctx.db.reading(), &mut items).await?;
    Ok(ImportPage { items, next })
}

async fn page(ctx: &Ctx, id: Uuid, mut wanted: Rows, after: Option<&str>) -> Result<ImportRowPage> {
    let job = job::find(ctx, id).await?;
    wanted.after = kept::cursor(after)?;
    let limit = wanted.limit;
    wanted.limit = limit.saturating_add(1);
    let rows = job::rows(ctx.db.reading(), job.id, &wanted).await?;
    let (rows, next) = kept::page(rows, limit, |row| row.seq.to_string());
    let mut items: Vec<_> = rows.into_iter().map(|verdict| verdict.row).collect();
    speech::speak(&mut items, &ctx.locale);
    Ok(ImportRowPage { items, next })
}

/// What became of the rows of the caller's import.
///
/// # Errors
/// `NotFound` where it has none; `BadRequest` for a result that is none, or a cursor.
pub async fn rows(
    ctx: &Ctx,
    id: Uuid,
    result: Option<&str>,
    (after, limit): (Option<&str>, usize),
) -> Result<ImportRowPage> {
    page(ctx, id, Rows { results: results(result)?, after: None, limit }, after).await
}

/// Results of rows, separated by commas.
///
/// # Errors
/// `BadRequest` for one that is none.
pub(super) fn results(given: Option<&str>) -> Result<Vec<String>> {
    let results: Vec<String> =
        given.unwrap_or_default().split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let known = ["created", "updated", "unchanged", "deleted", "rejected"];
    match results.iter().find(|one| !known.contains(&one.as_str())) {
        Some(other) => {
            let text = format!("{} is not one of {}", kernel::input::cut(&json!(other)), known.join(", "));
            Err(Error::bad_request("?result", Code::NotInList, text))
        }
        None => Ok(results),
    }
}

/// The refused rows of the caller's import, with what is wrong with each.
///
/// # Errors
/// `NotFound` where it has none; `BadRequest` for a cursor that is none.
pub async fn errors(ctx: &Ctx, id: Uuid, (after, limit): (Option<&str>, usize)) -> Result<ImportRowPage> {
    page(ctx, id, Rows { results: vec!["rejected".into()], after: None, limit }, after).await
}

/// A plan that is to be committed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, async_graphql::InputObject)]
pub struct CommitInput {
    /// `import_plan` of the dry run.
    pub import_plan: String,
}

/// Does exactly what a dry run showed.
///
/// # Errors
/// `NotFound` where the caller has no such import; `Conflict` where it waits for nobody, the plan is another one, or the records
/// have changed since; `Limited` where an owner has as many imports at work as it may.
pub async fn commit(ctx: &Ctx, id: Uuid, input: &CommitInput) -> Result<Started> {
    ctx.actor.must_be_itself()?;
    let mut job = job::find(ctx, id).await?;
    review::check(ctx, &job).await?;
    let Some(hold) = Hold::take(ctx, id).await? else { return Err(wrong_state("it is at work")) };
    let read = match begin(ctx, &mut job, input).await {
        Ok(read) => read,
        Err(error) => {
            hold.end().await?;
            return Err(error);
        }
    };
    let planned = planned(ctx.db.reading(), &job).await?;
    launch(Carried::of(ctx, job, read, planned), hold).await
}

async fn begin(ctx: &Ctx, job: &mut job::Job, input: &CommitInput) -> Result<(Read, ImportOptions)> {
    if job.state != "awaiting_approval" {
        return Err(wrong_state(&format!("it is {}", job.state)));
    }
    if job.import_plan.as_deref() != Some(input.import_plan.as_str()) {
        let text = "this is not the plan of this import: take `import_plan` of its dry run";
        return Err(Error::Conflict(Code::PlanMoved, text.into()));
    }
    let options: ImportOptions = serde_json::from_value(job.options.clone())?;
    let file = job::file(ctx.db.reading(), job.id).await?;
    let how = options.reading(&KINDS, mapping::mapped(ctx, job::mapping(job)?).await?)?;
    let read = read::apart(file, how).await?;
    (job.dry_run, job.state, job.done, job.finished_at) = (false, "uploaded".into(), 0, None);
    (job.created, job.updated, job.unchanged, job.deleted, job.rejected) = (0, 0, 0, 0, 0);
    let transaction = ctx.db.begin(true).await?;
    let admitted = admitted(ctx.db.within(&transaction), job).await;
    match &admitted {
        Ok(()) => transaction.commit().await?,
        Err(_) => transaction.rollback().await?,
    }
    admitted.map(|()| (read, options))
}

/// Puts down that a plan is carried out, as one more import of its owner that is at work.
async fn admitted(conn: Conn<'_>, job: &job::Job) -> Result<()> {
    admit::alone(conn, &job.owner).await?;
    admit::check(conn, &job.owner, job.id).await?;
    if !job::store(conn, job, &COMMITTED, job::in_state(&["awaiting_approval"])).await? {
        return Err(wrong_state("somebody else goes on with it"));
    }
    Ok(())
}

fn wrong_state(why: &str) -> Error {
    Error::no_move(format!("the import does not wait to be committed: {why}"))
}

/// Ends an import that is not done; what it has written stays.
///
/// # Errors
/// `NotFound` where the caller has no such import; `IllegalMove` where it is done.
pub async fn cancel(ctx: &Ctx, id: Uuid) -> Result<Import> {
    ctx.actor.must_be_itself()?;
    let mut job = review::find(ctx, id).await?;
    let states: Vec<&str> = OPEN.into_iter().chain(["awaiting_approval"]).collect();
    (job.state, job.finished_at) = ("cancelled".into(), Some(ctx.clock.now()));
    let columns = [Column::State, Column::FinishedAt];
    if !job::store(ctx.db.writing(), &job, &columns, job::in_state(&states)).await? {
        let detail = format!(
            "the import is {}: only one that is not done is cancelled",
            review::find(ctx, id).await?.state
        );
        return Err(Error::no_move(detail));
    }
    find(ctx, id).await
}
