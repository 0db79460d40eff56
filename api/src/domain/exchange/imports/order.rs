//! In which order rows are written: each behind those it refers to, as far as there is one.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use kernel::{KindDef, spelling};
use serde_json::Value as Json;

use super::{
    circles::{Edges, Walk, walk},
    entry::{Entry, Which},
    spool::{Slot, Table},
};

/// What rows are called and what they call others by, as short numbers.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Rows by what others may call them.
    makers: HashMap<u64, u32>,
    /// Rows and what they refer to.
    referred: Vec<Referred>,
    /// The fields by which rows refer to others of their kind: kind and field.
    own: Vec<(&'static str, &'static str)>,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug)]
struct Referred {
    name: u64,
    at: u32,
    /// Place of the field among [`Names::own`]; none for a record of another kind.
    by: Option<u16>,
}

/// A name of a record of a kind, in short.
pub(super) fn token(kind: &str, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, name).hash(&mut hasher);
    hasher.finish()
}

/// What references call a record of a kind by, in short: a code in any case, or an external key.
pub(super) fn called(kind: &str, reference: &str) -> u64 {
    let name = spelling::key(reference);
    if name.starts_with(EXTERNAL) { token(kind, &name) } else { token(kind, &name.to_uppercase()) }
}

/// How references by an external key begin.
const EXTERNAL: &str = "external_key:";

impl Names {
    /// Notes what a row is called, and what it refers to among the kinds that the file may hold.
    pub(super) fn note(&mut self, at: u32, def: &KindDef, entry: &Entry, may_hold: impl Fn(&str) -> bool) {
        let text = |name: &str| entry.fields.get(name).and_then(Json::as_str);
        let key = match &entry.which {
            Which::Key(system, key) => Some((system.as_str(), key.as_str())),
            _ => text("source_system").zip(text("external_key")),
        };
        let key = key.map(|(system, key)| format!("{EXTERNAL}{system}:{key}"));
        let code = def.code.and_then(text).map(str::to_owned);
        for name in key.into_iter().chain(code) {
            self.makers.entry(called(def.name, &name)).or_insert(at);
        }
        for (target, field, name) in referred(def, entry).filter(|(target, ..)| may_hold(target)) {
            let by = field.filter(|_| target == def.name).and_then(|field| self.by(def.name, field));
            self.referred.push(Referred { name: called(target, name), at, by });
        }
    }

    /// The place of a field among those by which rows refer to others of their kind.
    fn by(&mut self, kind: &'static str, field: &'static str) -> Option<u16> {
        let at = self.own.iter().position(|own| *own == (kind, field)).unwrap_or_else(|| {
            self.own.push((kind, field));
            self.own.len() - 1
        });
        u16::try_from(at).ok()
    }

    /// Whether rows refer to others of the file.
    pub(super) fn has_edges(&self) -> bool {
        self.referred.iter().any(|one| self.makers.get(&one.name).is_some_and(|to| *to != one.at))
    }

    /// The rows that each row refers to, where they are in the file and this is asked of the reference.
    fn edges(&self, is_meant: impl Fn(&Referred) -> bool) -> Edges {
        let mut edges = Edges::new();
        for one in self.referred.iter().filter(|one| is_meant(one)) {
            if let Some(to) = self.makers.get(&one.name).filter(|to| **to != one.at) {
                edges.entry(one.at).or_default().push(*to);
            }
        }
        edges
    }

    /// Circles of rows of one kind, by the field that leads on.
    fn own_circles(&self) -> Vec<(&'static str, Vec<Vec<u32>>)> {
        let of_field = |(by, (_, field)): (u16, &(&str, &'static str))| {
            let edges = self.edges(|one| one.by == Some(by));
            (*field, walk(edges.keys().copied(), &edges).circles)
        };
        (0..).zip(&self.own).map(of_field).filter(|(_, circles)| !circles.is_empty()).collect()
    }

    /// What rows are called, in short.
    fn of<'a>(&self, rows: impl Iterator<Item = &'a u32>) -> HashMap<u32, HashSet<u64>> {
        let rows: HashSet<u32> = rows.copied().collect();
        let mut all: HashMap<u32, HashSet<u64>> = HashMap::new();
        for (name, row) in self.makers.iter().filter(|(_, row)| rows.contains(*row)) {
            all.entry(*row).or_default().insert(*name);
        }
        all
    }
}

/// What an entry refers to: kind, field where that is a reference to one kind, and name.
fn referred<'a>(
    def: &'a KindDef,
    entry: &'a Entry,
) -> impl Iterator<Item = (&'a str, Option<&'static str>, &'a str)> {
    let columns = def.columns.iter().filter_map(|column| Some((column.target?, column.field)));
    let links = def.links.iter().filter_map(|link| Some((link.target?, link.column)));
    let plain =
        columns.chain(links).filter_map(|(target, field)| Some((target, field, entry.fields.get(field)?)));
    let plain = plain.flat_map(|(target, field, value)| {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        items.iter().filter_map(move |item| Some((target, Some(field), item.as_str()?)))
    });
    let any = def.any.iter().filter_map(|any| {
        let value = entry.fields.get(any.field)?;
        Some((value.get("kind")?.as_str()?, None, value.get("id")?.as_str()?))
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
    /// Circles of rows of one kind, by the field that leads on: the rows are refused, each by itself.
    pub(super) own: Vec<(&'static str, Vec<Vec<u32>>)>,
    /// What the rows of these are called, in short.
    pub(super) names: HashMap<u32, HashSet<u64>>,
}

/// Orders rows: by kind, in the order in which kinds refer to each other, and within a kind each row behind those it
/// refers to; where rows of a kind refer to some of a later one, all by their references alone.
pub(super) fn order(
    names: &Names,
    slots: &[Slot],
    tables: &[Table],
    rank: impl Fn(&KindDef) -> usize,
) -> Order {
    let table = |at: u32| {
        let slot = usize::try_from(at).ok().and_then(|at| slots.get(at));
        slot.and_then(|slot| usize::try_from(slot.table).ok())
    };
    let kind = |at: u32| table(at).and_then(|at| tables.get(at)).map(|table| table.def.name);
    let ranks: Vec<usize> = tables.iter().map(|table| rank(table.def)).collect();
    let rank = |at: u32| table(at).and_then(|at| ranks.get(at)).copied().unwrap_or_default();
    let mut all: Vec<u32> = (0..u32::try_from(slots.len()).unwrap_or(u32::MAX)).collect();
    all.sort_by_key(|at| rank(*at));
    let edges = names.edges(|_| true);
    if edges.is_empty() {
        return Order { places: all, ..Order::default() };
    }
    let Walk { places, mut circles } = walk(all, &edges);
    // Each circle by one field is one over all of them too.
    let own = if circles.is_empty() { Vec::new() } else { names.own_circles() };
    circles.retain(|way| way.iter().any(|at| kind(*at) != way.first().and_then(|first| kind(*first))));
    let rows = own.iter().flat_map(|(_, circles)| circles.iter().flatten());
    Order { places, circles, names: names.of(rows), own }
}
