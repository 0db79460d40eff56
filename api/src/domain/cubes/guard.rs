//! What may be published of counts: figures of three countries at least, that change by three, or by what everybody reads.
//!
//! A cell is shown where three countries stand in it of whose records nobody outside reads anything, else with what everybody
//! reads alone. It is made anew where three such countries have changed since each earlier publication, in the cell and in
//! every line through it; else the earlier figure stays, as long as nothing has left it, and then the cell is hidden. A line
//! hides no cell alone, be it empty or not. See ADR 0022.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    rules::{LEAST, figure, has_come_or_gone, may_show, nothing_left, tells},
    sums::{self, Added, Name},
};

/// How many records of a country count, by who else reads them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Share {
    /// Those that everybody reads.
    pub(super) open: i64,
    /// Those that some outside the country read.
    pub(super) shared: i64,
    /// Those that nobody outside reads.
    pub(super) closed: i64,
}

impl Share {
    pub(super) const fn total(self) -> i64 {
        self.open.saturating_add(self.shared).saturating_add(self.closed)
    }

    /// Whether there is something in it that not everybody reads.
    pub(super) const fn is_hidden(self) -> bool {
        self.shared != 0 || self.closed != 0
    }

    /// Whether this change brings records to other readers: what nobody outside reads goes one way, what others read the other.
    pub(super) const fn changes_circle(self) -> bool {
        let against = -self.closed.signum();
        against != 0 && (self.open.signum() == against || self.shared.signum() == against)
    }

    /// The same, once or less once.
    pub(super) const fn times(self, sign: i64) -> Self {
        Self { open: self.open * sign, shared: self.shared * sign, closed: self.closed * sign }
    }

    pub(super) const fn add(&mut self, other: Self) {
        self.open = self.open.saturating_add(other.open);
        self.shared = self.shared.saturating_add(other.shared);
        self.closed = self.closed.saturating_add(other.closed);
    }
}

/// A cell of one of the cubes.
type Place = (usize, Key);
/// What each country adds to a figure.
pub(super) type Shares = BTreeMap<String, Share>;
/// The codes of a cell, in the order of the dimensions.
pub(super) type Key = Vec<String>;
/// What there is to count.
pub(super) type Cells = BTreeMap<Key, Shares>;

/// A figure that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shown {
    /// The day on which it was made.
    pub(super) since: NaiveDate,
    /// What it is made of: never told.
    pub(super) shares: Shares,
}

/// The cells of a cube that are shown.
pub(super) type Table = BTreeMap<Key, Shown>;
/// The tables of all cubes.
pub(super) type Tables = Vec<Table>;

/// A cube as far as its publication goes.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    /// What its records are: cubes of the same records have regions in common.
    pub(super) of: &'static str,
    /// Whether its first dimension is the region.
    pub(super) by_region: bool,
    /// The codes of each dimension: its grid has a cell for each of their combinations, whatever there is to count.
    pub(super) axes: Vec<Vec<String>>,
    /// What there is to count today.
    pub(super) cells: Cells,
}

/// Tables of a day on their way to be published: cells become older, then hidden, and never come back.
struct Draft<'a> {
    counted: &'a [Counted],
    /// Every line of the grids: the place of its cube, and its cells.
    lines: Vec<(usize, Vec<&'a Key>)>,
    before: Option<&'a Tables>,
    tables: Tables,
}

/// What is published of these counts on a day, after everything that was published before, the last publication last.
pub(super) fn publish(day: NaiveDate, counted: &[Counted], past: &[Tables]) -> Tables {
    let keys: Vec<BTreeSet<Key>> = counted.iter().map(sums::keys).collect();
    let mut draft = Draft::new(day, counted, &keys, past.last());
    loop {
        while let Some(place) = draft.alone() {
            draft.put(&place, None);
        }
        let telling = draft.telling(past);
        if telling.is_empty() {
            return draft.tables;
        }
        for cells in telling {
            draft.step_back(&cells);
        }
    }
}

impl<'a> Draft<'a> {
    /// What there is to show by each cell alone; `keys` are those of every cell of each cube.
    fn new(
        day: NaiveDate,
        counted: &'a [Counted],
        keys: &'a [BTreeSet<Key>],
        before: Option<&'a Tables>,
    ) -> Self {
        let of_cube = |(at, keys): (usize, &'a BTreeSet<Key>)| {
            sums::lines(at, keys.iter()).into_values().map(move |line| (at, line))
        };
        let lines = keys.iter().enumerate().flat_map(of_cube).collect();
        let mut draft = Self { counted, lines, before, tables: vec![Table::new(); counted.len()] };
        for (at, cube) in counted.iter().enumerate() {
            for (key, today) in &cube.cells {
                let Some(shares) = figure(today) else { continue };
                let place: Place = (at, key.clone());
                let same = draft.older(&place).filter(|older| older.shares == shares).cloned();
                draft.put(&place, Some(same.unwrap_or(Shown { since: day, shares })));
            }
        }
        draft
    }

    fn put(&mut self, (at, key): &Place, shown: Option<Shown>) {
        let Some(table) = self.tables.get_mut(*at) else { return };
        match shown {
            Some(shown) => drop(table.insert(key.clone(), shown)),
            None => drop(table.remove(key)),
        }
    }

