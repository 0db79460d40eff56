//! Risks.

use entity::risk;
use futures_util::future::BoxFuture;
use kernel::{Result, Unit, unit::Item};

/// Keeps the product of likelihood and impact beside them.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let of = [risk::LIKELIHOOD, risk::IMPACT].map(|field| item.after.read(field).unwrap_or_default());
            item.after.write(risk::SCORE, of.into_iter().fold(1, i32::saturating_mul));
        }
        Ok(())
    })
}
