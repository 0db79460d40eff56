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
    row::{Row, STAMPS},
};

/// Items that were taken out of a batch, and what items were called before.
pub(super) struct Aside {
    /// With their places in the batch, in order.
    items: Vec<(usize, Item)>,
    places: Vec<String>,
}

impl Item {
    /// Whether the row as it shall be differs from the stored one in more than its stamps and what is made of the rest.
    pub(super) fn differs(&self) -> bool {
        self.before.as_ref().is_none_or(|before| differ(before, &self.after))
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

/// Whether two rows of a record differ in more than their stamps and what is made of the rest.
pub(super) fn differ(one: &Row, other: &Row) -> bool {
    one.def().columns.iter().enumerate().any(|(at, column)| {
        one.at(at) != other.at(at) && !column.is_derived && !STAMPS.contains(&column.name)
    })
}

impl Unit {
    /// Takes out of a batch the items that change nothing, where there are any. One of several about the same record stays,
    /// and so does what writes into the next edition of a plan, where that one may be refused as such.
    pub(super) fn set_aside(&mut self, def: &'static KindDef, items: &mut Vec<Item>) -> Option<Aside> {
        if self.drafts(def) || self.ctx.kinds.stages(def).prepare.is_some() {
            return None;
        }
        let actor = self.ctx.actor.clone();
        let mut same: Vec<bool> = items.iter().map(|item| item.is_same(&actor)).collect();
        if !same.contains(&true) {
            return None;
        }
        let mut named: HashMap<Uuid, usize> = HashMap::new();
        for id in items.iter().filter_map(|item| item.id) {
            *named.entry(id).or_default() += 1;
        }
        for (item, same) in items.iter().zip(&mut same) {
            *same &= item.id.is_some_and(|id| named.get(&id) == Some(&1));
        }
        let all = std::mem::take(items).into_iter().zip(same).enumerate();
        let (aside, rest): (Vec<_>, Vec<_>) = all.partition(|(_, (_, same))| *same);
        let places = rest.iter().map(|(at, _)| self.place(*at)).collect();
        let places = std::mem::replace(&mut self.places, places);
        items.extend(rest.into_iter().map(|(_, (item, _))| item));
        Some(Aside { items: aside.into_iter().map(|(at, (item, _))| (at, item)).collect(), places })
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
