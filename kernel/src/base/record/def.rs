//! A record kind as the machinery works on it: its declaration, and what it does.

mod build;
mod edges;

use std::collections::HashMap;

use model::{Class, Code, Declaration, Lifecycle, Move, Write, declaration::standard::DRAFTED_IN};
use sea_orm::sea_query::{Alias, Expr};

pub use edges::{Edge, Many, Via};

use super::{
    column::{AnyLink, Column, Link, Parent},
    part::Part,
};
use crate::{
    filter::Filter,
    input::{Schema, Schemas},
    policy::Verb,
    schema,
};

/// Everything the machinery knows of a kind.
pub struct KindDef {
    /// What it says of itself.
    pub declared: &'static Declaration,
    /// Singular name (`task`).
    pub name: &'static str,
    /// Plural name in addresses (`working-groups`).
    pub collection: &'static str,
    /// Table.
    pub table: &'static str,
    /// Rows of the access tables that apply.
    pub class: Class,
    /// Columns, the standard ones first.
    pub columns: Vec<Column>,
    /// Where each column stands.
    index: foldhash::HashMap<&'static str, usize>,
    /// Where the column of each field stands.
    fields_at: foldhash::HashMap<&'static str, usize>,
    /// n-n relations.
    pub links: Vec<Link>,
    /// References to records of any kind.
    pub any: Vec<AnyLink>,
    /// The record this kind stands below, best first.
    pub parent: Vec<Parent>,
    /// Column of the code.
    pub code: Option<&'static str>,
    /// Column with the lead agency.
    pub lead: Option<&'static str>,
    /// Column with the contributing agencies.
    pub contributors: Option<&'static str>,
    /// Column whose text names the record in references.
    pub label: Option<&'static str>,
    /// Columns a list can be sorted by.
    pub sortable: Vec<&'static str>,
    /// Fields a contributor may write.
    pub progress: Vec<&'static str>,
    /// The owner every record of this kind has, where there is only one.
    pub fixed_owner: Option<&'static str>,
    /// Columns that together are unique.
    pub unique: Vec<Vec<&'static str>>,
    /// How lists are narrowed: by its own fields, then by what every list takes.
    pub filters: Vec<Filter>,
    /// What callers see of a record, in the order of answers.
    pub parts: Vec<Part>,
    /// Where its records lead: edges of GraphQL.
    pub edges: Vec<Edge>,
    /// The moves between its states.
    pub lifecycle: Option<&'static Lifecycle>,
    /// Schemas of the inputs, checked on every face.
    pub schemas: Schemas,
    /// Schemas of what its moves take, by the names of the inputs.
    move_schemas: HashMap<String, Schema>,
}

impl std::fmt::Debug for KindDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KindDef").field("name", &self.name).finish_non_exhaustive()
    }
}

impl PartialEq for KindDef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl KindDef {
    /// Where a column stands, if the table has it.
    #[must_use]
    pub fn at(&self, column: &str) -> Option<usize> {
        self.index.get(column).copied()
    }

    /// Whether the table has this column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.index.contains_key(column)
    }

    /// The column with this name in the table.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(self.at(name)?)
    }

    /// The column with this name in the API.
    #[must_use]
    pub fn field(&self, field: &str) -> Option<&Column> {
        self.columns.get(*self.fields_at.get(field)?)
    }

    /// The relation stored in this array column.
    #[must_use]
    pub fn link(&self, column: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.column == column)
    }

    /// The column with the state of a record, and the states in which others see it than its owner and the country it
    /// names; none where they do in all.
    #[must_use]
    pub fn shown_in(&self) -> Option<(&'static str, &'static [&'static str])> {
        let states = self.declared.shown_in;
        self.lifecycle.filter(|_| !states.is_empty()).map(|cycle| (cycle.state, states))
    }

    /// Whether records of the kind belong to an edition of a plan, or follow records that do.
    #[must_use]
    pub fn is_of_editions(&self) -> bool {
        self.has(DRAFTED_IN)
    }

    /// The edge with this name.
    #[must_use]
    pub fn edge(&self, name: &str) -> Option<&Edge> {
        self.edges.iter().find(|edge| edge.name() == name)
    }

    /// The table as SQL names it.
    #[must_use]
    pub fn iden(&self) -> Alias {
        Alias::new(self.table)
    }

    /// A column as SQL names it, qualified.
    #[must_use]
    pub fn col(&self, column: &str) -> Expr {
        Expr::col((self.iden(), Alias::new(column)))
    }

    /// Whether the kind has operations; the others are written by verbs of other kinds only.
    #[must_use]
    pub const fn is_served(&self) -> bool {
        self.declared.area.is_some()
    }

    /// Whether a code alone addresses a record.
    #[must_use]
    pub fn is_addressed_by_code(&self) -> bool {
        self.declared.code == Some(Code::Everywhere)
    }

    /// The column that holds the plan a record is or stands below.
    #[must_use]
    pub fn plan_column(&self) -> Option<&'static str> {
        if self.name == "plan" { Some("id") } else { self.has("plan_id").then_some("plan_id") }
    }

    /// The column that says of which country a record is: the one it is about, else its owner; none where no country
    /// follows from records of the kind.
    #[must_use]
    pub fn country_column(&self) -> Option<&'static str> {
        match self.name {
            "country" => Some("id"),
            _ if self.has("country_id") => Some("country_id"),
            _ => self.fixed_owner.is_none().then_some("owner"),
        }
    }

    /// Whether records of the kind have texts in several languages.
    #[must_use]
    pub const fn has_texts(&self) -> bool {
        self.declared.has_texts
    }

    /// Whether records of the kind have a visibility inside their country.
    #[must_use]
    pub const fn is_national(&self) -> bool {
        self.declared.is_national()
    }

    /// The schema of what a move takes.
    #[must_use]
    pub fn move_schema(&self, step: &Move) -> Option<&Schema> {
        self.move_schemas.get(&schema::move_input_name(self, step))
    }

    /// Verbs that make sense for the kind, for `can`.
    pub fn verbs(&self) -> impl Iterator<Item = Verb> {
        let progress = (!self.progress.is_empty()).then_some(Verb::Progress);
        let moves = self.lifecycle.into_iter().flat_map(|cycle| cycle.moves).map(Verb::Move);
        let of = |write, verb| self.declared.takes(write).then_some(verb);
        let update = of(Write::Update, Verb::Update).into_iter();
        update.chain(progress).chain(of(Write::Delete, Verb::Delete)).chain(moves)
    }
}
