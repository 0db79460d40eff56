//! Rules of users: each has a pseudonymous number of its own in the log.

use futures_util::future::BoxFuture;
use kernel::{Record, Result, Unit, store, unit::Item};

use super::user::User;

/// Numbers new users, one after the other.
pub fn number<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
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
