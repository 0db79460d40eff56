//! Rules of users: each has a pseudonymous number of its own in the log.

use std::collections::BTreeSet;

use entity::{Grant, User, grant, user, vocab::Role};
use futures_util::future::BoxFuture;
use kernel::{Code, Error, Result, Unit, row::Row, store, unit::Item};
use sea_orm::sea_query::{Cond, ExprTrait};

use super::{
    erasure::DOMAIN,
    focal_points::{FocalPoints, open},
};
use crate::{domain::Registered, signin::session};

/// An account is not closed while it is the last focal point of a country.
async fn keep_last_focal_points(unit: &Unit, items: &mut [Item]) -> Result<()> {
    let closing = |item: &Item| {
        !item.is_new() && !item.is_rejected() && !item.is_deletion() && item.changes(user::VALID_UNTIL.column)
    };
    let people: Vec<_> = items.iter().filter(|item| closing(item)).map(|item| item.after.id()).collect();
    if people.is_empty() {
        return Ok(());
    }
    let def = Grant::def();
    let appointed = Cond::all()
        .add(def.col(grant::ROLE.column).eq(Role::FocalPoint.code()))
        .add(def.col(grant::USER.column).is_in(people));
    let held = store::all(unit.conn(), def, appointed).await?;
    let owners: BTreeSet<String> = held.iter().map(|row| row.owner().to_owned()).collect();
    let mut in_office = FocalPoints::of(unit, &owners).await?;
    let now = unit.ctx.clock.now();
    for item in items.iter_mut().filter(|item| closing(item)) {
        if !in_office.weaken_user(item.after.id(), open(&item.after, now)) {
            let text = "the account is the last focal point of a country; appoint another one first";
            item.reject(Error::Conflict(Code::LastFocalPoint, text.into()));
        }
    }
    Ok(())
}

/// Only the operator opens and closes accounts.
fn keep_to_operators(unit: &Unit, items: &mut [Item]) {
    let actor = unit.actor();
    if actor.is_system() || actor.with_role(&[Role::Operator]).next().is_some() {
        return;
    }
    let closes = |item: &&mut Item| !item.is_new() && item.changes(user::VALID_UNTIL.column);
    for item in items.iter_mut().filter(closes) {
        item.reject(Error::Forbidden("only the operator opens and closes accounts".into()));
    }
}

/// Who was erased stays so: nobody is behind the account any more.
fn keep_erased(items: &mut [Item]) {
    let is_erased = |row: &Row| row.read(user::ERASED_AT).is_some();
    for item in items.iter_mut().filter(|item| item.before.as_ref().is_some_and(is_erased)) {
        item.reject(Error::Forbidden("the person was erased; the account stays as it is".into()));
    }
}

/// Stage for rules about state.
pub fn guard<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        keep_erased(items);
        keep_to_operators(unit, items);
        keep_last_focal_points(unit, items).await
    })
}

/// Numbers new users, one after the other.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        if !items.iter().any(|item| item.is_new() && !item.is_rejected()) {
            return Ok(());
        }
        unit.lock_owners(&["installation".to_owned()].into()).await?;
        let mut last = store::greatest(unit.conn(), User::def(), user::NUMBER.column).await?.unwrap_or(0);
        for item in items.iter_mut().filter(|item| item.is_new() && !item.is_rejected()) {
            if item.after.read(user::EMAIL).is_some_and(|email| email.ends_with(DOMAIN)) {
                item.fault("/email", Code::RuleBroken, "such addresses stand for persons who were erased");
            }
            last += 1;
            item.after.write(user::NUMBER, last);
        }
        Ok(())
    })
}

/// Lets no session outlast its account: sessions end with it, and stay ended when it is opened again.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let closed = |item: &&mut Item| {
            !item.is_new() && !item.is_rejected() && item.changes(user::VALID_UNTIL.column)
        };
        for item in items.iter_mut().filter(closed) {
            if let Some(until) = item.after.read(user::VALID_UNTIL) {
                session::end_by(unit.conn(), item.after.id(), until).await?;
            }
        }
        Ok(())
    })
}
