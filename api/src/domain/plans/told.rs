//! Progress of pillars and objectives as their owner tells it, instead of the computed figure.

use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};

const PERCENT: &str = "progress_override_percent";
const REASON: &str = "progress_override_reason";

/// A figure that is told comes with its reason, and a reason with its figure.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let missing = match (item.after.is_null(PERCENT), item.after.is_null(REASON)) {
                (false, true) => REASON,
                (true, false) => PERCENT,
                _ => continue,
            };
            let text =
                "a figure that is told instead of the computed one has a reason: give both, or neither";
            item.fault(&format!("/{missing}"), Code::Required, text);
        }
        Ok(())
    })
}
