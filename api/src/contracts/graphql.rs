//! Breaking changes of the GraphQL schema.

use std::collections::BTreeMap;

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
};

use super::breaking::Break;

type Types = BTreeMap<String, TypeKind>;

/// What callers of the old schema would notice of the new one.
///
/// # Errors
/// Which of them is no schema.
pub fn breaks(old: &str, new: &str) -> Result<Vec<Break>, String> {
    let (old, new) = (types(old)?, types(new)?);
    let mut found = Vec::new();
    for (name, was) in &old {
        match new.get(name) {
            Some(is) => type_breaks(name, was, is, &mut found),
            None => found.push(Break::new(name, "is gone")),
        }
    }
    Ok(found)
}

fn types(sdl: &str) -> Result<Types, String> {
    let document = parse_schema(sdl).map_err(|error| format!("a schema cannot be read: {error}"))?;
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(of) => Some((of.node.name.node.to_string(), of.node.kind)),
        _ => None,
    });
    Ok(types.collect())
}

fn type_breaks(name: &str, was: &TypeKind, is: &TypeKind, found: &mut Vec<Break>) {
    use TypeKind::{Enum, InputObject, Interface, Object, Scalar, Union};
    match (was, is) {
        (Object(was), Object(is)) => {
            lost(name, &names(&was.implements), &names(&is.implements), found);
            field_breaks(name, &was.fields, &is.fields, found);
        }
        (Interface(was), Interface(is)) => field_breaks(name, &was.fields, &is.fields, found),
        (Union(was), Union(is)) => lost(name, &names(&was.members), &names(&is.members), found),
        (Enum(was), Enum(is)) => {
            let was: Vec<_> = was.values.iter().map(|one| one.node.value.to_string()).collect();
            let is: Vec<_> = is.values.iter().map(|one| one.node.value.to_string()).collect();
            lost(name, &was, &is, found);
        }
        (InputObject(was), InputObject(is)) => {
            input_breaks(&|field| format!("{name}.{field}"), &was.fields, &is.fields, found);
        }
        (Scalar, Scalar) => {}
        _ => found.push(Break::new(name, "is another sort of type now")),
    }
}

fn names<T: ToString>(all: &[async_graphql::Positioned<T>]) -> Vec<String> {
    all.iter().map(|one| one.node.to_string()).collect()
}

/// Values, members and interfaces that are not there any more.
fn lost(name: &str, was: &[String], is: &[String], found: &mut Vec<Break>) {
    let gone = was.iter().filter(|one| !is.contains(one));
    found.extend(gone.map(|one| Break::new(format!("{name}.{one}"), "is gone")));
}

fn field_breaks(
    name: &str,
    was: &[async_graphql::Positioned<FieldDefinition>],
    is: &[async_graphql::Positioned<FieldDefinition>],
    found: &mut Vec<Break>,
) {
    for was in was.iter().map(|field| &field.node) {
        let path = format!("{name}.{}", was.name.node);
        let Some(is) = is.iter().map(|field| &field.node).find(|is| is.name.node == was.name.node) else {
            found.push(Break::new(path, "is gone"));
            continue;
        };
        let (before, now) = (&was.ty.node, &is.ty.node);
        if !gives(before, now) {
            found.push(Break::new(&path, format!("was {before} and is {now}")));
        }
        input_breaks(&|argument| format!("{path}({argument}:)"), &was.arguments, &is.arguments, found);
    }
}

