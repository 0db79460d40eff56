//! Links that may not lead back to where they start.

use std::collections::{BTreeSet, HashMap, HashSet, hash_map::Entry};

use sea_orm::sea_query::Cond;
use uuid::Uuid;

use super::{Unit, item::Item};
use crate::{
    error::{Code, Error, Result},
    policy::visible,
    record::KindDef,
    row::Row,
    store::{self, Wanted},
};

/// Steps of a way that are told.
const STEPS: usize = 20;

/// The way of a circle of so many steps, for people: as each is called, and back to the first.
pub fn way(steps: usize, called: impl Fn(usize) -> String) -> String {
    let mut told: Vec<String> = (0..steps.min(STEPS)).map(&called).collect();
    if steps > STEPS {
        told.push("…".to_owned());
    }
    told.extend((steps > 0).then(|| called(0)));
    told.join(" -> ")
}

/// From each record to those it leads to.
type Ways = HashMap<Uuid, Vec<Uuid>>;

/// A reference of records to others of their kind.
#[derive(Clone, Copy)]
struct Own {
    column: &'static str,
    field: &'static str,
    /// The link table of a list of references.
    table: Option<&'static str>,
}

impl Own {
    /// All of a kind: none of them may lead back to where it starts.
    fn of(def: &'static KindDef) -> impl Iterator<Item = Self> {
        let own = |target: Option<&str>| target == Some(def.name);
        let columns = def.columns.iter().filter(move |column| own(column.target));
        let links = def.links.iter().filter(move |link| own(link.target));
        let one = columns.map(|column| Self { column: column.name, field: column.field, table: None });
        one.chain(links.map(|link| Self { column: link.column, field: link.column, table: Some(link.table) }))
    }

    fn ends(self, row: &Row) -> Vec<Uuid> {
        if self.table.is_some() { row.ids(self.column) } else { row.uuid(self.column).into_iter().collect() }
    }
}

impl Unit {
    /// Refuses references to records of the same kind that would close a circle.
    pub(super) async fn check_circles(&self, def: &'static KindDef, items: &mut [Item]) -> Result<()> {
        for own in Own::of(def) {
            let adds = |item: &&mut Item| {
                !item.is_rejected() && item.changes(own.column) && !own.ends(&item.after).is_empty()
            };
            let (mut ways, mut owners) = (Ways::new(), BTreeSet::new());
            for item in items.iter_mut().filter(adds) {
                ways.insert(item.after.id(), own.ends(&item.after));
                owners.insert(item.after.owner().to_owned());
            }
            if ways.is_empty() {
                continue;
            }
            // What is stored does not refer to a new record: a way back to it begins in the batch.
            if items.iter_mut().filter(adds).any(|item| !item.is_new()) {
                self.lock_owners(&owners).await?;
                self.follow(def, own, &mut ways).await?;
            }
            let closed: Vec<(usize, Vec<Uuid>)> = items
                .iter_mut()
                .enumerate()
                .filter(|(_, item)| adds(item))
                .filter_map(|(at, item)| Some((at, way_back(item.after.id(), &ways)?)))
                .collect();
            let told: Vec<(usize, String)> =
                closed.iter().map(|(at, way)| (*at, self.told(def, items, way))).collect();
            for (at, way) in told {
                let Some(item) = items.get_mut(at) else { continue };
                let text =
                    format!("the record would lead back to itself: a circle is not allowed here: {way}");
                item.fault(&format!("/{}", own.field), Code::ReferenceCycle, text);
            }
        }
        Ok(())
    }

    /// A way back to where it begins, for people: items by what they are called, other records by their ids.
    fn told(&self, def: &KindDef, items: &[Item], way: &[Uuid]) -> String {
        let called = |id: &Uuid| {
            let at = items.iter().position(|item| item.after.id() == *id);
            let place = at.and_then(|at| self.places.get(at).cloned());
            place.unwrap_or_else(|| format!("{} {id}", def.name.replace('_', " ")))
        };
        self::way(way.len(), |at| way.get(at).map(called).unwrap_or_default())
    }

