//! Gaps: what a severity and a later state need.

use entity::{gap, vocab::GapStatus};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};

/// A severity comes with its reasons; a gap is accepted by a move, with its reason.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let row = &item.after;
            let is_severe = row.read(gap::SEVERITY).is_some();
            if is_severe && row.read(gap::SEVERITY_RATIONALE).is_none() {
                let text = "say why the gap is that severe";
                item.fault("/severity_rationale", Code::Required, text);
            }
            if item.is_new() && item.after.read(gap::STATUS) == Some(GapStatus::Accepted) {
                let text = "make the gap in an earlier state and then the move, with its reason";
                item.fault("/status", Code::RuleBroken, text);
            }
        }
        Ok(())
    })
}
