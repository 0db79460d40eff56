//! Milestones of roadmaps: what they wait for.

use std::collections::{BTreeSet, HashMap};

use entity::{Milestone, milestone, vocab::StepStatus};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Result, Unit,
    actor::Actor,
    db::Conn,
    lifecycle::{Lack, Lacking},
    row::Row,
    store,
    unit::Item,
};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::step::refuse_skipped;
use crate::domain::Registered;

fn waits_for(row: &Row) -> Vec<Uuid> {
    row.read(milestone::DEPENDS_ON).unwrap_or_default()
}

/// Finds the milestones that wait for others which are neither done nor skipped; hidden ones count too.
#[must_use]
pub fn lacking<'a>(conn: Conn<'a>, _: &'a Actor, rows: &'a [&'a Row]) -> BoxFuture<'a, Result<Lacking>> {
    Box::pin(async move {
        let ids: BTreeSet<Uuid> = rows.iter().flat_map(|row| waits_for(row)).collect();
        if ids.is_empty() {
            return Ok(Lacking::new());
        }
        let def = Milestone::def();
        let over = [StepStatus::Done, StepStatus::Skipped].map(StepStatus::code);
        let open =
            Cond::all().add(def.col("id").is_in(ids)).add(def.col(milestone::STATUS.column).is_not_in(over));
        let open = store::distinct(conn, def, "id", open).await?;
        let waiting = rows.iter().filter(|row| waits_for(row).iter().any(|id| open.contains(id)));
        let fact = Lack::of("dependencies_done", "every milestone it depends on done or skipped");
        Ok(waiting.map(|row| (row.id(), vec![fact])).collect())
    })
}

/// A milestone waits for milestones of its own cycle only, and is skipped by the move, which brings the reason.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        refuse_skipped(items, milestone::STATUS);
        let changes = |item: &&mut Item| {
            !item.is_rejected() && !item.is_deletion() && item.changes(milestone::DEPENDS_ON.column)
        };
        let ids: BTreeSet<Uuid> =
            items.iter_mut().filter(changes).flat_map(|item| waits_for(&item.after)).collect();
        let stored = unit.rows_of(Milestone::def(), &ids).await?;
        let cycle_of = |row: &Row| row.read(milestone::CYCLE);
        let mut cycles: HashMap<Uuid, Option<Uuid>> =
            stored.values().map(|row| (row.id(), cycle_of(row))).collect();
        cycles.extend(items.iter().map(|item| (item.after.id(), cycle_of(&item.after))));
        for item in items.iter_mut().filter(changes) {
            let own = cycle_of(&item.after);
            if waits_for(&item.after).iter().any(|id| cycles.get(id).is_some_and(|cycle| *cycle != own)) {
                let text = "a milestone depends on milestones of its own cycle only";
                item.fault("/depends_on", Code::RuleBroken, text);
            }
        }
        Ok(())
    })
}