    /// Adds the stored ways that lead on from the new ones.
    ///
    /// The walk goes through records the caller sees only: where a hidden one leads is not told by a refusal.
    async fn follow(&self, def: &'static KindDef, own: Own, ways: &mut Ways) -> Result<()> {
        let mut front: BTreeSet<Uuid> =
            ways.values().flatten().copied().filter(|id| !ways.contains_key(id)).collect();
        let mut met: HashSet<Uuid> = front.iter().copied().collect();
        while !front.is_empty() {
            let found = self.steps(def, own, std::mem::take(&mut front)).await?;
            for (from, to) in found {
                ways.entry(from).or_default().push(to);
                if !ways.contains_key(&to) && met.insert(to) {
                    front.insert(to);
                }
            }
        }
        Ok(())
    }

    /// Where the visible ones of some records lead.
    async fn steps(
        &self,
        def: &'static KindDef,
        own: Own,
        from: BTreeSet<Uuid>,
    ) -> Result<Vec<(Uuid, Uuid)>> {
        let which = Cond::all().add(visible(self.actor(), def)).add(self.conn().among(def.col("id"), &from));
        if let Some(table) = own.table {
            let seen = store::distinct(self.conn(), def, "id", which).await?;
            return self.linked(table, &seen).await;
        }
        let wanted = Wanted { def, columns: def.named(&["id", own.column]) };
        let mut select = store::select(wanted);
        select.cond_where(which);
        let rows = store::rows(self.conn(), wanted, &select).await?;
        Ok(rows.iter().filter_map(|row| Some((row.id(), row.uuid(own.column)?))).collect())
    }
}

/// The records on the way from one back to it, itself first; none where no way leads back.
fn way_back(start: Uuid, ways: &Ways) -> Option<Vec<Uuid>> {
    let mut stack = vec![start];
    let mut from: HashMap<Uuid, Uuid> = HashMap::new();
    while let Some(at) = stack.pop() {
        for next in ways.get(&at).into_iter().flatten().copied() {
            if next == start {
                let mut way: Vec<Uuid> =
                    std::iter::successors(Some(at), |step| from.get(step).copied()).collect();
                way.reverse();
                return Some(way);
            }
            if let Entry::Vacant(unmet) = from.entry(next) {
                unmet.insert(at);
                stack.push(next);
            }
        }
    }
    None
}

/// Refuses records of a kind that stand below one another in a circle.
///
/// # Errors
/// `Invalid`, naming one of them.
pub(super) fn no_circle(def: &'static KindDef, rows: &[Row]) -> Result<()> {
    let own: Vec<Own> = Own::of(def).filter(|own| own.table.is_none()).collect();
    let mut waits: HashMap<Uuid, usize> = rows.iter().map(|row| (row.id(), 0)).collect();
    let mut below = Ways::new();
    for row in rows {
        for end in own.iter().flat_map(|own| own.ends(row)).filter(|end| waits.contains_key(end)) {
            below.entry(end).or_default().push(row.id());
        }
    }
    for id in below.values().flatten() {
        *waits.entry(*id).or_default() += 1;
    }
    let mut free: Vec<Uuid> = waits.iter().filter(|(_, waits)| **waits == 0).map(|(id, _)| *id).collect();
    while let Some(id) = free.pop() {
        waits.remove(&id);
        for next in below.get(&id).into_iter().flatten() {
            if let Some(left) = waits.get_mut(next) {
                *left -= 1;
                if *left == 0 {
                    free.push(*next);
                }
            }
        }
    }
    match waits.keys().min() {
        Some(id) => {
            let why = format!("the {} {id} stands below itself, or below others that do", def.name);
            Err(Error::invalid("", Code::ReferenceCycle, why))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_found() {
        let [a, b, c, d] = [1, 2, 3, 4].map(Uuid::from_u128);
        let ways = Ways::from([(a, vec![d, b]), (b, vec![c]), (c, vec![b, a]), (d, vec![])]);

        assert_eq!(way_back(a, &ways), Some(vec![a, b, c]));
        assert_eq!(way_back(c, &ways), Some(vec![c, b]));
        assert_eq!(way_back(d, &ways), None);
        assert_eq!(way_back(d, &Ways::from([(d, vec![d])])), Some(vec![d]));
    }
}
