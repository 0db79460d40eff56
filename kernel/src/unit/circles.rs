//! Links that may not lead back to where they start.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::{Unit, item::Item};
use crate::{
    error::{Code, Result},
    policy::visible,
    record::{KindDef, Link},
    store,
};

/// From each record to those its link names.
type Ways = HashMap<Uuid, Vec<Uuid>>;

impl Unit {
    /// Refuses links that would close a circle, where the declaration says so.
    pub(super) async fn check_circles(&self, def: &'static KindDef, items: &mut [Item]) -> Result<()> {
        for link in def.links.iter().filter(|link| link.is_acyclic) {
            let adds = |item: &&mut Item| {
                !item.is_rejected() && item.changes(link.column) && !item.after.ids(link.column).is_empty()
            };
            let (mut ways, mut owners) = (Ways::new(), BTreeSet::new());
            for item in items.iter_mut().filter(adds) {
                ways.insert(item.after.id(), item.after.ids(link.column));
                owners.insert(item.after.owner().to_owned());
            }
            if ways.is_empty() {
                continue;
            }
            self.lock_owners(&owners).await?;
            self.follow_links(def, link, &mut ways).await?;
            for item in items.iter_mut().filter(adds) {
                if reaches_itself(item.after.id(), &ways) {
                    let text = "the record would lead back to itself: a circle is not allowed here";
                    item.fault(&format!("/{}", link.column), Code::ReferenceCycle, text);
                }
            }
        }
        Ok(())
    }

    /// Adds the stored ways that lead on from the new ones.
    ///
    /// The walk goes through records the caller sees only: where a hidden one leads is not told by a refusal.
    async fn follow_links(&self, def: &'static KindDef, link: &Link, ways: &mut Ways) -> Result<()> {
        let mut front: BTreeSet<Uuid> =
            ways.values().flatten().copied().filter(|id| !ways.contains_key(id)).collect();
        let mut met: HashSet<Uuid> = front.iter().copied().collect();
        while !front.is_empty() {
            let which = Cond::all().add(visible(self.actor(), def)).add(def.col("id").is_in(front));
            let visible_now = store::distinct(self.conn(), def, "id", which).await?;
            front = BTreeSet::new();
            for (from, to) in self.linked(link.table, &visible_now).await? {
                ways.entry(from).or_default().push(to);
                if !ways.contains_key(&to) && met.insert(to) {
                    front.insert(to);
                }
            }
        }
        Ok(())
    }
}

fn reaches_itself(start: Uuid, ways: &Ways) -> bool {
    let mut stack = ways.get(&start).cloned().unwrap_or_default();
    let mut met = HashSet::new();
    while let Some(at) = stack.pop() {
        if at == start {
            return true;
        }
        if met.insert(at) {
            stack.extend(ways.get(&at).into_iter().flatten());
        }
    }
    false
}
