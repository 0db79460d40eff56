//! What stored lists hold that the caller cannot see: writing a list back takes nothing of it away.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::{Unit, item::Item, rules::Sets};
use crate::{error::Result, policy::visible, record::KindDef, row::Row, shared_sets::Members, store};

/// Ids in stored lists that the caller cannot see, and the stored shared sets.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    ids: HashSet<Uuid>,
    sets: Sets,
}

impl Hidden {
    /// The list to store when the caller gives `given` for what it sees of `stored`.
    pub(super) fn list(&self, stored: Vec<Uuid>, mut given: Vec<Uuid>) -> Vec<Uuid> {
        if stored.iter().filter(|id| !self.ids.contains(id)).eq(given.iter()) {
            return stored;
        }
        given.extend(stored.into_iter().filter(|id| self.ids.contains(id)));
        given
    }

    /// Adds to a shared set what the caller does not see of the stored one.
    pub(super) fn set(&self, stored: Option<&Row>, given: &mut Members) {
        let set = stored.and_then(|row| self.sets.get(&row.uuid("shared_set_id")?));
        let Some(set) = set else { return };
        given.agencies.extend(set.agencies.iter().filter(|id| self.ids.contains(id)));
        given.groups.extend(set.groups.iter().filter(|id| self.ids.contains(id)));
    }
}

impl Unit {
    /// Looks for what the caller cannot see in the stored lists that the items write.
    pub(super) async fn hidden(&self, def: &'static KindDef, items: &[Item]) -> Result<Hidden> {
        if self.ctx.actor.is_system() {
            return Ok(Hidden::default());
        }
        let mut listed: BTreeMap<&'static str, BTreeSet<Uuid>> = BTreeMap::new();
        let written = || items.iter().filter_map(|item| Some((&item.fields, item.before.as_ref()?)));
        for (fields, row) in written() {
            for link in def.links.iter().filter(|link| fields.contains_key(link.column)) {
                let Some(target) = link.target else { continue };
                listed.entry(target).or_default().extend(row.ids(link.column));
            }
        }
        let shared = written().filter(|(fields, _)| fields.contains_key("shared_with")).map(|(_, row)| row);
        let sets = self.sets_of(shared).await?;
        for set in sets.values() {
            listed.entry("agency").or_default().extend(&set.agencies);
            listed.entry("working_group").or_default().extend(&set.groups);
        }
        let mut hidden = Hidden { ids: HashSet::new(), sets };
        for (kind, ids) in listed.into_iter().filter(|(_, ids)| !ids.is_empty()) {
            let Some(target) = self.ctx.kinds.get(kind) else { continue };
            let which = Cond::all()
                .add(visible(&self.ctx.actor, target))
                .add(target.col("id").is_in(ids.iter().copied()));
            let seen = store::distinct(self.conn(), target, "id", which).await?;
            hidden.ids.extend(ids.difference(&seen));
        }
        Ok(hidden)
    }
}
