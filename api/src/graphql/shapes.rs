//! The schema as coercion and execution read it: made once from the registry, and looked up by name.

use std::{collections::HashMap, fmt, sync::LazyLock};

use async_graphql::{
    indexmap::IndexMap,
    registry::{MetaField, MetaInputValue, MetaType, MetaTypeName, Registry},
};
use serde_json::Value as Json;

use super::{
    names::snake,
    types::{self, Does, Made},
};

/// The schema that is served.
pub(crate) static SHAPES: LazyLock<Shapes> = LazyLock::new(Shapes::of_the_schema);

/// Every type by its name.
#[derive(Debug)]
pub(crate) struct Shapes(HashMap<String, Shape>);

/// A type.
#[derive(Debug)]
pub(crate) enum Shape {
    /// An object with its fields.
    Object(HashMap<String, FieldShape>),
    /// An interface with its fields and the types that have it.
    Interface(HashMap<String, FieldShape>, Vec<String>),
    /// An input with its members.
    Input(Vec<InputShape>),
    /// A closed list: name, and its form on the wire, in order.
    List(IndexMap<String, String>),
    /// A scalar.
    Scalar(Scalar),
}

/// A scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// A 32-bit integer.
    Int,
    /// A number with a fraction.
    Float,
    /// A text.
    Text,
    /// An exact decimal number, as a text.
    Decimal,
    /// True or false.
    Bool,
    /// A UUID.
    Id,
    /// A day.
    Date,
    /// An instant.
    Instant,
    /// A JSON object.
    Object,
    /// An id, a code, an external key, or the object as it was read.
    Reference,
}

/// A type where it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    /// A type by its name, or null.
    Named(String),
    /// A list, or null.
    List(Box<Ty>),
    /// Never null.
    NonNull(Box<Ty>),
}

/// A field.
#[derive(Debug)]
pub(crate) struct FieldShape {
    /// Its name.
    pub(crate) name: String,
    /// Name of the member of a JSON value it shows.
    pub(crate) member: String,
    /// What it gives.
    pub(crate) ty: Ty,
    /// What it takes.
    pub(crate) arguments: Vec<InputShape>,
    /// What resolves it.
    pub(crate) does: Does,
}

/// An argument, or a member of an input.
#[derive(Debug)]
pub(crate) struct InputShape {
    /// Its name.
    pub(crate) name: String,
    /// Its name on the wire.
    pub(crate) member: String,
    /// What it takes.
    pub(crate) ty: Ty,
    /// Its value where none is given, in wire form.
    pub(crate) default: Option<Json>,
}

impl Ty {
    /// Reads `[Task!]!`.
    pub(crate) fn read(text: &str) -> Self {
        match MetaTypeName::create(text) {
            MetaTypeName::NonNull(of) => Self::NonNull(Box::new(Self::read(of))),
            MetaTypeName::List(of) => Self::List(Box::new(Self::read(of))),
            MetaTypeName::Named(name) => Self::Named(name.to_owned()),
        }
    }

    /// The name at its heart.
    pub(crate) fn named(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::List(of) | Self::NonNull(of) => of.named(),
        }
    }

    /// Whether it may be null.
    pub(crate) const fn is_nullable(&self) -> bool {
        !matches!(self, Self::NonNull(_))
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::List(of) => write!(f, "[{of}]"),
            Self::NonNull(of) => write!(f, "{of}!"),
        }
    }
}

impl Shape {
    /// The field with this name.
    pub(crate) fn field(&self, name: &str) -> Option<&FieldShape> {
        match self {
            Self::Object(fields) | Self::Interface(fields, _) => fields.get(name),
            _ => None,
        }
    }

    /// Whether it has fields.
    pub(crate) const fn has_fields(&self) -> bool {
        matches!(self, Self::Object(_) | Self::Interface(..))
    }
}

impl Shapes {
    fn of_the_schema() -> Self {
        let mut registry = Registry::default();
        let made = types::put_all(&mut registry);
        <super::subscription::Subscription as async_graphql::SubscriptionType>::create_type_info(
            &mut registry,
        );
        let read =
            |(name, ty): (&String, &MetaType)| Some((name.clone(), shape(name, ty, &made, &registry)?));
        let all = registry.types.iter().filter_map(read).collect();
        Self(all)
    }

