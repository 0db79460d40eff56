//! The types that show records of a kind.

use async_graphql::registry::MetaField;
use kernel::{
    KindDef,
    record::{
        Edge,
        part::{Form, Part},
    },
};
use model::field::Column;

use super::{
    Does, OfPage, Types,
    entry::{field, input, with_arguments, with_default},
};
use crate::{domain::KINDS, graphql::names::camel};

impl Types<'_> {
    /// Object, connection and payload of a kind.
    pub(super) fn kind(&mut self, def: &'static KindDef) {
        let name = def.declared.type_name;
        let parts = def.parts.iter().enumerate().filter_map(|(at, part)| shown(def, at, part));
        let edges = def.edges.iter().filter_map(edge);
        self.object(name, def.declared.doc, parts.chain(edges).chain(past(def)).collect());
        self.registry.add_implements(name, "Node");
        self.connection(name);
        let record = field(&camel(def.name), "The record.", format!("{name}!"));
        let text = format!("The {} as it is now.", def.declared.words());
        self.object(&format!("{name}Payload"), &text, vec![(record, Does::Record)]);
    }

    /// Connection and edge of a type.
    pub(super) fn connection(&mut self, name: &str) {
        let fields = vec![
            (field("cursor", "Cursor of the record.", "String!"), Does::Page(OfPage::Cursor)),
            (field("node", "The record.", format!("{name}!")), Does::Page(OfPage::Node)),
        ];
        self.object(&format!("{name}Edge"), "One record of a connection, with its cursor.", fields);
        let total = "How many records there are altogether; counted only when selected.";
        let edges = field("edges", "The records with their cursors.", format!("[{name}Edge!]!"));
        let info = field("pageInfo", "Where the part stands in the list.", "PageInfo!");
        let fields = vec![
            (edges, Does::Page(OfPage::Edges)),
            (field("nodes", "The records.", format!("[{name}!]!")), Does::Page(OfPage::Nodes)),
            (info, Does::Page(OfPage::Info)),
            (field("totalCount", total, "Int"), Does::Page(OfPage::Total)),
        ];
        let text = "A part of a list, with the way to the rest of it.";
        self.object(&format!("{name}Connection"), text, fields);
    }
}

/// A part of a record as a field; references are edges.
fn shown(def: &KindDef, at: usize, part: &Part) -> Option<(MetaField, Does)> {
    let column = |at: usize| Some(scalar(def.columns.get(at)?.ty).to_owned());
    let mut text = part.text.to_owned();
    let mut does = Does::Part(at);
    let ty = match part.form {
        Form::Ref(_) | Form::Refs(_) => return None,
        Form::Column(at) | Form::Inside(at) | Form::Version(at) => column(at)?,
        Form::Text(_) | Form::Country(_) => "String".to_owned(),
        Form::Texts(_) | Form::Regions(_) => "[String!]".to_owned(),
        Form::Code(_, list)
        | Form::Level(_, list)
        | Form::Ahead(_, _, _, list)
        | Form::Overdue(_, _, _, list) => list.name.to_owned(),
        Form::Codes(_, list) | Form::Mask(_, list) => format!("[{}!]", list.name),
        Form::Can => "[Verb!]".to_owned(),
        Form::Translations => "JSON".to_owned(),
        Form::Languages => "JSONObject".to_owned(),
        Form::Decimal(_) => "Decimal".to_owned(),
        Form::Money(..) => "Money".to_owned(),
        Form::Object(_, name) => name.to_owned(),
        Form::Objects(_, name) => format!("[{name}!]"),
        Form::Is(..) | Form::IsDemo(_) => "Boolean".to_owned(),
        Form::SharedWith => {
            "Agencies and groups the record is shared with; null for readers outside the owner."
                .clone_into(&mut text);
            does = Does::SharedWith;
            "SharedWith".to_owned()
        }
        Form::AnyRef(kind, id) => {
            text = format!("{}; null if the caller may not see it.", text.trim_end_matches('.'));
            does = Does::AnyRef(kind, id);
            "Origin".to_owned()
        }
    };
    let ty = if part.is_required { format!("{ty}!") } else { ty };
    Some((field(&camel(part.name), &text, ty), does))
}

/// The scalar that shows a column.
pub(super) const fn scalar(ty: Column) -> &'static str {
    match ty {
        Column::Id => "ID",
        Column::Text | Column::Mask(_) => "String",
        Column::Int | Column::BigInt => "Int",
        Column::Decimal => "Decimal",
        Column::Bool => "Boolean",
        Column::Date => "Date",
        Column::Instant => "DateTime",
        Column::Json => "JSON",
    }
}

fn edge(edge: &'static Edge) -> Option<(MetaField, Does)> {
    let to = KINDS.get(edge.kind())?;
    let name = to.declared.type_name;
    Some(match edge {
        Edge::One { name: of, column, .. } => {
            let text = format!("The record under `{of}`; null if the caller may not see it.");
            (field(&camel(of), &text, name), Does::One(to, column))
        }
        Edge::Many(many) => {
            let text = format!("The records under `{}` that the caller may see.", many.name);
            let made = field(&camel(many.name), &text, format!("{name}Connection!"));
            (with_arguments(made, list_arguments(name)), Does::Many(to, many))
        }
    })
}

/// The arguments of a list of a kind.
pub(super) fn list_arguments(name: &str) -> Vec<async_graphql::registry::MetaInputValue> {
    let order = "Order, at most 3 keys; the id follows always.";
    vec![
        input("filter", "What narrows the list.", format!("{name}Filter")),
        input("sort", order, format!("[{name}Sort!]")),
        input("first", "How many from the beginning, 1 to 200.", "Int"),
        input("after", "Cursor to go on after.", "String"),
        input("last", "How many from the end, 1 to 200.", "Int"),
        input("before", "Cursor to stop before.", "String"),
    ]
}

/// History, and moves where the kind has a lifecycle.
fn past(def: &KindDef) -> Vec<(MetaField, Does)> {
    let text = "Past states, oldest first, as far as the caller may see them.";
    let arguments = vec![
        with_default(input("first", "How many, 1 to 200.", "Int!"), "20"),
        input("after", "Cursor to go on after.", "String"),
    ];
    let history = with_arguments(field("history", text, "HistoryEntryConnection!"), arguments);
    let mut all = vec![(history, Does::History)];
    if def.lifecycle.is_some() {
        let text = "The moves the lifecycle knows from here, each with what it lacks.";
        all.push((field("moves", text, "[MoveState!]!"), Does::Moves));
    }
    all
}
