//! Bundles as they are noted: those that were made for an owner, and those that were received.

use entity::bundle::{self, Column, Entity};
use kernel::{Ctx, Error, Result, View};
use model::access::Role;
use sea_orm::{ColumnTrait, sea_query::Cond};
use uuid::Uuid;

use super::{Bundle, BundlePage};
use crate::domain::exchange::kept;

/// Who decides for an owner, or sees all that is not kept to agencies.
const FULL: [Role; 2] = [Role::FocalPoint, Role::Secretariat];

/// The bundles that the caller may know of: those made for its owner, to focal point and secretariat; those received, to
/// operators.
fn seen(view: &View) -> Cond {
    let actor = &view.actor;
    let mut any = Cond::any();
    if actor.key.is_none() && actor.with_role(&[Role::Operator]).next().is_some() {
        any = any.add(Column::State.ne("made"));
    }
    for grant in
        actor.with_role(&FULL).filter(|grant| grant.within_plan.is_none() && grant.read_ceiling.is_none())
    {
        any = any.add(Cond::all().add(Column::State.eq("made")).add(Column::Owner.eq(grant.owner.as_str())));
    }
    any
}

/// A bundle that the caller may know of.
///
/// # Errors
/// `NotFound` where it knows of none.
pub async fn find(ctx: &Ctx, id: Uuid) -> Result<Bundle> {
    let found = select(ctx, Cond::all().add(Column::Id.eq(id)), (None, 1)).await?.pop();
    Bundle::of(found.ok_or(Error::NotFound)?, ctx.clock.now())
}

/// The bundles that the caller may know of, the last one first.
///
/// # Errors
/// `BadRequest` for a cursor that is none.
pub async fn list(ctx: &Ctx, after: Option<&str>, limit: usize) -> Result<BundlePage> {
    let found = select(ctx, Cond::all(), (kept::cursor(after)?, limit.saturating_add(1))).await?;
    let (found, next) = kept::page(found, limit, |bundle| bundle.id.to_string());
    let items = found.into_iter().map(|bundle| Bundle::of(bundle, ctx.clock.now())).collect::<Result<_>>()?;
    Ok(BundlePage { items, next })
}

async fn select(ctx: &Ctx, which: Cond, page: (Option<Uuid>, usize)) -> Result<Vec<bundle::Model>> {
    let seen = seen(ctx);
    if seen.is_empty() || ctx.actor.viewing.is_some() {
        return Ok(Vec::new());
    }
    kept::select::<Entity>(ctx.db.reading(), Column::Id, which.add(seen), page).await
}
