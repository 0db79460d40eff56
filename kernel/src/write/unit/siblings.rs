//! Items of a batch that refer to other items of it, in any order.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Unit,
    current::owner_named,
    item::{Item, Operation},
    references::{Found, named},
};
use crate::{error::Code, record::KindDef, row::Row};

/// The columns with references to records of the same kind.
fn own_columns(def: &'static KindDef) -> impl Iterator<Item = &'static str> {
    def.columns.iter().filter(|column| column.target == Some(def.name)).map(|column| column.name)
}

impl Unit {
    /// Gives new records their ids, and lets the other items of the batch name them by key or code.
    pub(super) fn introduce(&self, def: &'static KindDef, items: &mut [Item], found: &mut Found) {
        if own_columns(def).next().is_none() && def.links.iter().all(|link| link.target != Some(def.name)) {
            return;
        }
        let makes = |item: &Item| matches!(item.operation, Operation::Create | Operation::Upsert);
        for item in items.iter_mut().filter(|item| item.is_new() && item.is_readable() && makes(item)) {
            let text = |name: &str| item.fields.get(name)?.as_str().map(str::to_owned);
            let owner = owner_named(def, item, found).or(self.ctx.actor.acting.as_deref());
            let Some(owner) = owner.map(str::to_owned) else { continue };
            let mut row = Row::empty(def);
            for name in def.code.into_iter().chain(["source_system", "external_key"]) {
                row.set_if_any(name, text(name));
            }
            let id = self.ctx.clock.id();
            row.set("id", id);
            row.set("owner", owner);
            item.id = Some(id);
            found.add(def, row);
        }
    }

    /// Refuses items that refer to a new record whose own item was refused.
    pub(super) fn refuse_orphans(&self, def: &'static KindDef, items: &mut [Item], found: &Found) {
        loop {
            let refused = items.iter().enumerate().filter(|(_, item)| item.is_rejected() && item.is_new());
            let refused: HashMap<Uuid, usize> =
                refused.filter_map(|(at, item)| Some((item.id?, at))).collect();
            if refused.is_empty() {
                return;
            }
            let mut any = false;
            for item in items.iter_mut().filter(|item| !item.is_rejected()) {
                let lost = |(pointer, target, value)| {
                    let row = found.get(target, value, Some(item.after.owner()))?;
                    Some((pointer, *refused.get(&row.id())?))
                };
                let own = named(def, item).into_iter().filter(|(_, target, _)| *target == def.name);
                let lost: Vec<(String, usize)> = own.filter_map(lost).collect();
                for (pointer, at) in lost {
                    let text = format!("{}, which makes the record, was refused", self.place(at));
                    item.fault(&pointer, Code::ReferenceNotFound, text);
                    any = true;
                }
                item.settle();
            }
            if !any {
                return;
            }
        }
    }
}

/// Rows in an order in which each comes after those it refers to.
pub(super) fn in_order(def: &'static KindDef, pairs: Vec<(Option<Row>, Row)>) -> Vec<(Option<Row>, Row)> {
    let columns: Vec<_> = own_columns(def).collect();
    if columns.is_empty() || pairs.len() < 2 {
        return pairs;
    }
    let ends = |row: &Row| columns.iter().filter_map(|column| row.uuid(column)).collect::<Vec<_>>();
    let ways: Vec<(Uuid, Vec<Uuid>)> = pairs.iter().map(|(_, row)| (row.id(), ends(row))).collect();
    let mut depth: HashMap<Uuid, usize> = ways.iter().map(|(id, _)| (*id, 0)).collect();
    // No circle is left here, so each way ends.
    for _ in 0..ways.len() {
        let mut grows = false;
        for (id, ends) in &ways {
            let below = ends.iter().filter_map(|end| depth.get(end)).max().map_or(0, |depth| depth + 1);
            if depth.insert(*id, below).is_some_and(|before| before != below) {
                grows = true;
            }
        }
        if !grows {
            break;
        }
    }
    let mut pairs = pairs;
    pairs.sort_by_key(|(_, row)| depth.get(&row.id()).copied());
    pairs
}
