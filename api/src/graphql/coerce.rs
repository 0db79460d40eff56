//! Coercion of variables and arguments, as the specification says, before anything runs.
//!
//! What comes out is in wire form: members and codes as REST names them. A member that was not given is not
//! there; null is null. Every fault is found, and each is a request error.

mod scalar;

use std::fmt;

use async_graphql::{
    Pos, ServerError,
    parser::types::{Field, OperationDefinition},
};
use kernel::input::hint;
use serde_json::{Map, Value as Json};

use super::{
    fault::request_fault,
    given::{Given, of_field},
    shapes::{FieldShape, InputShape, SHAPES, Shape, Ty},
};

/// The values of variables, in wire form; those that were not given are not there.
pub(crate) type Variables = Map<String, Json>;

/// The values of an operation's variables.
///
/// # Errors
/// Every variable that is missing or does not fit.
pub(crate) fn variables(
    operation: &OperationDefinition,
    sent: &Map<String, Json>,
) -> Result<Variables, Vec<ServerError>> {
    let (none, mut found) = (Variables::new(), Variables::new());
    let mut faults = Vec::new();
    for one in &operation.variable_definitions {
        let name = one.node.name.node.as_str();
        let ty = Ty::read(&one.node.var_type.node.to_string());
        let mut coercion = Coercion { variables: &none, from_json: true, pos: one.pos, faults: &mut faults };
        let default = one.node.default_value.as_ref().map(|value| Given::literal(value.node.clone()));
        let value = match (sent.get(name), default) {
            (Some(value), _) => coercion.value(&Given::json(value), &ty, At::Variable(name)),
            (None, Some(default)) => {
                coercion.from_json = false;
                coercion.value(&default, &ty, At::Variable(name))
            }
            (None, None) if ty.is_nullable() => None,
            (None, None) => coercion.refuse(At::Variable(name), &format!("is missing; it takes {ty}")),
        };
        found.extend(value.map(|value| (name.to_owned(), value)));
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// The arguments of a field, by their names on the wire.
pub(crate) fn arguments(
    field: &Field,
    shape: &FieldShape,
    variables: &Variables,
    faults: &mut Vec<ServerError>,
) -> Map<String, Json> {
    let given = of_field(field);
    let mut all = Map::new();
    for argument in &shape.arguments {
        let found = given.iter().find(|one| one.name == argument.name);
        let pos = found.map_or(field.name.pos, |one| one.pos);
        let mut coercion = Coercion { variables, from_json: false, pos, faults };
        let at = At::Argument(&shape.name, &argument.name);
        let value = coercion.member(found.map(|one| &one.value), argument, at);
        all.extend(value.map(|value| (argument.member.clone(), value)));
    }
    all
}

/// Where a value stands, for messages.
#[derive(Clone, Copy)]
enum At<'a> {
    Variable(&'a str),
    Argument(&'a str, &'a str),
    Member(&'a At<'a>, &'a str),
    Item(&'a At<'a>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "${name}"),
            Self::Argument(field, name) => write!(f, "{field}.{name}"),
            Self::Member(above, name) => write!(f, "{above}.{name}"),
            Self::Item(above, at) => write!(f, "{above}[{at}]"),
        }
    }
}

/// One value being coerced.
struct Coercion<'a> {
    variables: &'a Variables,
    /// Whether it is JSON, where names of closed lists are texts.
    from_json: bool,
    pos: Pos,
    faults: &'a mut Vec<ServerError>,
}

impl Coercion<'_> {
    /// A member of an input, or an argument; none where it is not given and has no default.
    fn member(&mut self, given: Option<&Given>, shape: &InputShape, at: At<'_>) -> Option<Json> {
        let given = match given {
            // A variable that was not given is as if the member were not there.
            Some(Given::Variable(name)) if !self.variables.contains_key(name) => None,
            given => given,
        };
        match (given, &shape.default) {
            (Some(value), _) => self.value(value, &shape.ty, at),
            (None, Some(default)) => Some(default.clone()),
            (None, None) if shape.ty.is_nullable() => None,
            (None, None) => self.refuse(at, &format!("is missing; it takes {}", shape.ty)),
        }
    }

    /// A value of a type; none where it does not fit.
    fn value(&mut self, given: &Given, ty: &Ty, at: At<'_>) -> Option<Json> {
        match (given, ty) {
            (Given::Variable(name), _) => {
                let value = self.variables.get(name).cloned().unwrap_or_default();
                if value.is_null() && !ty.is_nullable() {
                    return self.refuse(at, &format!("is null in `${name}`; it takes {ty}"));
                }
                Some(value)
            }
            (Given::Null, Ty::NonNull(_)) => self.refuse(at, &format!("is null; it takes {ty}")),
            (_, Ty::NonNull(of)) => self.value(given, of, at),
            (Given::Null, _) => Some(Json::Null),
            (Given::List(items), Ty::List(of)) => self.items(items, of, at),
            (one, Ty::List(of)) => Some(Json::Array(vec![self.value(one, of, at)?])),
            (_, Ty::Named(name)) => match SHAPES.get(name) {
                Some(Shape::Input(members)) => self.object(given, (name, members), at),
                Some(Shape::List(names)) => {
                    let code = match given {
                        Given::Name(name) => names.get(name),
                        Given::Text(name) if self.from_json => names.get(name),
                        _ => None,
                    };
                    if let Some(code) = code {
                        return Some(Json::String(code.clone()));
                    }
                    let known = names.keys().map(String::as_str);
                    let all = known.clone().collect::<Vec<_>>().join(", ");
                    let hint = given.name().map_or_else(String::new, |given| hint(given, known));
                    self.refuse(at, &format!("{} is none of {all} ({name}){hint}", given.shown()))
                }
                Some(Shape::Scalar(scalar)) => match scalar::wire(*scalar, given, self.variables) {
                    Ok(value) => Some(value),
                    Err(form) => self.refuse(at, &format!("{} is not {form}", given.shown())),
                },
                _ => self.refuse(at, &format!("{name} is no type of inputs")),
            },
        }
    }

    fn items(&mut self, items: &[Given], of: &Ty, at: At<'_>) -> Option<Json> {
        let mut all = Vec::with_capacity(items.len());
        let mut is_good = true;
        for (index, item) in items.iter().enumerate() {
            let item = self.value(item, of, At::Item(&at, index));
            is_good &= item.is_some();
            all.extend(item);
        }
        is_good.then_some(Json::Array(all))
    }

    fn object(&mut self, given: &Given, of: (&str, &[InputShape]), at: At<'_>) -> Option<Json> {
        let Given::Object(members) = given else {
            return self.refuse(at, &format!("{} is not an object of the type {}", given.shown(), of.0));
        };
        let before = self.faults.len();
        for (name, _) in members {
            if of.1.iter().all(|shape| shape.name != *name) {
                let hint = hint(name, of.1.iter().map(|shape| shape.name.as_str()));
                let name: String = name.chars().take(60).collect();
                self.refuse(At::Member(&at, &name), &format!("is no member of {}{hint}", of.0));
            }
        }
        let mut all = Map::new();
        for shape in of.1 {
            let found = members.iter().find(|(name, _)| *name == shape.name).map(|(_, value)| value);
            let value = self.member(found, shape, At::Member(&at, &shape.name));
            all.extend(value.map(|value| (shape.member.clone(), value)));
        }
        (self.faults.len() == before).then_some(Json::Object(all))
    }

    fn refuse(&mut self, at: At<'_>, why: &str) -> Option<Json> {
        self.faults.push(request_fault(format!("{at}: {why}"), self.pos));
        None
    }
}
