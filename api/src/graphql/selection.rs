//! The selection of the operation that runs: fields merged, arguments coerced, what is skipped left out.

mod collect;

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Pos, ServerError,
    parser::types::{ExecutableDocument, OperationType, SelectionSet},
};
use kernel::{
    KindDef,
    record::{
        Columns,
        part::{Form, Part},
    },
    store::Wanted,
};
use serde_json::{Map, Value as Json};

use super::{
    coerce::{self, Variables},
    shapes::{FieldShape, SHAPES, Shape},
    types::Does,
};
use crate::domain::KINDS;
pub(crate) use collect::{Group, Reading};

/// What is selected on a type.
#[derive(Debug)]
pub(crate) struct Sel {
    /// Name of the type.
    pub(crate) of: String,
    /// The fields, in the order they were asked for.
    pub(crate) items: Vec<Item>,
    /// Whether showing them, here or below, takes what is known of owners.
    pub(crate) takes_owners: bool,
    /// What showing them takes of a record, where the type is a kind's.
    columns: Columns,
}

/// A selected field.
#[derive(Debug)]
pub(crate) struct Item {
    /// Name in the answer.
    pub(crate) key: String,
    /// Where it stands in the document.
    pub(crate) pos: Pos,
    /// What it is.
    pub(crate) what: What,
    /// Its arguments, in wire form.
    pub(crate) arguments: Map<String, Json>,
    /// What is selected below it.
    pub(crate) below: Below,
    /// Whether it shows codes of a closed list.
    pub(crate) is_code: bool,
}

/// What is selected.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    /// The name of the type.
    Typename,
    /// Introspection, which the library answers.
    Library,
    /// A field.
    Field(&'static FieldShape),
}

/// What is selected below a field.
#[derive(Debug)]
pub(crate) enum Below {
    /// Nothing: it is a value.
    Value,
    /// Fields of a type.
    One(Box<Sel>),
    /// Fields of each type an interface has.
    Any(HashMap<String, Sel>),
}

/// The type an operation begins with.
pub(crate) const fn root_of(ty: OperationType) -> &'static str {
    match ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

/// The selection of an operation.
///
/// # Errors
/// Every argument that is missing or does not fit.
pub(crate) fn selection(
    document: &ExecutableDocument,
    variables: &Variables,
    (of, set): (&str, &SelectionSet),
) -> Result<Sel, Vec<ServerError>> {
    let mut reading = Reading::of(document, variables);
    let sel = reading.select(of, &[set]);
    let mut seen = HashSet::new();
    reading.faults.retain(|fault| seen.insert((fault.message.clone(), format!("{:?}", fault.locations))));
    if reading.faults.is_empty() { Ok(sel) } else { Err(reading.faults) }
}

impl<'a> Reading<'a> {
    fn select(&mut self, of: &str, sets: &[&'a SelectionSet]) -> Sel {
        let mut items = Vec::new();
        for group in self.collect(of, sets) {
            items.extend(self.item(of, &group));
        }
        let def = KINDS.served().find(|def| def.declared.type_name == of);
        let takes_owners = items.iter().any(|item| item.takes_owners(def) || item.below.takes_owners());
        let columns = def.map_or(Columns::NONE, |def| {
            items.iter().fold(def.base(), |all, item| all.and(item.columns(def)))
        });
        Sel { of: of.to_owned(), items, takes_owners, columns }
    }

    fn item(&mut self, of: &str, group: &Group<'a>) -> Option<Item> {
        let first = group.fields.first()?;
        let (key, pos) = (group.key.to_owned(), first.pos);
        let name = first.node.name.node.as_str();
        let bare = |what| {
            let (key, arguments, below) = (key.clone(), Map::new(), Below::Value);
            Some(Item { key, pos, what, arguments, below, is_code: false })
        };
        match name {
            "__typename" => return bare(What::Typename),
            "__schema" | "__type" => return bare(What::Library),
            _ => {}
        }
        let field = SHAPES.field(of, name)?;
        let arguments = coerce::arguments(&first.node, field, self.variables, &mut self.faults);
        let sets: Vec<_> = group.fields.iter().map(|one| &one.node.selection_set.node).collect();
        let to = SHAPES.get(field.ty.named());
        let below = match to {
            Some(Shape::Object(_)) => Below::One(Box::new(self.select(field.ty.named(), &sets))),
            Some(Shape::Interface(_, types)) => {
                Below::Any(types.iter().map(|ty| (ty.clone(), self.select(ty, &sets))).collect())
            }
            _ => Below::Value,
        };
        let is_code = matches!(to, Some(Shape::List(_)));
        Some(Item { key, pos, what: What::Field(field), arguments, below, is_code })
    }
}

impl Item {
    fn part(&self, def: Option<&'static KindDef>) -> Option<&'static Part> {
        match self.what {
            What::Field(FieldShape { does: Does::Part(at), .. }) => def?.parts.get(*at),
            _ => None,
        }
    }

    fn takes_owners(&self, def: Option<&'static KindDef>) -> bool {
        self.part(def).is_some_and(|part| part.form.takes_owners())
    }

    /// What the field takes of a record it stands on.
    fn columns(&self, def: &'static KindDef) -> Columns {
        let What::Field(field) = self.what else { return Columns::NONE };
        match field.does {
            Does::Part(_) => self.part(Some(def)).map_or(Columns::ALL, |part| def.columns_of(part.form)),
            Does::One(_, column) => def.named(&[column]),
            Does::SharedWith => def.columns_of(Form::SharedWith),
            Does::AnyRef(kind, id) => def.columns_of(Form::AnyRef(kind, id)),
            Does::Many(..) | Does::History | Does::Moves => Columns::NONE,
            Does::Member | Does::Record | Does::Page(_) | Does::Read(_) | Does::Write(_) => Columns::ALL,
        }
    }

    /// What the field takes of the records of a kind that it leads to.
    pub(crate) fn wanted(&self, def: &'static KindDef) -> Wanted {
        Wanted { def, columns: self.below.columns(def).and(def.base()) }
    }
}

impl Below {
    /// What is shown of the records of a kind: right below, or as the nodes of a connection.
    fn columns(&self, def: &KindDef) -> Columns {
        match self {
            Self::Value => Columns::NONE,
            Self::One(sel) if sel.of == def.declared.type_name => sel.columns,
            Self::One(sel) => {
                sel.items.iter().fold(Columns::NONE, |all, item| all.and(item.below.columns(def)))
            }
            Self::Any(types) => types.get(def.declared.type_name).map_or(Columns::NONE, |sel| sel.columns),
        }
    }

    fn takes_owners(&self) -> bool {
        match self {
            Self::Value => false,
            Self::One(sel) => sel.takes_owners,
            Self::Any(types) => types.values().any(|sel| sel.takes_owners),
        }
    }

    /// What is selected on records of a type.
    pub(crate) fn on(&self, of: &str) -> Option<&Sel> {
        match self {
            Self::Value => None,
            Self::One(sel) => Some(sel),
            Self::Any(types) => types.get(of),
        }
    }
}
