//! The fields of selections by their keys: fragments put in, what is skipped left out.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet},
};
use serde_json::Value as Json;

use crate::graphql::{
    coerce::Variables,
    fault::request_fault,
    given::{Given, of_directives},
    shapes::SHAPES,
};

/// A document with the values of the variables of the operation that runs.
pub(crate) struct Reading<'a> {
    /// The document.
    pub(crate) document: &'a ExecutableDocument,
    /// The values.
    pub(crate) variables: &'a Variables,
    pub(super) faults: Vec<ServerError>,
}

/// The fields of one key.
pub(crate) struct Group<'a> {
    /// The key.
    pub(crate) key: &'a str,
    /// The fields that were merged.
    pub(crate) fields: Vec<&'a Positioned<Field>>,
}

impl<'a> Reading<'a> {
    /// Reads the document with these values.
    pub(crate) const fn of(document: &'a ExecutableDocument, variables: &'a Variables) -> Self {
        Self { document, variables, faults: Vec::new() }
    }

    /// The fields of selections on records of a type, those of one key together.
    pub(crate) fn collect(&mut self, of: &str, sets: &[&'a SelectionSet]) -> Vec<Group<'a>> {
        let (mut groups, mut spread) = (Groups::default(), HashSet::new());
        for set in sets {
            self.gather(of, set, &mut spread, &mut groups);
        }
        groups.all
    }

    fn gather(
        &mut self,
        of: &str,
        set: &'a SelectionSet,
        spread: &mut HashSet<&'a Name>,
        groups: &mut Groups<'a>,
    ) {
        for item in &set.items {
            if !self.is_wanted(item.node.directives()) {
                continue;
            }
            match &item.node {
                Selection::Field(field) => groups.put(field),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    if on.is_none_or(|on| SHAPES.is_of(of, on)) {
                        self.gather(of, &inline.node.selection_set.node, spread, groups);
                    }
                }
                Selection::FragmentSpread(one) => {
                    let found = self.document.fragments.get_key_value(&one.node.fragment_name.node);
                    let Some((name, fragment)) = found else { continue };
                    let is_new = spread.insert(name);
                    if is_new && SHAPES.is_of(of, &fragment.node.type_condition.node.on.node) {
                        self.gather(of, &fragment.node.selection_set.node, spread, groups);
                    }
                }
            }
        }
    }

    /// What `@skip` and `@include` say.
    pub(crate) fn is_wanted(&mut self, directives: &[Positioned<Directive>]) -> bool {
        let mut is_wanted = true;
        for (directive, argument) in of_directives(directives) {
            let truth = match &argument.value {
                Given::Bool(truth) => Some(*truth),
                Given::Variable(name) => self.variables.get(name).and_then(Json::as_bool),
                _ => None,
            };
            match (directive, truth) {
                ("skip", Some(truth)) => is_wanted &= !truth,
                ("include", Some(truth)) => is_wanted &= truth,
                ("skip" | "include", None) => {
                    let value = match &argument.value {
                        Given::Variable(name) => self.variables.get(name).map(Given::json),
                        _ => None,
                    };
                    let of = argument.value.shown();
                    let shown =
                        value.map_or_else(|| of.clone(), |value| format!("{} in {of}", value.shown()));
                    let text = format!("@{directive}.if: {shown} is not true or false");
                    self.faults.push(request_fault(text, argument.pos));
                }
                _ => {}
            }
        }
        is_wanted
    }
}

/// Fields by their keys, in order.
#[derive(Default)]
struct Groups<'a> {
    all: Vec<Group<'a>>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Groups<'a> {
    fn put(&mut self, field: &'a Positioned<Field>) {
        let key = field.node.response_key().node.as_str();
        let place = *self.places.entry(key).or_insert(self.all.len());
        match self.all.get_mut(place) {
            Some(group) => group.fields.push(field),
            None => self.all.push(Group { key, fields: vec![field] }),
        }
    }
}
