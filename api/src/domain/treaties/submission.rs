//! Submissions: for what, and when.

use entity::{submission, vocab::SubmissionStatus};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};

/// A submission is for a deadline or a commitment, was sent by now, and its receipt belongs to it.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let today = unit.ctx.clock.today();
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let row = &item.after;
            let (sent, received) = (row.read(submission::SENT_ON), row.read(submission::RECEIVED_ON));
            let is_received = row.read(submission::STATUS) == Some(SubmissionStatus::Received);
            let is_for_something =
                row.read(submission::DEADLINE).is_some() || row.read(submission::COMMITMENT).is_some();
            if !is_for_something {
                item.fault("/deadline", Code::Required, "say for which `deadline` or `commitment`");
            }
            // A country may be a day ahead of the service's own day.
            if sent.is_some_and(|day| day > today.succ_opt().unwrap_or(today)) {
                item.fault("/sent_on", Code::RuleBroken, "what was sent was sent today or earlier");
            }
            if received < sent && received.is_some() {
                item.fault("/received_on", Code::RuleBroken, "nothing is received before it is sent");
            }
            if !is_received {
                item.after.clear(submission::RECEIPT.column);
                item.after.clear(submission::RECEIVED_ON.column);
            }
        }
        Ok(())
    })
}
