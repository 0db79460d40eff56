//! Four eyes: where an owner wants it, somebody else of the owner commits what was sent.

use std::sync::Arc;

use entity::{ImportRule, import_job::Column, import_rule, vocab::Role};
use kernel::{Ctx, Error, Result, actor::Actor, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::{
    Import, ImportOptions, Sent, Started,
    job::{self, Job},
    outcome::COMMITTED,
    start,
};
use crate::{domain::Registered, signin::standing::sender};

/// Roles whose holders review what others of the owner send.
const FULL: [Role; 4] = [Role::FocalPoint, Role::Secretariat, Role::Regional, Role::Partner];

/// Whether the owner for whom the caller acts wants a second person.
///
/// # Errors
/// What the database says.
pub(super) async fn needs_two(ctx: &Ctx, owner: &str) -> Result<bool> {
    let def = ImportRule::def();
    let which = Cond::all()
        .add(def.col("owner").eq(owner))
        .add(def.col(import_rule::NEEDS_SECOND_PERSON.column).eq(true));
    store::exists(ctx.db.reading(), def, which).await
}

/// Refuses to commit what the caller sent itself, where a second person is wanted.
///
/// # Errors
/// `Forbidden`.
pub(super) async fn check(ctx: &Ctx, job: &Job) -> Result<()> {
    if !needs_two(ctx, &job.owner).await? {
        return Ok(());
    }
    let sender = match job.reviews {
        Some(of) => job::any(ctx.db.reading(), of).await?.user_id,
        None => job.user_id,
    };
    if Some(sender) == ctx.actor.user {
        let text = "a second person commits what is imported here: somebody else of the owner reviews it (`POST /imports/{id}/review`)";
        return Err(Error::Forbidden(text.into()));
    }
    Ok(())
}

/// Whether the caller sees how far the imports of others of its owner are.
fn oversees(ctx: &Ctx) -> bool {
    ctx.actor.key.is_none() && ctx.actor.with_role(&FULL).next().is_some()
}

/// The import with this id: the caller's own, or another one of its owner, for those who oversee them.
///
/// # Errors
/// `NotFound` where there is none.
pub(super) async fn find(ctx: &Ctx, id: Uuid) -> Result<Job> {
    match job::find(ctx, id).await {
        Err(Error::NotFound) if oversees(ctx) => {
            let job = job::any(ctx.db.reading(), id).await?;
            if Some(&job.owner) == ctx.actor.acting.as_ref() { Ok(job) } else { Err(Error::NotFound) }
        }
        found => found,
    }
}

/// The condition of imports that the caller lists: its own, or all of its owner.
///
/// # Errors
/// `Forbidden` for who does not oversee the imports of its owner.
pub(super) fn listed(ctx: &Ctx, of_owner: bool) -> Result<Option<Cond>> {
    if !of_owner {
        return Ok(None);
    }
    match &ctx.actor.acting {
        Some(owner) if oversees(ctx) => {
            use sea_orm::ColumnTrait;
            Ok(Some(Cond::all().add(Column::Owner.eq(owner.as_str()))))
        }
        _ => {
            Err(Error::Forbidden("the imports of others are listed for focal points and secretariats".into()))
        }
    }
}

/// Judges the file that somebody else of the owner sent, as the caller sees and may write it: an import of the caller, which it
/// then commits.
///
/// # Errors
/// `NotFound` where there is no such import; `IllegalMove` where it waits for nobody, or is the caller's own.
pub async fn review(ctx: &Ctx, id: Uuid) -> Result<Started> {
    ctx.actor.must_be_itself()?;
    let job = find(ctx, id).await?;
    if Some(job.user_id) == ctx.actor.user {
        return Err(Error::no_move("the import is your own: somebody else reviews it".to_owned()));
    }
    if job.state != "awaiting_approval" || job.reviews.is_some() {
        return Err(Error::no_move(format!("the import does not wait for a review: it is {}", job.state)));
    }
    let file = job::file(ctx.db.reading(), id).await?;
    let kept: ImportOptions = serde_json::from_value(job.options.clone())?;
    let options = ImportOptions { dry_run: Some(true), force: Some(true), ..kept };
    let bytes = u64::try_from(job.bytes).unwrap_or_default();
    let sent = Sent { file, bytes, sha256: job.sha256.clone() };
    start::start_review(ctx, sent, options, &job).await
}

/// The context of who carries out an import: of a review with the source systems of who sent the file.
///
/// # Errors
/// What the database says.
pub(super) async fn lent(ctx: &Ctx, job: &Job) -> Result<Ctx> {
    let Some(of) = job.reviews else { return Ok(ctx.clone()) };
    let sent = job::any(ctx.db.reading(), of).await?;
    let writes_for = sender(ctx, sent.user_id, &sent.owner, sent.api_key_id).await?.map(Arc::new);
    let mut actor = Actor::clone(&ctx.actor);
    actor.writes_for = writes_for;
    Ok(ctx.acting(actor))
}

/// Ends the import that was reviewed, once its review is written: its sender reads there what became of it.
///
/// # Errors
/// What the database says.
pub(super) async fn settle(ctx: &Ctx, review: &Import) -> Result<()> {
    let Some(of) = review.reviews.filter(|_| review.finished_at.is_some() && !review.dry_run) else {
        return Ok(());
    };
    let mut job = job::any(ctx.db.reading(), of).await?;
    (job.state, job.dry_run, job.finished_at) = (review.state.clone(), false, review.finished_at);
    job.sets = serde_json::to_value(&review.sets)?;
    (job.created, job.updated, job.unchanged) = (review.created, review.updated, review.unchanged);
    (job.deleted, job.rejected) = (review.deleted, review.rejected);
    job::store(ctx.db.writing(), &job, &COMMITTED, job::in_state(&["awaiting_approval"])).await?;
    Ok(())
}
