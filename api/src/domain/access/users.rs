//! Rules of users: each has a pseudonymous number of its own in the log.

use entity::vocab::Role;
use futures_util::future::BoxFuture;
use kernel::{Error, Record, Result, Unit, store, unit::Item};

use super::user::User;

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
