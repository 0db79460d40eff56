//! Whether variables fit where they stand: a position with a default takes one that may be null.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Pos, Positioned, ServerError, Value,
    parser::types::{
        Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
        VariableDefinition,
    },
};

use super::{
    given::{Given, of_directives, of_field},
    overlap::MOST_FAULTS,
    selection::root_of,
    shapes::{InputShape, SHAPES, Shape, Ty},
    typename,
};

/// Whether a fault the library found is about what is checked here instead.
pub(crate) fn is_about_positions(message: &str) -> bool {
    message.starts_with("Variable \"") && message.contains("\" used in position expecting type \"")
}

/// Every variable that does not fit where it stands.
pub(crate) fn faults(document: &ExecutableDocument) -> Vec<ServerError> {
    let mut found = Vec::new();
    for (_, operation) in document.operations.iter() {
        let variables = declared(&operation.node);
        let mut walk = Walk { document, variables, spread: HashSet::new(), found: Vec::new() };
        walk.directives(&operation.node.directives);
        walk.selections(root_of(operation.node.ty), &operation.node.selection_set.node);
        found.append(&mut walk.found);
        if found.len() >= MOST_FAULTS {
            break;
        }
    }
    found
}

/// A variable: its type, whether it has a default that is not null, and where it is declared.
struct Variable {
    ty: Ty,
    has_default: bool,
    pos: Pos,
}

fn declared(operation: &OperationDefinition) -> HashMap<&str, Variable> {
    let variable = |one: &Positioned<VariableDefinition>| Variable {
        ty: Ty::read(&one.node.var_type.node.to_string()),
        has_default: one.node.default_value.as_ref().is_some_and(|value| value.node != Value::Null),
        pos: one.pos,
    };
    operation.variable_definitions.iter().map(|one| (one.node.name.node.as_str(), variable(one))).collect()
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    variables: HashMap<&'a str, Variable>,
    /// Fragments that were walked.
    spread: HashSet<&'a Name>,
    found: Vec<ServerError>,
}

impl<'a> Walk<'a> {
    fn selections(&mut self, of: &str, set: &'a SelectionSet) {
        for item in &set.items {
            self.directives(item.node.directives());
            match &item.node {
                Selection::Field(field) => self.field(of, &field.node),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map_or(of, |on| on.node.on.node.as_str());
                    self.selections(on, &inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            }
        }
    }

    fn fragment(&mut self, name: &Name) {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else { return };
        if self.spread.insert(name) {
            self.directives(&fragment.node.directives);
            let on = fragment.node.type_condition.node.on.node.as_str();
            self.selections(on, &fragment.node.selection_set.node);
        }
    }

    fn field(&mut self, of: &str, field: &'a Field) {
        self.directives(&field.directives);
        if let Some(text) = typename::fault(field) {
            self.found.push(ServerError::new(text, Some(field.name.pos)));
        }
        let Some(shape) = SHAPES.field(of, &field.name.node) else { return };
        for given in of_field(field) {
            if let Some(argument) = shape.arguments.iter().find(|one| one.name == given.name) {
                self.member(&given.value, argument, given.pos);
            }
        }
        self.selections(shape.ty.named(), &field.selection_set.node);
    }

    fn directives(&mut self, all: &'a [Positioned<Directive>]) {
        let truth = Ty::NonNull(Box::new(Ty::Named("Boolean".to_owned())));
        for (_, given) in of_directives(all) {
            self.value(&given.value, &truth, false, given.pos);
        }
    }

    fn member(&mut self, value: &Given, shape: &InputShape, pos: Pos) {
        self.value(value, &shape.ty, shape.default.is_some(), pos);
    }

    fn value(&mut self, value: &Given, ty: &Ty, has_default: bool, pos: Pos) {
        match (value, ty) {
            (Given::Variable(name), _) => self.variable(name, ty, has_default, pos),
            (Given::List(items), Ty::List(of)) => {
                for item in items {
                    self.value(item, of, false, pos);
                }
            }
            (_, Ty::NonNull(of) | Ty::List(of)) => self.value(value, of, false, pos),
            (Given::Object(members), Ty::Named(name)) => {
                let Some(Shape::Input(shapes)) = SHAPES.get(name) else { return };
                for (name, value) in members {
                    if let Some(shape) = shapes.iter().find(|shape| shape.name == *name) {
                        self.member(value, shape, pos);
                    }
                }
            }
            _ => {}
        }
    }

    fn variable(&mut self, name: &str, ty: &Ty, has_default: bool, pos: Pos) {
        let Some(variable) = self.variables.get(name) else { return };
        let is_fit = match ty {
            Ty::NonNull(of) if variable.ty.is_nullable() => {
                (variable.has_default || has_default) && fits(&variable.ty, of)
            }
            _ => fits(&variable.ty, ty),
        };
        if !is_fit && self.found.len() < MOST_FAULTS {
            let given = &variable.ty;
            let text = format!("the variable `${name}` of the type {given} stands where {ty} is taken");
            let mut fault = ServerError::new(text, Some(variable.pos));
            fault.locations.push(pos);
            self.found.push(fault);
        }
    }
}

/// Whether a value of the type `given` is one of the type `taken`.
fn fits(given: &Ty, taken: &Ty) -> bool {
    match (given, taken) {
        (Ty::NonNull(given), Ty::NonNull(taken)) | (Ty::List(given), Ty::List(taken)) => fits(given, taken),
        (Ty::NonNull(given), _) => fits(given, taken),
        (Ty::Named(given), Ty::Named(taken)) => given == taken,
        _ => false,
    }
}
