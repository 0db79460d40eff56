//! Contact points: each is an agency of the country, or a body that is named.

use entity::contact_point::{AGENCY, BODY};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};

/// A contact point says who it is.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            if item.after.read(AGENCY).is_none() && item.after.read(BODY).is_none() {
                item.fault("/body", Code::Required, "a contact point is an `agency` or a `body`: give one");
            }
        }
        Ok(())
    })
}
