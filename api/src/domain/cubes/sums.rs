//! The figures that anybody can make of those that are shown: cells, and their sums along lines, levels and regions.

use std::collections::BTreeMap;

use super::guard::{Counted, Key, Shares, Tables};

/// A cell of one of the cubes.
pub(super) type Place = (usize, Key);

/// A sum of cells that are shown.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    /// What it is the sum of: sums of the same thing can be taken from each other.
    pub(super) of: Vec<String>,
    /// The cells.
    pub(super) cells: Vec<Place>,
    /// What they come to.
    pub(super) shares: Shares,
}

/// Shares added up.
pub(super) fn added<'a>(all: impl Iterator<Item = &'a Shares>) -> Shares {
    let mut sum = Shares::new();
    for (code, share) in all.flatten() {
        sum.entry(code.clone()).or_default().add(*share);
    }
    sum
}

/// What stands in the place of a code that a sum goes over.
const ALL: &str = "*";

/// A key without some of its codes, which ones the bits say.
fn without(key: &Key, left_out: u32) -> Key {
    let is_in = |at: usize| u32::try_from(at).is_ok_and(|at| left_out & 1_u32.wrapping_shl(at) == 0);
    key.iter().enumerate().map(|(at, code)| if is_in(at) { code.clone() } else { ALL.to_owned() }).collect()
}

/// The cells of each line along one dimension, within a region or a framework: totals over those are published nowhere.
pub(super) fn lines<'a>(keys: impl Iterator<Item = &'a Key>) -> BTreeMap<Key, Vec<&'a Key>> {
    let mut all: BTreeMap<Key, Vec<&Key>> = BTreeMap::new();
    for key in keys {
        for at in 1..u32::try_from(key.len()).unwrap_or_default() {
            let line = all.entry(without(key, 1_u32.wrapping_shl(at))).or_default();
            if !line.contains(&key) {
                line.push(key);
            }
        }
    }
    all
}

/// Every cell, and every sum of cells of a cube along any of its dimensions; of cubes of the same records those by region too.
pub(super) fn of(counted: &[Counted], tables: &Tables) -> Vec<Sum> {
    let mut cells: BTreeMap<(Vec<String>, usize), Vec<Place>> = BTreeMap::new();
    for (at, (cube, table)) in counted.iter().zip(tables).enumerate() {
        for key in table.keys() {
            let dimensions = u32::try_from(key.len()).unwrap_or_default();
            let mut names: Vec<Vec<String>> = (0..1_u32.wrapping_shl(dimensions))
                .map(|left_out| [vec![at.to_string()], without(key, left_out)].concat())
                .collect();
            if let Some(region) = key.first().filter(|_| cube.by_region) {
                let of = |part: &str| vec![cube.of.to_owned(), part.to_owned()];
                names.extend([of(region), of(ALL)]);
            }
            for name in names {
                cells.entry((name, at)).or_default().push((at, key.clone()));
            }
        }
    }
    let shares = |cells: &[Place]| added(cells.iter().filter_map(|place| shares(place, tables)));
    cells.into_iter().map(|((of, _), cells)| Sum { of, shares: shares(&cells), cells }).collect()
}

fn shares<'a>((at, key): &Place, tables: &'a Tables) -> Option<&'a Shares> {
    Some(&tables.get(*at)?.get(key)?.shares)
}

/// What the cells of a sum that are shown on two days come to on each.
pub(super) fn in_common(sum: &Sum, (now, then): (&Tables, &Tables)) -> (Shares, Shares) {
    let both = || sum.cells.iter().filter(|place| shares(place, then).is_some());
    let on = |tables| added(both().filter_map(move |place| shares(place, tables)));
    (on(now), on(then))
}
