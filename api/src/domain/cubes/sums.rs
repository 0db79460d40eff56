//! The figures that anybody can make of those that are shown: sums of cells along the dimensions, and their differences.

use std::collections::{BTreeMap, BTreeSet};

use super::guard::{Counted, Key, Share, Shares, Shown, Tables};

/// What stands in the place of a code that a sum goes over.
const ALL: &str = "*";

/// What a sum is of: a cube, and the codes that its cells have in common.
pub(super) type Name<'a> = (usize, Vec<&'a str>);
/// What each country adds to a sum, or to the difference of two.
pub(super) type Added<'a> = BTreeMap<&'a str, Share>;

/// The sum of one cell, and every sum that goes over any of its dimensions.
fn names(at: usize, key: &Key) -> impl Iterator<Item = Name<'_>> {
    let dimensions = u32::try_from(key.len()).unwrap_or_default();
    (0..1_u32.wrapping_shl(dimensions)).map(move |over| {
        let is_over = |place: u32| over & 1_u32.wrapping_shl(place) != 0;
        let codes = (0_u32..).zip(key);
        (at, codes.map(|(place, code)| if is_over(place) { ALL } else { code.as_str() }).collect())
    })
}

/// How many dimensions a sum goes over.
pub(super) fn width((_, codes): &Name<'_>) -> usize {
    codes.iter().filter(|code| **code == ALL).count()
}

/// Whether a cell is in a sum of its cube.
pub(super) fn is_in(key: &Key, (_, codes): &Name<'_>) -> bool {
    key.iter().zip(codes).all(|(code, wanted)| *wanted == ALL || code == wanted)
}

fn add<'a>(sum: &mut Added<'a>, shares: &'a Shares, sign: i64) {
    for (code, share) in shares {
        sum.entry(code).or_default().add(share.times(sign));
    }
}

/// Shares of several cells, added up.
pub(super) fn added<'a>(all: impl Iterator<Item = &'a Shares>) -> Added<'a> {
    let mut sum = Added::new();
    all.for_each(|shares| add(&mut sum, shares, 1));
    sum
}

/// What each sum comes to less the same sum of another day: once of all cells that are shown on either, once of those on both.
pub(super) fn apart<'a>(now: &'a Tables, then: &'a Tables) -> [BTreeMap<Name<'a>, Added<'a>>; 2] {
    let [mut of_all, mut of_both] = [BTreeMap::<Name<'a>, Added<'a>>::new(), BTreeMap::new()];
    for (at, (one, other)) in now.iter().zip(then).enumerate() {
        for key in one.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
            let [a, b] = [one, other].map(|table| table.get(key).map(|shown: &Shown| &shown.shares));
            if a == b {
                continue;
            }
            let mut difference = added(a.into_iter());
            if let Some(shares) = b {
                add(&mut difference, shares, -1);
            }
            for name in names(at, key) {
                if a.is_some() && b.is_some() {
                    add_up(of_both.entry(name.clone()).or_default(), &difference);
                }
                add_up(of_all.entry(name).or_default(), &difference);
            }
        }
    }
    [of_all, of_both]
}

fn add_up<'a>(sum: &mut Added<'a>, more: &Added<'a>) {
    for (code, share) in more {
        sum.entry(code).or_default().add(*share);
    }
}

/// What one sum comes to less another.
pub(super) fn less<'a>(one: &Added<'a>, other: &Added<'a>) -> Added<'a> {
    let mut difference = one.clone();
    for (code, share) in other {
        difference.entry(code).or_default().add(share.times(-1));
    }
    difference
}

/// The cells that are shown on both days, with what each of the two figures is made of.
pub(super) fn both<'a>(
    now: &'a Tables,
    then: &'a Tables,
) -> impl Iterator<Item = (Name<'a>, [&'a Shares; 2])> {
    now.iter().zip(then).enumerate().flat_map(|(at, (one, other))| {
        one.iter().filter_map(move |(key, shown)| {
            let earlier = other.get(key)?;
            let codes = key.iter().map(String::as_str).collect();
            Some(((at, codes), [&shown.shares, &earlier.shares]))
        })
    })
}

/// The sums of regions, and of all of them, by what they are of: cubes of the same records can be held against each other.
pub(super) fn regional<'a>(
    counted: &[Counted],
    tables: &'a Tables,
) -> BTreeMap<(&'static str, &'a str), Vec<(usize, Added<'a>)>> {
    let mut all: BTreeMap<(&'static str, &'a str), Vec<(usize, Added<'a>)>> = BTreeMap::new();
    for (at, (cube, table)) in counted.iter().zip(tables).enumerate().filter(|(_, (cube, _))| cube.by_region)
    {
        let mut sums: BTreeMap<&str, Added<'_>> = BTreeMap::new();
        for (key, shown) in table {
            for region in key.first().map(String::as_str).into_iter().chain([ALL]) {
                add(sums.entry(region).or_default(), &shown.shares, 1);
            }
        }
        for (region, sum) in sums {
            all.entry((cube.of, region)).or_default().push((at, sum));
        }
    }
    all
}

/// The sum of a region, or of all of them, of a cube with so many dimensions.
pub(super) fn of_region(at: usize, region: &str, dimensions: usize) -> Name<'_> {
    let over = std::iter::repeat_n(ALL, dimensions.saturating_sub(1));
    (at, std::iter::once(region).chain(over).collect())
}

/// The keys of all cells of a cube: those of its grid, and those in which anything is counted.
pub(super) fn keys(cube: &Counted) -> BTreeSet<Key> {
    let mut grid = vec![Key::new()];
    for axis in &cube.axes {
        let longer = |key: &Key, code: &String| -> Key { key.iter().chain([code]).cloned().collect() };
        let with = |key: &Key| axis.iter().map(|code| longer(key, code)).collect::<Vec<Key>>();
        grid = grid.iter().flat_map(with).collect();
    }
    grid.into_iter().chain(cube.cells.keys().cloned()).collect()
}

/// The cells of each line along one dimension, within a region or a framework: totals over those are published nowhere.
pub(super) fn lines<'a>(at: usize, keys: impl Iterator<Item = &'a Key>) -> BTreeMap<Name<'a>, Vec<&'a Key>> {
    let mut all: BTreeMap<Name<'_>, Vec<&Key>> = BTreeMap::new();
    for key in keys {
        let along_one = |name: &Name<'_>| width(name) == 1 && name.1.first() != Some(&ALL);
        for name in names(at, key).filter(along_one) {
            all.entry(name).or_default().push(key);
        }
    }
    all
}
