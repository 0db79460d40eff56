//! Items that amend a record into what it is already: set aside before anything judges changes.
//!
//! What changes nothing needs no right to edit, no open plan and no rule. It only must not tell more than its sender is
//! shown: whether a value that is kept from it is the right one is not for it to learn.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Unit,
    item::{Item, Operation},
};
use crate::{
    actor::Actor,
    policy::{is_inside, is_party, withheld},
    record::{Expected, KindDef, part::Form},
    row::Row,
};

/// Columns that say when and by whom, and so never make a difference.
pub(super) const STAMPS: &[&str] = &["version", "created_at", "created_by", "updated_at", "updated_by"];

/// Items that were taken out of a batch, and what items were called before.
#[derive(Default)]
pub(super) struct Aside {
    /// With their places in the batch, in order.
    items: Vec<(usize, Item)>,
    places: Vec<String>,
}

impl Item {
    /// Whether the row as it shall be differs from the stored one in more than its stamps and what is made of the rest.
    pub(super) fn differs(&self) -> bool {
        let Some(before) = &self.before else { return true };
        before.def().columns.iter().enumerate().any(|(at, column)| {
            before.at(at) != self.after.at(at) && !column.is_derived && !STAMPS.contains(&column.name)
        })
    }

    /// Whether the item amends a record into what it is already, and its sender is shown that.
    fn is_same(&self, actor: &Actor) -> bool {
        let Some(before) = &self.before else { return false };
        let is_amendment = self.operation == Operation::Upsert && self.key.is_none();
        let is_expected = match self.expected {
            Expected::Anything | Expected::Existing => true,
            Expected::Version(version) => version == before.version(),
            Expected::New => false,
        };
        let state = before.def().lifecycle.and_then(|cycle| before.text(cycle.state));
        let keeps_state = self.wanted_state.is_none() || self.wanted_state.as_deref() == state;
        is_amendment
            && is_expected
            && keeps_state
            && !self.is_rejected()
            && !self.has_faults()
            && !self.differs()
            && self.is_shown(actor, before)
    }

    /// Whether the sender is shown everything that it says of the record.
    fn is_shown(&self, actor: &Actor, row: &Row) -> bool {
        let def = row.def();
        let withheld = withheld(actor, row);
        let is_copy = |name: &str| def.any.iter().any(|any| any.shows == Some(name));
        let is_kept_back = |name: &String| {
            withheld.contains(&name.as_str())
                || (name == "translations" && !withheld.is_empty())
                || is_copy(name)
        };
        if self.fields.keys().any(is_kept_back) {
            return false;
        }
        if actor.is_system() || is_inside(actor, def, row.owner()) {
            return true;
        }
        let is_told = |name: &String| {
            let part = def.parts.iter().find(|part| part.name == name);
            part.is_some_and(|part| {
                !matches!(part.form, Form::Inside(_) | Form::Ahead(..) | Form::SharedWith)
            })
        };
        (self.expected == Expected::Anything || is_party(actor, row)) && self.fields.keys().all(is_told)
    }
}

impl Unit {
    /// Takes out of a batch the items that change nothing. One of several about the same record stays, and so does what
    /// writes into the next edition of a plan, where that one may be refused as such.
    pub(super) fn set_aside(&mut self, def: &'static KindDef, items: &mut Vec<Item>) -> Aside {
        let mut named: HashMap<Uuid, usize> = HashMap::new();
        for id in items.iter().filter_map(|item| item.id) {
            *named.entry(id).or_default() += 1;
        }
        let actor = self.ctx.actor.clone();
        let is_free = !self.drafts(def) && self.ctx.kinds.stages(def).prepare.is_none();
        let is_only = |item: &Item| item.id.is_some_and(|id| named.get(&id) == Some(&1));
        let is_same = |item: &Item| is_free && is_only(item) && item.is_same(&actor);
        let (aside, rest): (Vec<_>, Vec<_>) =
            std::mem::take(items).into_iter().enumerate().partition(|(_, item)| is_same(item));
        if aside.is_empty() {
            items.extend(rest.into_iter().map(|(_, item)| item));
            return Aside { items: aside, places: self.places.clone() };
        }
        let places = rest.iter().map(|(at, _)| self.place(*at)).collect();
        let places = std::mem::replace(&mut self.places, places);
        items.extend(rest.into_iter().map(|(_, item)| item));
        Aside { items: aside, places }
    }

    /// Puts what was taken out into its places again, as unchanged.
    pub(super) fn put_back(&mut self, aside: Aside, items: &mut Vec<Item>) {
        self.places = aside.places;
        let mut rest = std::mem::take(items).into_iter();
        for (at, mut item) in aside.items {
            items.extend(rest.by_ref().take(at - items.len()));
            item.is_unchanged = true;
            items.push(item);
        }
        items.extend(rest);
    }
}
