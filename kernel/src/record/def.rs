//! The description of a record kind that the erased machinery works on.

mod build;

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Expr};

use super::{
    Hook, Show,
    column::{Column, Link, Parent},
};
use crate::{
    input::Schemas,
    policy::{Class, Verb},
};

/// Everything the machinery knows of a kind.
pub struct KindDef {
    /// Singular name (`task`).
    pub name: &'static str,
    /// Plural name in addresses (`working-groups`).
    pub collection: &'static str,
    /// Table.
    pub table: &'static str,
    /// Rows of the access tables that apply.
    pub class: Class,
    /// Columns in table order.
    pub columns: Vec<Column>,
    /// Where each column stands.
    index: HashMap<&'static str, usize>,
    /// n-n relations.
    pub links: Vec<Link>,
    /// Columns of kind and id that together refer to a record of any kind.
    pub any: Option<(&'static str, &'static str)>,
    /// The record this kind stands below, best first.
    pub parent: Vec<Parent>,
    /// Column of the code that addresses a record (`code`); unique in the installation for reference kinds.
    pub code: Option<&'static str>,
    /// Whether the code is unique per owner only.
    pub code_per_owner: bool,
    /// Column whose text names the record in references.
    pub label: Option<&'static str>,
    /// Columns a list can be sorted by.
    pub sortable: Vec<&'static str>,
    /// Fields a contributor may write.
    pub progress: &'static [&'static str],
    /// What a record of the kind is called as an owner (`region:` + code); none if it owns nothing.
    pub owner_prefix: Option<&'static str>,
    /// The owner every record of this kind has, where there is only one.
    pub fixed_owner: Option<&'static str>,
    /// Whether facts of the kind may belong to nobody (`reference`), besides records of countries.
    pub may_be_fact: bool,
    /// Whether only countries own such records, not regions or organisations.
    pub of_countries: bool,
    /// Tables that are no records and hold on to one: (table, column).
    pub held_by: &'static [(&'static str, &'static str)],
    /// Columns that together are unique within an owner.
    pub unique: &'static [&'static [&'static str]],
    /// Verbs of the lifecycle.
    pub moves: &'static [Verb],
    /// Stage before references are resolved.
    pub prepare: Option<Hook>,
    /// Stage for rules about state (409).
    pub guard: Option<Hook>,
    /// Stage for rules about content (422).
    pub check: Option<Hook>,
    /// Stage after the write, for what goes with it; a rehearsal does not come to it.
    pub follow: Option<Hook>,
    /// Schemas of the inputs, checked on every face.
    pub schemas: Schemas,
    /// Renders a row for a caller, in the form of the REST face; none for kinds without operations.
    pub show: Option<Show>,
}

impl std::fmt::Debug for KindDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KindDef").field("name", &self.name).finish_non_exhaustive()
    }
}

impl KindDef {
    /// Where a column stands, if the table has it.
    #[must_use]
    pub fn at(&self, column: &str) -> Option<usize> {
        self.index.get(column).copied()
    }

    /// Tells whether the table has this column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.index.contains_key(column)
    }

    /// The column with this name in the API.
    #[must_use]
    pub fn field(&self, field: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == field)
    }

    /// The relation stored in this array column.
    #[must_use]
    pub fn link(&self, column: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.column == column)
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

    /// The column that holds the plan a record is or stands below.
    #[must_use]
    pub fn plan_column(&self) -> Option<&'static str> {
        if self.name == "plan" { Some("id") } else { self.has("plan_id").then_some("plan_id") }
    }

    /// Tells whether a common filter says anything about records of the kind.
    #[must_use]
    pub fn filters_by(&self, name: &str) -> bool {
        match name {
            "visibility" => self.is_national(),
            "q" => self.has("search"),
            "region" => self.name == "region" || self.filters_by("country"),
            "country" => self.name == "country" || self.has("country_id") || self.fixed_owner.is_none(),
            _ => true,
        }
    }

    /// Tells whether records of the kind have texts in several languages.
    #[must_use]
    pub fn has_texts(&self) -> bool {
        self.has("translations")
    }

    /// Tells whether records of the kind have a visibility inside their country.
    #[must_use]
    pub fn is_national(&self) -> bool {
        self.has("visibility")
    }

    /// Verbs that make sense for the kind, for `can`.
    pub fn verbs(&self) -> impl Iterator<Item = Verb> {
        let progress = (!self.progress.is_empty()).then_some(Verb::Progress);
        [Verb::Update].into_iter().chain(progress).chain([Verb::Delete]).chain(self.moves.iter().copied())
    }
}