/// Arguments or members of an input.
fn input_breaks(
    path: &dyn Fn(&str) -> String,
    was: &[async_graphql::Positioned<InputValueDefinition>],
    is: &[async_graphql::Positioned<InputValueDefinition>],
    found: &mut Vec<Break>,
) {
    for is in is.iter().map(|one| &one.node) {
        let name = path(&is.name.node);
        let before = was.iter().map(|one| &one.node).find(|was| was.name.node == is.name.node);
        let is_needed = !is.ty.node.nullable && is.default_value.is_none();
        match before {
            None if is_needed => found.push(Break::new(name, "is new and required")),
            Some(was) if !takes(&was.ty.node, &is.ty.node) => {
                found.push(Break::new(name, format!("took {} and takes {}", was.ty.node, is.ty.node)));
            }
            Some(was) if is_needed && was.default_value.is_some() => {
                found.push(Break::new(name, "has lost its default and is required"));
            }
            _ => {}
        }
    }
    let gone = was.iter().filter(|was| !is.iter().any(|is| is.node.name.node == was.node.name.node));
    found.extend(gone.map(|was| Break::new(path(&was.node.name.node), "is gone")));
}

/// Whether what is answered now is what was promised, or more exact.
fn gives(was: &Type, is: &Type) -> bool {
    let same = match (&was.base, &is.base) {
        (BaseType::Named(was), BaseType::Named(is)) => was == is,
        (BaseType::List(was), BaseType::List(is)) => gives(was, is),
        _ => false,
    };
    same && (was.nullable || !is.nullable)
}

/// Whether what was taken is taken still.
fn takes(was: &Type, is: &Type) -> bool {
    let same = match (&was.base, &is.base) {
        (BaseType::Named(was), BaseType::Named(is)) => was == is,
        (BaseType::List(was), BaseType::List(is)) => takes(was, is),
        _ => false,
    };
    same && (is.nullable || !was.nullable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "type Query { plan(id: ID!, lang: String = \"en\"): Plan plans(first: Int): [Plan!]! }
        type Plan implements Node { id: ID! title: String! note: String }
        interface Node { id: ID! } union Any = Plan | Query enum Status { DRAFT ADOPTED }
        input NewPlan { title: String! note: String }";

    fn after(from: &str, to: &str) -> Vec<String> {
        let new = OLD.replace(from, to);
        assert_ne!(new, OLD, "{from}");
        breaks(OLD, &new).unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_callers_would_notice_is_told() {
        for (from, to, told) in [
            ("note: String }\n        interface", "}\n        interface", "`Plan.note` is gone"),
            (
                "title: String! note: String }\n        interface",
                "title: String note: String }\n        interface",
                "`Plan.title` was String! and is String",
            ),
            ("[Plan!]!", "[Plan]!", "`Query.plans` was [Plan!]! and is [Plan]!"),
            ("(first: Int)", "(first: Int!)", "`Query.plans(first:)` took Int and takes Int!"),
            ("(first: Int)", "(first: Int, of: ID!)", "`Query.plans(of:)` is new and required"),
            ("(id: ID!, ", "(", "`Query.plan(id:)` is gone"),
            ("String = \"en\"", "String!", "`Query.plan(lang:)` took String and takes String!"),
            (" implements Node", "", "`Plan.Node` is gone"),
            ("Plan | Query", "Plan", "`Any.Query` is gone"),
            ("DRAFT ", "", "`Status.DRAFT` is gone"),
            ("enum Status { DRAFT ADOPTED }", "scalar Status", "`Status` is another sort of type now"),
            ("enum Status { DRAFT ADOPTED }", "", "`Status` is gone"),
            (
                "input NewPlan { title: String!",
                "input NewPlan { title: String! kind: ID!",
                "`NewPlan.kind` is new and required",
            ),
        ] {
            assert_eq!(after(from, to), [told]);
        }
    }

    #[test]
    fn what_only_adds_is_silent() {
        for (from, to) in [
            ("id: ID! title: String! note: String }\n", "id: ID! title: String! note: String! more: Int }\n"),
            ("(first: Int)", "(first: Int, after: String)"),
            ("(id: ID!,", "(id: ID,"),
            ("DRAFT ", "DRAFT CLOSED "),
            ("input NewPlan { title: String!", "input NewPlan { title: String kind: ID! = 1"),
        ] {
            assert_eq!(after(from, to), [""; 0], "{to}");
        }
        assert!(breaks("type {", OLD).is_err());
    }
}
