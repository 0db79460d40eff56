//! Steps of cycles.

use entity::{cycle_step, vocab::StepStatus};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};
use model::Field;

/// A step is skipped by the move, which brings the reason.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        refuse_skipped(items, cycle_step::STATUS);
        Ok(())
    })
}

/// Refuses records that are made as skipped: the reason comes with the move.
pub(super) fn refuse_skipped(items: &mut [Item], status: Field<StepStatus>) {
    for item in items.iter_mut().filter(|item| !item.is_rejected() && item.is_new()) {
        if item.after.read(status) == Some(StepStatus::Skipped) {
            let text = "make it in an earlier state and then the move, with its reason";
            item.fault("/status", Code::RuleBroken, text);
        }
    }
}