    fn older(&self, (at, key): &Place) -> Option<&'a Shown> {
        self.before?.get(*at)?.get(key)
    }

    /// The figure of the last publication that a cell can go on showing, where it shows another one.
    fn kept(&self, place: &Place) -> Option<&'a Shown> {
        let (at, key) = place;
        let today = self.counted.get(*at)?.cells.get(key)?;
        let is_other = |older: &&Shown| self.tables.get(*at).and_then(|table| table.get(key)) != Some(*older);
        self.older(place)
            .filter(is_other)
            .filter(|older| nothing_left(&older.shares, today) && may_show(&older.shares, today))
    }

    /// Takes back what is new among cells whose sum tells too much; where nothing is, hides the smallest.
    fn step_back(&mut self, cells: &[Place]) {
        let kept: Vec<(Place, Shown)> =
            cells.iter().filter_map(|place| Some((place.clone(), self.kept(place)?.clone()))).collect();
        if kept.is_empty()
            && let Some(place) = self.smallest(cells.iter().cloned())
        {
            self.put(&place, None);
        }
        for (place, shown) in kept {
            self.put(&place, Some(shown));
        }
    }

    fn smallest(&self, cells: impl Iterator<Item = Place>) -> Option<Place> {
        cells.min_by_key(|place| (self.size(place), place.clone()))
    }

    /// Countries and records of a cell that is shown.
    fn size(&self, (at, key): &Place) -> (usize, i64) {
        let shown = self.tables.get(*at).and_then(|table| table.get(key));
        shown.map_or((0, 0), |shown| {
            (shown.shares.len(), shown.shares.values().map(|share| share.total()).sum())
        })
    }

    /// The cells of each sum that tells too much by what it differs from another of this day or an earlier one, and each cell
    /// that a country or two have come into or left: of the sums that go over the fewest dimensions, for what tells in a cell
    /// tells in every sum with it.
    fn telling(&self, past: &[Tables]) -> Vec<Vec<Place>> {
        let mut found: BTreeSet<Name<'_>> = BTreeSet::new();
        for then in past {
            for differences in sums::apart(&self.tables, then) {
                let telling = differences.into_iter().filter(|(_, difference)| tells(difference));
                found.extend(telling.map(|(name, _)| name));
            }
            let telling = sums::both(&self.tables, then)
                .filter(|(_, [today, earlier])| has_come_or_gone(today, earlier));
            found.extend(telling.map(|(name, _)| name));
        }
        let today = sums::regional(self.counted, &self.tables);
        for (then, is_today) in past.iter().map(|then| (then, false)).chain([(&self.tables, true)]) {
            for (of, others) in sums::regional(self.counted, then) {
                for (at, sum) in today.get(&of).into_iter().flatten() {
                    let is_beside = |other: &usize| if is_today { at > other } else { at != other };
                    let tells = |(other, shares): &(usize, Added<'_>)| {
                        is_beside(other) && tells(&sums::less(sum, shares))
                    };
                    let dimensions =
                        self.tables.get(*at).and_then(|table| table.keys().next()).map_or(0, Vec::len);
                    if others.iter().any(tells) {
                        found.insert(sums::of_region(*at, of.1, dimensions));
                    }
                }
            }
        }
        let all = found.into_iter().map(|name| (sums::width(&name), self.cells(&name)));
        let all: Vec<_> = all.filter(|(_, cells)| !cells.is_empty()).collect();
        let least = all.iter().map(|(width, _)| *width).min();
        all.into_iter().filter(|(width, _)| Some(*width) == least).map(|(_, cells)| cells).collect()
    }

    /// The cells of a sum that are shown.
    fn cells(&self, name: &Name<'_>) -> Vec<Place> {
        let keys = self.tables.get(name.0).into_iter().flat_map(Table::keys);
        keys.filter(|key| sums::is_in(key, name)).map(|key| (name.0, key.clone())).collect()
    }

    /// The smallest cell that an unsafe line shows.
    fn alone(&self) -> Option<Place> {
        self.lines.iter().find_map(|(at, keys)| {
            let (table, cube) = self.tables.get(*at).zip(self.counted.get(*at))?;
            let (shown, unshown): (Vec<&Key>, Vec<&Key>) =
                keys.iter().copied().partition(|key| table.contains_key(*key));
            let is_whole = unshown.is_empty() || shown.is_empty();
            if is_whole || hides_enough(cube, &unshown) {
                return None;
            }
            self.smallest(shown.into_iter().map(|key| (*at, key.clone())))
        })
    }
}

/// Whether what a line does not show is two cells at least, and what counts in them is nothing, or is of two cells and of three
/// countries at least: an empty cell looks as one that is suppressed.
fn hides_enough(cube: &Counted, unshown: &[&Key]) -> bool {
    let hidden: Vec<&Shares> = unshown.iter().filter_map(|key| cube.cells.get(*key)).collect();
    let all = sums::added(hidden.iter().copied());
    let is_many = hidden.len() > 1 && all.len() >= LEAST && !tells(&all);
    unshown.len() > 1 && (hidden.is_empty() || is_many)
}

/// The countries that figures tell of, as they may be told after what was told before: never by a difference of one or two.
pub(super) fn covered(table: &Table, past: &[&BTreeSet<String>]) -> BTreeSet<String> {
    let now: BTreeSet<String> = table.values().flat_map(|shown| shown.shares.keys().cloned()).collect();
    let is_safe = |then: &&BTreeSet<String>| {
        let apart = now.symmetric_difference(then).count();
        apart == 0 || apart >= LEAST
    };
    match past.last() {
        Some(last) if !now.is_empty() && !past.iter().all(is_safe) => (*last).clone(),
        _ => now,
    }
}

#[cfg(test)]
mod attack;
#[cfg(test)]
mod histories;
