//! Memberships in working groups.

use entity::membership;
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};

/// A member is either an agency or a person.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let agency = item.after.read(membership::AGENCY).is_some();
            if agency == item.after.read(membership::PERSON_NAME).is_some() {
                item.fault("/agency", Code::RuleBroken, "a member is either an agency or a person");
            }
        }
        Ok(())
    })
}
