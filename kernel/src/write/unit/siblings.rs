//! Items of a batch that refer to other items of it, in any order.

use std::{collections::HashMap, sync::Arc};

use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    Unit,
    current::owner_named,
    item::{Item, Operation},
    references::{Found, Token, named},
};
use crate::{error::Code, record::KindDef, row::Row};

/// By kind and name, what the items are called that were to make records and were refused.
pub(super) type Refused = HashMap<&'static str, HashMap<Token, String>>;

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
        let makes =
            |item: &Item| !item.is_restored() && (item.operation == Operation::Create || item.key.is_some());
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

    /// Keeps by what names the records that refused items were to make, and what these items are called, for the
    /// items of other kinds that refer to them.
    pub(super) fn remember_refused(&mut self, def: &'static KindDef, items: &[Item]) {
        let lost: Vec<(Token, String)> = items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.is_rejected() && item.is_new())
            .flat_map(|(at, item)| names_of(def, item).map(move |token| (token, at)))
            .map(|(token, at)| (token, self.place(at)))
            .collect();
        if !lost.is_empty() {
            Arc::make_mut(&mut self.refused).entry(def.name).or_default().extend(lost);
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
                let own = named(self.ctx.kinds, def, &item.fields)
                    .into_iter()
                    .filter(|(_, target, _)| *target == def.name);
                let lost: Vec<(String, usize)> = own.filter_map(lost).collect();
                for (pointer, at) in lost {
                    item.fault(&pointer, Code::ReferenceNotFound, was_refused(&self.place(at)));
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

/// What names the record that an item makes: its key and its code.
fn names_of(def: &KindDef, item: &Item) -> impl Iterator<Item = Token> {
    let text = |name: &str| item.fields.get(name).and_then(Json::as_str).map(str::to_owned);
    let key = item.key.clone().or_else(|| text("source_system").zip(text("external_key")));
    let code = def.code.and_then(text);
    key.map(|(system, key)| Token::Key(system, key)).into_iter().chain(code.map(Token::Code))
}

/// What is said of a reference to a record that was not made.
pub(super) fn was_refused(place: &str) -> String {
    format!("{place}, which makes the record, was refused")
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