    /// The type with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Shape> {
        self.0.get(name)
    }

    /// The names of all types.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The field of a type.
    pub(crate) fn field(&self, of: &str, name: &str) -> Option<&FieldShape> {
        self.get(of)?.field(name)
    }

    /// Whether a record of the type `of` is of the type, or has the interface, `on`.
    pub(crate) fn is_of(&self, of: &str, on: &str) -> bool {
        of == on
            || matches!(self.get(on), Some(Shape::Interface(_, types)) if types.iter().any(|ty| ty == of))
    }
}

fn shape(name: &str, ty: &MetaType, made: &Made, registry: &Registry) -> Option<Shape> {
    let fields = |fields: &IndexMap<String, MetaField>| {
        fields.values().map(|one| (one.name.clone(), field(name, one, made, registry))).collect()
    };
    Some(match ty {
        MetaType::Object { fields: all, .. } => Shape::Object(fields(all)),
        MetaType::Interface { fields: all, possible_types, .. } => {
            Shape::Interface(fields(all), possible_types.iter().cloned().collect())
        }
        MetaType::InputObject { input_fields, .. } => {
            Shape::Input(input_fields.values().map(|one| input(one, made, registry)).collect())
        }
        MetaType::Enum { enum_values, .. } => {
            Shape::List(enum_values.keys().map(|value| (value.clone(), wire(name, value, made))).collect())
        }
        MetaType::Scalar { name, .. } => Shape::Scalar(scalar(name)?),
        MetaType::Union { .. } => return None,
    })
}

fn field(of: &str, field: &MetaField, made: &Made, registry: &Registry) -> FieldShape {
    let does = made.does.get(&(of.to_owned(), field.name.clone())).copied();
    FieldShape {
        name: field.name.clone(),
        member: snake(&field.name),
        ty: Ty::read(&field.ty),
        arguments: field.args.values().map(|one| input(one, made, registry)).collect(),
        does: does.unwrap_or(Does::Member),
    }
}

fn input(of: &MetaInputValue, made: &Made, registry: &Registry) -> InputShape {
    let ty = Ty::read(&of.ty);
    let named = registry.types.get(ty.named());
    // The names of closed lists are written bare, all else as JSON has it.
    let default = of.default_value.as_ref().map(|text| match named {
        Some(MetaType::Enum { name, enum_values, .. }) if enum_values.contains_key(text) => {
            Json::String(wire(name, text, made))
        }
        _ => serde_json::from_str(text).unwrap_or_default(),
    });
    InputShape { name: of.name.clone(), member: snake(&of.name), ty, default }
}

fn wire(list: &str, name: &str, made: &Made) -> String {
    let known = made.wire.get(&(list.to_owned(), name.to_owned()));
    known.cloned().unwrap_or_else(|| name.to_lowercase())
}

fn scalar(name: &str) -> Option<Scalar> {
    Some(match name {
        "Int" => Scalar::Int,
        "Float" => Scalar::Float,
        "String" => Scalar::Text,
        "Boolean" => Scalar::Bool,
        "ID" => Scalar::Id,
        "Date" => Scalar::Date,
        "DateTime" => Scalar::Instant,
        "Decimal" => Scalar::Decimal,
        "JSON" | "JSONObject" => Scalar::Object,
        "Reference" => Scalar::Reference,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{SHAPES, Shape, Ty};

    #[test]
    fn every_type_that_is_named_is_there() {
        let Ty::NonNull(list) = Ty::read("[Task!]!") else { panic!("a list") };
        assert_eq!((list.named(), list.is_nullable()), ("Task", true));
        for (name, shape) in &SHAPES.0 {
            let named: Vec<&str> = match shape {
                Shape::Object(fields) | Shape::Interface(fields, _) => {
                    let fields = fields.values().filter(|field| !field.name.starts_with("__"));
                    fields
                        .flat_map(|f| f.arguments.iter().map(|a| a.ty.named()).chain([f.ty.named()]))
                        .collect()
                }
                Shape::Input(members) => members.iter().map(|member| member.ty.named()).collect(),
                _ => Vec::new(),
            };
            for to in named {
                assert!(SHAPES.get(to).is_some(), "{name} names `{to}`, which is no type");
            }
        }
    }
}
