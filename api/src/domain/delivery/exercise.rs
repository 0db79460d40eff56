//! Exercises: one that was held says when.

use entity::{exercise, vocab::ActivityStatus};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Result, Unit,
    actor::Actor,
    db::Conn,
    lifecycle::{Lack, Lacking},
    row::Row,
    unit::Item,
};

/// Finds the exercises of which nobody says when they are held.
#[must_use]
pub fn lacking<'a>(_: Conn<'a>, _: &'a Actor, rows: &'a [&'a Row]) -> BoxFuture<'a, Result<Lacking>> {
    let fact = Lack::of("held_day", "the day it was held (`held_on`)");
    let undated = rows.iter().filter(|row| row.read(exercise::HELD_ON).is_none());
    let found = undated.map(|row| (row.id(), vec![fact])).collect();
    Box::pin(async move { Ok(found) })
}

/// A done exercise has the day it was held.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let is_done = item.after.read(exercise::STATUS) == Some(ActivityStatus::Done);
            if is_done && item.after.read(exercise::HELD_ON).is_none() {
                item.fault("/held_on", Code::Required, "an exercise that was held says when");
            }
        }
        Ok(())
    })
}
