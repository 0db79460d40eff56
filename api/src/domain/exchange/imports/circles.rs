//! Rows that refer to each other in a circle, and how their way is told.

use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};

use kernel::{Code, KindDef, Result, unit::way};

use super::{
    order::{Order, called},
    report::ImportError,
    spool::{Spool, Table},
};

/// Steps of all ways that are looked at.
const MOST: usize = 100_000;

/// From each row to those that it refers to, by their places.
pub(super) type Edges = BTreeMap<u32, Vec<u32>>;

/// What a walk finds.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The rows, each behind those it refers to.
    pub(super) places: Vec<u32>,
    /// Circles, each as the places on its way.
    pub(super) circles: Vec<Vec<u32>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Met {
    Open,
    Done,
}

/// Walks from each of some rows to those they refer to: depth first, without recursion.
pub(super) fn walk(all: impl IntoIterator<Item = u32>, edges: &Edges) -> Walk {
    let (mut met, mut found, mut steps) = (HashMap::<u32, Met>::new(), Walk::default(), 0);
    for start in all {
        let mut way: Vec<(u32, usize)> = Vec::new();
        if let Entry::Vacant(place) = met.entry(start) {
            place.insert(Met::Open);
            way.push((start, 0));
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
                Some(Met::Open) if steps < MOST => {
                    let circle: Vec<u32> = way.iter().map(|(at, _)| *at).skip_while(|at| *at != to).collect();
                    steps += circle.len();
                    found.circles.push(circle);
                }
                Some(Met::Done | Met::Open) => {}
            }
        }
    }
    found
}

/// A row on a circle of rows of its kind.
#[derive(Clone, Debug)]
pub(super) struct OnCircle {
    /// The field that leads on.
    field: &'static str,
    /// What the next row is called, in short.
    next: HashSet<u64>,
    /// The way, for people.
    way: String,
}

/// Rows on circles, by their places.
pub(super) type OnCircles = HashMap<u32, OnCircle>;

/// The rows on circles of one kind, with their ways.
///
/// # Errors
/// `Internal` where the rows cannot be read again.
pub(super) fn rows(spool: &Spool, tables: &[Table], order: &Order) -> Result<OnCircles> {
    let mut all = OnCircles::new();
    for (field, circle) in
        order.own.iter().flat_map(|(field, circles)| circles.iter().map(move |one| (*field, one)))
    {
        let labels = labels(spool, tables, circle)?;
        for (at, place) in circle.iter().enumerate() {
            let next = circle.get(at + 1).or(circle.first()).and_then(|next| order.names.get(next));
            let next = next.cloned().unwrap_or_default();
            all.entry(*place).or_insert_with(|| OnCircle { field, next, way: told(&labels, at) });
        }
    }
    Ok(all)
}

/// Circles, each told by its way.
///
/// # Errors
/// `Internal` where the rows cannot be read again.
pub(super) fn ways(spool: &Spool, tables: &[Table], circles: &[Vec<u32>]) -> Result<Vec<String>> {
    circles.iter().map(|circle| Ok(told(&labels(spool, tables, circle)?, 0))).collect()
}

/// What rows are called for people; with their table, where there are several.
fn labels(spool: &Spool, tables: &[Table], circle: &[u32]) -> Result<Vec<String>> {
    let mut labels = Vec::with_capacity(circle.len());
    for some in circle.chunks(1000) {
        for (place, entry) in some.iter().zip(spool.read(some)?) {
            let table = spool.table(*place).and_then(|at| tables.get(at)).filter(|_| tables.len() > 1);
            let table = table.map_or_else(String::new, |table| format!("{} ", table.called()));
            labels.push(format!("{table}line {}", entry.line));
        }
    }
    Ok(labels)
}

/// The way of a circle from one of its rows back to it.
fn told(labels: &[String], from: usize) -> String {
    let called = |at| labels.iter().cycle().nth(from + at).cloned().unwrap_or_default();
    format!("rows refer to each other in a circle: {}", way(labels.len(), called))
}

impl OnCircle {
    /// Tells the way in the place of what else is said of the reference that leads on: that it closes a circle, or that the next
    /// row, which waits for this one, is not there.
    pub(super) fn explain(&self, def: &KindDef, errors: &mut [ImportError]) {
        let (circle, absent) = (Code::ReferenceCycle.name(), Code::ReferenceNotFound.name());
        let is_next = |error: &ImportError| {
            let value = error.value.as_deref().unwrap_or_default();
            error.code == absent && self.next.contains(&called(def.name, value))
        };
        let is_of = |error: &&mut ImportError| {
            let rest = error.pointer.as_deref().and_then(|pointer| pointer.strip_prefix('/'));
            let is_of_field = rest.is_some_and(|rest| rest.split('/').next() == Some(self.field));
            is_of_field && (error.code == circle || is_next(error))
        };
        for error in errors.iter_mut().filter(is_of) {
            circle.clone_into(&mut error.code);
            Code::ReferenceCycle.meaning().clone_into(&mut error.hint);
            error.message.clone_from(&self.way);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(of: &[(u32, &[u32])]) -> Edges {
        of.iter().map(|(at, to)| (*at, to.to_vec())).collect()
    }

    #[test]
    fn a_row_comes_behind_those_it_refers_to() {
        let found = walk(0..4, &edges(&[(0, &[2]), (2, &[1, 3])]));

        assert_eq!(found.places, [1, 3, 2, 0]);
        assert!(found.circles.is_empty());
    }

    #[test]
    fn circles_are_told_with_their_way() {
        let found = walk(0..4, &edges(&[(0, &[1]), (1, &[2]), (2, &[1])]));
        let labels = ["line 2", "line 3", "line 4"].map(str::to_owned);

        assert_eq!(found.circles, [[1, 2]]);
        assert_eq!(found.places.len(), 4);
        assert_eq!(
            told(&labels, 1),
            "rows refer to each other in a circle: line 3 -> line 4 -> line 2 -> line 3"
        );
    }
}
