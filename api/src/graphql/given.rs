//! Values as they were sent: literals of a document, defaults, and variables in JSON.

use std::convert::Infallible;

use async_graphql::{
    Pos, Positioned, Value,
    parser::types::{Directive, Field},
};
use serde_json::{Number, Value as Json};

/// A value as it was sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    /// Null.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text between quotes.
    Text(String),
    /// A bare name of a closed list.
    Name(String),
    /// A list.
    List(Vec<Self>),
    /// An object, its members in order.
    Object(Vec<(String, Self)>),
    /// A variable, by its name.
    Variable(String),
}

/// An argument of a field or a directive.
#[derive(Clone, Debug)]
pub(crate) struct Argument<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its value.
    pub(crate) value: Given,
    /// Where the value stands.
    pub(crate) pos: Pos,
}

impl Given {
    /// A value of a variable as the request has it.
    pub(crate) fn json(value: &Json) -> Self {
        match value {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(number) => Self::Number(whole(number).unwrap_or_else(|| number.clone())),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::json).collect()),
            Json::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (name.clone(), Self::json(value))).collect())
            }
        }
    }

    /// A literal. Bytes stand for a variable: no document can hold any.
    pub(crate) fn literal(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Boolean(truth) => Self::Bool(truth),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::Text(text),
            Value::Enum(name) => Self::Name(name.to_string()),
            Value::Binary(name) => Self::Variable(String::from_utf8_lossy(&name).into_owned()),
            Value::List(items) => Self::List(items.into_iter().map(Self::literal).collect()),
            Value::Object(members) => {
                let members = members.into_iter();
                Self::Object(members.map(|(name, value)| (name.to_string(), Self::literal(value))).collect())
            }
        }
    }

    /// The name or text that it is.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) | Self::Text(name) => Some(name),
            _ => None,
        }
    }

    /// What it is, in a few words for a message.
    pub(crate) fn shown(&self) -> String {
        let text = match self {
            Self::Null => "null".to_owned(),
            Self::Bool(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => format!("{:?}", text.chars().take(40).collect::<String>()),
            Self::Name(name) => name.clone(),
            Self::List(_) => "a list".to_owned(),
            Self::Object(_) => "an object".to_owned(),
            Self::Variable(name) => format!("${name}"),
        };
        text.chars().take(60).collect()
    }
}

/// A number of JSON that is whole, though it may be written with a point: `10.0`.
fn whole(number: &Number) -> Option<Number> {
    let float =
        number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15)?;
    format!("{float:.0}").parse::<i64>().ok().map(Number::from)
}

/// Puts bytes in the place of a variable, which the library's constant values cannot hold.
macro_rules! constant {
    ($value:expr) => {
        $value
            .clone()
            .into_const_with(|name| Ok::<_, Infallible>(Value::Binary(name.as_str().to_owned().into())))
    };
}

/// The arguments of a field.
pub(crate) fn of_field(field: &Field) -> Vec<Argument<'_>> {
    let all = field.arguments.iter().filter_map(|(name, value)| {
        let constant = constant!(value.node).ok()?;
        Some(Argument { name: name.node.as_str(), value: Given::literal(constant), pos: value.pos })
    });
    all.collect()
}

/// The arguments of directives, each with the directive's name.
pub(crate) fn of_directives(all: &[Positioned<Directive>]) -> Vec<(&str, Argument<'_>)> {
    let arguments = all.iter().flat_map(|one| one.node.arguments.iter().map(move |argument| (one, argument)));
    let all = arguments.filter_map(|(directive, (name, value))| {
        let value_of = Given::literal(constant!(value.node).ok()?);
        let argument = Argument { name: name.node.as_str(), value: value_of, pos: value.pos };
        Some((directive.node.name.node.as_str(), argument))
    });
    all.collect()
}
