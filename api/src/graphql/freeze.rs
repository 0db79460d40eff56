//! Documents for the library: one operation without variables, directives and named fragments.
//!
//! The library makes nulls of variables that were not given, and passes over defaults in directives; so it is
//! given a document in which neither stands.

use std::convert::Infallible;

use async_graphql::{
    Name, Pos, Positioned, Response, Value,
    parser::types::{
        DocumentOperations, ExecutableDocument, Field, InlineFragment, OperationDefinition, OperationType,
        Selection, SelectionSet,
    },
};

use super::{
    coerce::Variables,
    fault::request_faults,
    given::{Given, of_field},
    selection::{Reading, root_of},
};

/// Key of a field that stands where all others were left out: the library takes no object without fields.
const NOTHING: &str = "__nothing";

/// An answer of the library without what was put into its document, and a code with every error.
pub(crate) fn thawed(mut response: Response) -> Response {
    bare(&mut response.data);
    response.errors = request_faults(response.errors);
    response
}

fn bare(value: &mut Value) {
    match value {
        Value::List(items) => items.iter_mut().for_each(bare),
        Value::Object(members) => {
            members.shift_remove(NOTHING);
            members.values_mut().for_each(bare);
        }
        _ => {}
    }
}

fn nothing(pos: Pos) -> Positioned<Selection> {
    let field = Field {
        alias: Some(Positioned::new(Name::new(NOTHING), pos)),
        name: Positioned::new(Name::new("__typename"), pos),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items: Vec::new() }, pos),
    };
    Positioned::new(Selection::Field(Positioned::new(field, pos)), pos)
}

/// The introspection of a query; none if there is none.
pub(crate) fn introspection(
    document: &ExecutableDocument,
    variables: &Variables,
    set: &SelectionSet,
) -> Option<ExecutableDocument> {
    operation(document, variables, (OperationType::Query, set), |name| matches!(name, "__schema" | "__type"))
}

/// A subscription; none if nothing of it is left.
pub(crate) fn subscription(
    document: &ExecutableDocument,
    variables: &Variables,
    set: &SelectionSet,
) -> Option<ExecutableDocument> {
    operation(document, variables, (OperationType::Subscription, set), |_| true)
}

fn operation(
    document: &ExecutableDocument,
    variables: &Variables,
    (ty, set): (OperationType, &SelectionSet),
    is_wanted: impl Fn(&str) -> bool,
) -> Option<ExecutableDocument> {
    let mut freezing = Freezing { reading: Reading::of(document, variables), variables };
    let groups = freezing.reading.collect(root_of(ty), &[set]);
    let fields = groups.into_iter().flat_map(|group| group.fields);
    let fields = fields.filter(|field| is_wanted(&field.node.name.node));
    let items: Vec<_> = fields.map(|field| freezing.field(field)).collect();
    if items.is_empty() {
        return None;
    }
    let selection_set = Positioned::new(SelectionSet { items }, Pos::default());
    let operation =
        OperationDefinition { ty, variable_definitions: Vec::new(), directives: Vec::new(), selection_set };
    let operations = DocumentOperations::Single(Positioned::new(operation, Pos::default()));
    Some(ExecutableDocument { operations, fragments: [].into_iter().collect() })
}

struct Freezing<'a> {
    reading: Reading<'a>,
    variables: &'a Variables,
}

impl<'a> Freezing<'a> {
    fn set(&mut self, set: &'a Positioned<SelectionSet>) -> Positioned<SelectionSet> {
        let items = set.node.items.iter().filter_map(|item| self.selection(item)).collect();
        Positioned::new(SelectionSet { items }, set.pos)
    }

    fn selection(&mut self, item: &'a Positioned<Selection>) -> Option<Positioned<Selection>> {
        if !self.reading.is_wanted(item.node.directives()) {
            return None;
        }
        let (on, set) = match &item.node {
            Selection::Field(field) => return Some(self.field(field)),
            Selection::InlineFragment(inline) => {
                (inline.node.type_condition.clone(), &inline.node.selection_set)
            }
            Selection::FragmentSpread(spread) => {
                let fragment = self.reading.document.fragments.get(&spread.node.fragment_name.node)?;
                (Some(fragment.node.type_condition.clone()), &fragment.node.selection_set)
            }
        };
        let selection_set = self.set(set);
        if selection_set.node.items.is_empty() {
            return None;
        }
        let inline = InlineFragment { type_condition: on, directives: Vec::new(), selection_set };
        Some(Positioned::new(Selection::InlineFragment(Positioned::new(inline, item.pos)), item.pos))
    }

    fn field(&mut self, field: &'a Positioned<Field>) -> Positioned<Selection> {
        let variables = self.variables;
        let constant = |name: &str| Value::from_json(variables.get(name).cloned()?).ok();
        let mut arguments = Vec::new();
        for ((name, value), given) in field.node.arguments.iter().zip(of_field(&field.node)) {
            // An argument whose variable was not given is not given.
            if matches!(&given.value, Given::Variable(of) if !variables.contains_key(of)) {
                continue;
            }
            let found = value
                .node
                .clone()
                .into_const_with(|of| Ok::<_, Infallible>(constant(of.as_str()).unwrap_or_default()));
            arguments.extend(
                found.ok().map(|found| (name.clone(), Positioned::new(found.into_value(), value.pos))),
            );
        }
        let mut selection_set = self.set(&field.node.selection_set);
        if selection_set.node.items.is_empty() && !field.node.selection_set.node.items.is_empty() {
            selection_set.node.items.push(nothing(field.pos));
        }
        let made = Field {
            alias: field.node.alias.clone(),
            name: field.node.name.clone(),
            arguments,
            directives: Vec::new(),
            selection_set,
        };
        Positioned::new(Selection::Field(Positioned::new(made, field.pos)), field.pos)
    }
}
