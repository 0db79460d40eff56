//! Whether fields of one response key can be merged, as the specification says, at any depth.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
};

use super::{
    selection::root_of,
    shapes::{SHAPES, Shape, Ty},
};

/// Faults that are told at most.
pub(crate) const MOST_FAULTS: usize = 100;

/// A field where it stands: the type it is selected on.
#[derive(Clone, Copy)]
struct Stands<'a> {
    field: &'a Positioned<Field>,
    on: &'a str,
}

/// Selections with the type each is on.
type Sets<'a> = Vec<(&'a str, &'a SelectionSet)>;

/// The fields of some selections by their response keys, in the order of the document.
type Groups<'a> = Vec<(&'a str, Vec<Stands<'a>>)>;

/// Every pair of fields that cannot be merged.
pub(crate) fn conflicts(document: &ExecutableDocument) -> Vec<ServerError> {
    let mut check = Check { document, found: Vec::new() };
    for (_, operation) in document.operations.iter() {
        let sets = vec![(root_of(operation.node.ty), &operation.node.selection_set.node)];
        check.shapes(&sets);
        check.merges(&sets);
    }
    let mut seen = HashSet::new();
    check.found.retain(|fault| seen.insert((fault.message.clone(), format!("{:?}", fault.locations))));
    check.found
}

struct Check<'a> {
    document: &'a ExecutableDocument,
    found: Vec<ServerError>,
}

impl<'a> Check<'a> {
    fn groups(&self, sets: &Sets<'a>) -> Groups<'a> {
        let (mut all, mut spread) = (Vec::new(), HashSet::new());
        for (on, set) in sets {
            self.gather(on, set, &mut spread, &mut all);
        }
        let mut groups: Groups<'a> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for one in all {
            let key = one.field.node.response_key().node.as_str();
            let place = *places.entry(key).or_insert(groups.len());
            match groups.get_mut(place) {
                Some((_, group)) => group.push(one),
                None => groups.push((key, vec![one])),
            }
        }
        groups
    }

    fn gather(
        &self,
        on: &'a str,
        set: &'a SelectionSet,
        spread: &mut HashSet<&'a Name>,
        all: &mut Vec<Stands<'a>>,
    ) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => all.push(Stands { field, on }),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map_or(on, |on| on.node.on.node.as_str());
                    self.gather(on, &inline.node.selection_set.node, spread, all);
                }
                Selection::FragmentSpread(of) => {
                    let found = self.document.fragments.get_key_value(&of.node.fragment_name.node);
                    let Some((name, fragment)) = found else { continue };
                    if spread.insert(name) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.gather(on, &fragment.node.selection_set.node, spread, all);
                    }
                }
            }
        }
    }

    /// Fields of one key give values of one shape, whatever record they are of.
    fn shapes(&mut self, sets: &Sets<'a>) {
        for (key, group) in self.groups(sets) {
            let Some((first, others)) = group.split_first() else { continue };
            for other in others {
                if !is_alike(ty_of(*first).as_ref(), ty_of(*other).as_ref()) {
                    self.refuse(key, (first, other), "they give values of two shapes");
                }
            }
            self.shapes(&below(&group));
        }
    }

    /// Fields of one key on one record are one field with the same arguments.
    fn merges(&mut self, sets: &Sets<'a>) {
        for (key, group) in self.groups(sets) {
            for one in by_record(&group) {
                let Some((first, others)) = one.split_first() else { continue };
                for other in others {
                    let (was, is) = (&first.field.node, &other.field.node);
                    if was.name.node != is.name.node {
                        let why = format!("`{}` and `{}` are two fields", was.name.node, is.name.node);
                        self.refuse(key, (first, other), &why);
                    } else if !has_same_arguments(was, is) {
                        self.refuse(key, (first, other), "they have other arguments");
                    }
                }
                self.merges(&below(&one));
            }
        }
    }

    fn refuse(&mut self, key: &str, (one, other): (&Stands<'a>, &Stands<'a>), why: &str) {
        if self.found.len() >= MOST_FAULTS {
            return;
        }
        let text = format!("the fields `{key}` conflict: {why}; give one of them another alias");
        let mut fault = ServerError::new(text, Some(one.field.pos));
        fault.locations.push(other.field.pos);
        self.found.push(fault);
    }
}

/// What is selected on what these fields give.
fn below<'a>(group: &[Stands<'a>]) -> Sets<'a> {
    let sets = group.iter().filter(|one| !one.field.node.selection_set.node.items.is_empty());
    sets.map(|one| {
        let shape = SHAPES.field(one.on, &one.field.node.name.node);
        (shape.map_or("", |shape| shape.ty.named()), &one.field.node.selection_set.node)
    })
    .collect()
}

/// Fields that may stand on one record together; those on an interface stand on all.
fn by_record<'a>(group: &[Stands<'a>]) -> Vec<Vec<Stands<'a>>> {
    let is_any = |of: &str| matches!(SHAPES.get(of), Some(Shape::Interface(..)));
    let mut types: Vec<&str> = Vec::new();
    for one in group.iter().filter(|one| !is_any(one.on)) {
        if !types.contains(&one.on) {
            types.push(one.on);
        }
    }
    if types.is_empty() {
        return vec![group.to_vec()];
    }
    let of = |ty: &str| group.iter().filter(|one| one.on == ty || is_any(one.on)).copied().collect();
    types.into_iter().map(of).collect()
}

/// What a field gives; none for fields that only the library knows.
fn ty_of(one: Stands<'_>) -> Option<Ty> {
    let name = one.field.node.name.node.as_str();
    if name == "__typename" {
        return Some(Ty::read("String!"));
    }
    SHAPES.field(one.on, name).map(|shape| shape.ty.clone())
}

/// Whether values of two types have one shape.
fn is_alike(one: Option<&Ty>, other: Option<&Ty>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return true };
    match (one, other) {
        (Ty::NonNull(one), Ty::NonNull(other)) | (Ty::List(one), Ty::List(other)) => {
            is_alike(Some(one), Some(other))
        }
        (Ty::Named(one), Ty::Named(other)) => {
            let has_fields = |name: &str| SHAPES.get(name).is_some_and(Shape::has_fields);
            one == other || (has_fields(one) && has_fields(other))
        }
        _ => false,
    }
}

fn has_same_arguments(one: &Field, other: &Field) -> bool {
    one.arguments.len() == other.arguments.len()
        && one
            .arguments
            .iter()
            .all(|(name, value)| other.get_argument(&name.node).is_some_and(|of| of.node == value.node))
}
