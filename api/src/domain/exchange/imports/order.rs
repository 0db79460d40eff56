//! In which order rows are written: each behind those it refers to, as far as there is one.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

use kernel::KindDef;
use serde_json::Value as Json;

use super::{
    entry::{Entry, Which},
    spool::{Slot, Table},
};

/// What rows are called and what they call others by, as short numbers.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Rows by what others may call them.
    makers: HashMap<u64, u32>,
    /// Rows and what they refer to.
    referred: Vec<(u32, u64)>,
}

/// A name of a record of a kind, in short.
pub(super) fn token(kind: &str, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, name).hash(&mut hasher);
    hasher.finish()
}

impl Names {
    /// Notes what a row is called, and what it refers to among the kinds that the file may hold.
    pub(super) fn note(&mut self, at: u32, def: &KindDef, entry: &Entry, may_hold: impl Fn(&str) -> bool) {
        let text = |name: &str| entry.fields.get(name).and_then(Json::as_str);
        let key = match &entry.which {
            Which::Key(system, key) => Some(format!("external_key:{system}:{key}")),
            _ => text("source_system")
                .zip(text("external_key"))
                .map(|(system, key)| format!("external_key:{system}:{key}")),
        };
        let code = def.code.and_then(text).map(str::to_owned);
        for name in key.into_iter().chain(code) {
            self.makers.entry(token(def.name, &name)).or_insert(at);
        }
        for (target, name) in referred(def, entry).filter(|(target, _)| may_hold(target)) {
            self.referred.push((at, token(target, name)));
        }
    }

    /// Whether rows refer to others of the file.
    pub(super) fn has_edges(&self) -> bool {
        self.referred.iter().any(|(at, name)| self.makers.get(name).is_some_and(|to| to != at))
    }

    /// The rows that each row refers to, where they are in the file.
    fn edges(&self) -> BTreeMap<u32, Vec<u32>> {
        let mut edges: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let known = self.referred.iter().filter_map(|(at, name)| Some((*at, *self.makers.get(name)?)));
        known.filter(|(at, to)| at != to).for_each(|(at, to)| edges.entry(at).or_default().push(to));
        edges
    }
}

/// What an entry refers to: kind and name.
fn referred<'a>(def: &'a KindDef, entry: &'a Entry) -> impl Iterator<Item = (&'a str, &'a str)> {
    let columns = def.columns.iter().filter_map(|column| Some((column.target?, column.field)));
    let links = def.links.iter().filter_map(|link| Some((link.target?, link.column)));
    let plain = columns.chain(links).filter_map(|(target, field)| Some((target, entry.fields.get(field)?)));
    let plain = plain.flat_map(|(target, value)| {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        items.iter().filter_map(move |item| Some((target, item.as_str()?)))
    });
    let any = def.any.iter().filter_map(|any| {
        let value = entry.fields.get(any.field)?;
        value.get("kind")?.as_str().zip(value.get("id")?.as_str())
    });
    plain.chain(any)
}

/// An order, and what cannot have one.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// Places of the rows, each behind those it refers to.
    pub(super) places: Vec<u32>,
    /// Circles over rows of several kinds, each as the places on its way: they cannot be written one by one.
    pub(super) circles: Vec<Vec<u32>>,
}

/// Orders rows: by kind, in the order in which kinds refer to each other, and within a kind each row behind those it
/// refers to; where rows of a kind refer to some of a later one, all by their references alone.
pub(super) fn order(
    names: &Names,
    slots: &[Slot],
    tables: &[Table],
    rank: impl Fn(&KindDef) -> usize,
) -> Order {
    let def = |at: u32| {
        let slot = usize::try_from(at).ok().and_then(|at| slots.get(at));
        let table = slot.and_then(|slot| tables.get(usize::try_from(slot.table).ok()?));
        table.map(|table| table.def)
    };
    let ranks: Vec<usize> = tables.iter().map(|table| rank(table.def)).collect();
    let rank = |at: u32| {
        let slot = usize::try_from(at).ok().and_then(|at| slots.get(at));
        slot.and_then(|slot| ranks.get(usize::try_from(slot.table).ok()?)).copied().unwrap_or_default()
    };
    let mut all: Vec<u32> = (0..u32::try_from(slots.len()).unwrap_or(u32::MAX)).collect();
    all.sort_by_key(|at| rank(*at));
    let edges = names.edges();
    if edges.is_empty() {
        return Order { places: all, circles: Vec::new() };
    }
    let mut found = walk(&all, &edges);
    found.circles.retain(|way| {
        way.iter()
            .any(|at| def(*at).map(|def| def.name) != way.first().and_then(|first| def_name(def(*first))))
    });
    found
}

fn def_name(def: Option<&'static KindDef>) -> Option<&'static str> {
    def.map(|def| def.name)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Met {
    Open,
    Done,
}

/// Depth first, without recursion.
fn walk(all: &[u32], edges: &BTreeMap<u32, Vec<u32>>) -> Order {
    let mut met: HashMap<u32, Met> = HashMap::new();
    let mut found = Order { places: Vec::with_capacity(all.len()), circles: Vec::new() };
    for start in all {
        let mut way: Vec<(u32, usize)> = Vec::new();
        if !met.contains_key(start) {
            met.insert(*start, Met::Open);
            way.push((*start, 0));
        }
        while let Some((at, next)) = way.last().copied() {
            let Some(to) = edges.get(&at).and_then(|to| to.get(next)).copied() else {
                met.insert(at, Met::Done);
                found.places.push(at);
                way.pop();
                continue;
            };
            if let Some(last) = way.last_mut() {
                last.1 = next + 1;
            }
            match met.get(&to) {
                None => {
                    met.insert(to, Met::Open);
                    way.push((to, 0));
                }
                Some(Met::Done) => {}
                Some(Met::Open) => {
                    let circle = way.iter().map(|(at, _)| *at).skip_while(|at| *at != to);
                    found.circles.push(circle.collect());
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(of: &[(u32, &[u32])]) -> BTreeMap<u32, Vec<u32>> {
        of.iter().map(|(at, to)| (*at, to.to_vec())).collect()
    }

    #[test]
    fn a_row_comes_behind_those_it_refers_to() {
        let found = walk(&[0, 1, 2, 3], &edges(&[(0, &[2]), (2, &[1, 3])]));

        assert_eq!(found.places, [1, 3, 2, 0]);
        assert!(found.circles.is_empty());
    }

    #[test]
    fn circles_are_told_with_their_way() {
        let found = walk(&[0, 1, 2, 3], &edges(&[(0, &[1]), (1, &[2]), (2, &[1])]));

        assert_eq!(found.circles, [[1, 2]]);
        assert_eq!(found.places.len(), 4);
    }
}
