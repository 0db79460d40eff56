//! Rules of users: each has a pseudonymous number of its own in the log.

use entity::vocab::Role;
use futures_util::future::BoxFuture;
use kernel::{Code, Error, Record, Result, Unit, store, unit::Item};
use sea_orm::sea_query::{Cond, ExprTrait};

use super::{grant::Grant, user::User};

/// An account is not closed while it is the last focal point of a country.
async fn keep_last_focal_points(unit: &Unit, items: &mut [Item]) -> Result<()> {
    let grant = Grant::def();
    for item in items.iter_mut().filter(|item| !item.is_new() && !item.is_rejected() && !item.is_deletion()) {
        if item.after.is_null("valid_until") || !item.changes("valid_until") {
            continue;
        }
        let appointed = Cond::all().add(grant.col("role").eq("focal_point"));
        let own = appointed.clone().add(grant.col("user_id").eq(item.after.id()));
        for held in store::all(unit.conn(), grant, own).await? {
            let others = appointed.clone().add(grant.col("owner").eq(held.owner()));
            let others = others.add(grant.col("user_id").ne(item.after.id()));
            if !store::exists(unit.conn(), grant, others).await? {
                let text = "the account is the last focal point of a country; appoint another one first";
                item.reject(Error::Conflict(Code::LastFocalPoint, text.into()));
            }
        }
    }
    Ok(())
}

/// Numbers new users, one after the other; only the operator opens and closes accounts.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let actor = unit.actor().clone();
        let operates = actor.is_system() || actor.with_role(&[Role::Operator]).next().is_some();
        for item in items.iter_mut().filter(|item| !item.is_new() && !item.is_deletion() && !operates) {
            if ["valid_until", "external_key", "source_system"].iter().any(|column| item.changes(column)) {
                item.reject(Error::Forbidden("only the operator opens and closes accounts".into()));
            }
        }
        keep_last_focal_points(unit, items).await?;
        if !items.iter().any(|item| item.is_new() && !item.is_rejected()) {
            return Ok(());
        }
        unit.lock_owners(&["installation".to_owned()].into()).await?;
        let mut last = store::greatest(unit.conn(), User::def(), "number").await?.unwrap_or(0);
        for item in items.iter_mut().filter(|item| item.is_new() && !item.is_rejected()) {
            last += 1;
            item.after.set("number", last);
        }
        Ok(())
    })
}
