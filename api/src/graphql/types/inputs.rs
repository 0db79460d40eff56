//! The types that write and narrow records of a kind.

use async_graphql::registry::MetaInputValue;
use kernel::{
    KindDef,
    filter::{Accepts, Filter},
    schema::{owner_text, standard_inputs},
};
use model::{FieldDef, Shape, Write, Writing};

use super::{
    Types,
    entry::{input, inputs, with_default},
};
use crate::graphql::names::camel;

impl Types<'_> {
    /// Filter, order, and inputs of creations and edits.
    pub(super) fn inputs(&mut self, def: &'static KindDef) {
        let (name, words) = (def.declared.type_name, def.declared.words());
        let filters = def.filters.iter().map(narrows).collect();
        let text = format!("Which {} to list.", def.declared.plural_words());
        self.put_input(&format!("{name}Filter"), &text, filters);
        self.sort(def);
        if def.declared.takes(Write::Create) {
            self.put_input(&format!("New{name}"), &format!("A new {words}."), new(def));
        }
        if def.declared.takes(Write::Update) {
            let text = format!("Changes of the kind {words}, with the record and the version that was read.");
            self.put_input(&format!("Update{name}Input"), &text, edit(def));
        }
    }

    pub(super) fn put_input(&mut self, name: &str, text: &str, fields: Vec<MetaInputValue>) {
        self.put(name, inputs(name, text, fields));
    }

    /// Every key a list is sorted by, both ways.
    fn sort(&mut self, def: &KindDef) {
        let mut all = Vec::new();
        for column in &def.sortable {
            let words = column.replace('_', " ");
            for (way, sign, end) in [("ascending", "", "ASC"), ("descending", "-", "DESC")] {
                let name = format!("{}_{end}", column.to_uppercase());
                all.push((name, format!("By {words}, {way}."), format!("{sign}{column}")));
            }
        }
        let text = format!("Order of a list of {}.", def.declared.plural_words());
        self.list(&format!("{}Sort", def.declared.type_name), &text, all);
    }
}

fn narrows(filter: &Filter) -> MetaInputValue {
    let list = |of: &str| format!("[{of}!]!");
    let ty = match filter.accepts {
        Accepts::Ids => list("ID"),
        Accepts::Texts => list("String"),
        Accepts::Codes(codes) => list(codes.name),
        Accepts::Bool => "Boolean".to_owned(),
        Accepts::Day => "Date".to_owned(),
        Accepts::Instant => "DateTime".to_owned(),
        Accepts::Words => "String".to_owned(),
    };
    let made = input(&camel(filter.name), filter.doc, ty);
    if filter.accepts.is_list() { with_default(made, "[]") } else { made }
}

fn new(def: &KindDef) -> Vec<MetaInputValue> {
    let mut all = standard(def, true);
    if def.schemas.new.members().iter().any(|member| member == "owner") {
        all.push(input("owner", &owner_text(def.declared), "String!"));
    }
    let given = def.declared.fields.iter();
    let given = given.filter(|field| matches!(field.writing, Writing::Always | Writing::NewOnly));
    all.extend(given.map(|field| {
        let end = if field.is_required() { "!" } else { "" };
        input(&camel(field.name), field.doc, format!("{}{end}", taken(field)))
    }));
    all
}

fn edit(def: &KindDef) -> Vec<MetaInputValue> {
    let mut all =
        vec![input("id", "The record.", "ID!"), input("expectedVersion", "Version that was read.", "Int!")];
    all.extend(standard(def, false));
    let given = def.declared.fields.iter().filter(|field| field.writing == Writing::Always);
    all.extend(given.map(|field| input(&camel(field.name), field.doc, taken(field))));
    all
}

/// Members that every creation or edit may have.
fn standard(def: &KindDef, is_new: bool) -> Vec<MetaInputValue> {
    let ty = |name: &str| match name {
        "visibility" => "Visibility",
        "handling" => "Handling",
        "shared_with" => "SharedWithInput",
        "translations" => "JSON",
        _ => "String",
    };
    let all = standard_inputs(def.declared, is_new).into_iter();
    all.map(|member| input(&camel(member.name), member.doc, ty(member.name))).collect()
}

/// The type of what callers write into a field.
pub(super) fn taken(field: &FieldDef) -> String {
    match field.shape {
        Shape::Id => "ID".to_owned(),
        Shape::Text => "String".to_owned(),
        Shape::Int | Shape::Long => "Int".to_owned(),
        Shape::Decimal => "Decimal".to_owned(),
        Shape::Bool => "Boolean".to_owned(),
        Shape::Date => "Date".to_owned(),
        Shape::Instant => "DateTime".to_owned(),
        Shape::Code(list) => list.name.to_owned(),
        Shape::Codes(list) | Shape::Mask(list) => format!("[{}!]", list.name),
        Shape::Texts => "[String!]".to_owned(),
        Shape::Ref(_) => "Reference".to_owned(),
        Shape::Refs(_) => "[Reference!]".to_owned(),
        Shape::Money => "MoneyInput".to_owned(),
        Shape::AnyRef => "OriginInput".to_owned(),
        Shape::Object(name) => format!("{name}Input"),
        Shape::Objects(name) => format!("[{name}Input!]"),
        Shape::JsonObject => "JSON".to_owned(),
    }
}
