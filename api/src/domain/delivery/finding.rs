//! Findings: one closes with what takes it up, or with the reason why nothing does.

use entity::{finding, vocab::FindingStatus};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Result, Unit,
    actor::Actor,
    db::Conn,
    lifecycle::{Lack, Lacking},
    row::Row,
    unit::Item,
};

/// Whether an action or a task takes the finding up, or a reason says why none does.
fn has_follow_up(row: &Row) -> bool {
    row.read(finding::ACTION).is_some()
        || row.read(finding::TASK).is_some()
        || row.read(finding::CLOSING_REASON).is_some()
}

/// Finds the findings that nothing takes up and that have no reason.
#[must_use]
pub fn lacking<'a>(_: Conn<'a>, _: &'a Actor, rows: &'a [&'a Row]) -> BoxFuture<'a, Result<Lacking>> {
    let fact = Lack::of(
        "follow_up",
        "a linked `action` or `task`, or a `closing_reason` that says why there is none",
    );
    let loose = rows.iter().filter(|row| !has_follow_up(row));
    let found = loose.map(|row| (row.id(), vec![fact])).collect();
    Box::pin(async move { Ok(found) })
}

/// A closed finding keeps what closed it; a reopened one loses the reason.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let is_closed = item.after.read(finding::STATUS) == Some(FindingStatus::Closed);
            if is_closed && !has_follow_up(&item.after) {
                let text = "a closed finding has a linked `action` or `task`, or a reason why there is none";
                item.fault("/closing_reason", Code::Required, text);
            }
            if item.is_move() && !is_closed {
                item.after.clear(finding::CLOSING_REASON.column);
            }
        }
        Ok(())
    })
}
