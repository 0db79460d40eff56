//! The description of a record kind that the erased machinery works on.

use std::collections::HashMap;

use sea_orm::{
    ActiveEnum, ColumnTrait, EntityTrait, IdenStatic, Iterable, ModelTrait,
    sea_query::{Alias, Expr},
};

use super::{
    Hook, Record,
    column::{Column, Link, Parent, type_of},
};
use crate::{
    input::Schemas,
    policy::{Class, Verb},
    row::Type,
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
    /// Schemas of the inputs, checked on every face.
    pub schemas: Schemas,
}

impl std::fmt::Debug for KindDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KindDef").field("name", &self.name).finish_non_exhaustive()
    }
}

impl KindDef {
    /// Starts the description of the kind `R` from what its table says.
    #[must_use]
    pub fn of<R: Record>(name: &'static str, collection: &'static str, class: Class) -> Self {
        Self { schemas: Schemas::of::<R>(), ..Self::bare::<R::Entity>(name, collection, class) }
    }

    /// Starts the description of a kind without operations: logged, but written by verbs only.
    #[must_use]
    pub fn bare<E: EntityTrait>(name: &'static str, collection: &'static str, class: Class) -> Self {
        let columns: Vec<Column> = E::Column::iter()
            .map(|column| {
                let ty = type_of(&E::Model::get_value_type(column));
                Column::new(column.as_str(), ty, column.def().is_null())
            })
            .collect();
        let index = columns.iter().enumerate().map(|(at, column)| (column.name, at)).collect();
        Self {
            name,
            collection,
            table: E::default().table_name(),
            class,
            columns,
            index,
            links: Vec::new(),
            parent: Vec::new(),
            code: None,
            code_per_owner: false,
            label: None,
            sortable: vec!["created_at", "updated_at"],
            progress: &[],
            owner_prefix: None,
            fixed_owner: (class == Class::Reference).then_some("reference"),
            may_be_fact: false,
            held_by: &[],
            unique: &[],
            moves: &[],
            prepare: None,
            guard: None,
            check: None,
            schemas: Schemas::open(),
        }
    }

    /// Names the texts: they have translations and are searched; the first names the record.
    #[must_use]
    pub fn texts(mut self, names: &[&'static str]) -> Self {
        self.label = names.first().copied();
        for column in self.columns.iter_mut().filter(|column| names.contains(&column.name)) {
            column.is_text = true;
        }
        self
    }

    /// Says that `column` refers to records of `target`.
    #[must_use]
    pub fn refers(mut self, column: &'static str, target: &'static str) -> Self {
        for found in self.columns.iter_mut().filter(|c| c.name == column) {
            found.target = Some(target);
            found.field = column.strip_suffix("_id").unwrap_or(column);
        }
        self
    }

    /// Says that the array `column` holds ids of `target`, indexed by `table`.
    #[must_use]
    pub fn links(mut self, column: &'static str, table: &'static str, target: &'static str) -> Self {
        self.links.push(Link { column, table, target: Some(target) });
        self
    }

    /// Says that the array `column` holds codes, indexed by `table`.
    #[must_use]
    pub fn lists(mut self, column: &'static str, table: &'static str) -> Self {
        self.links.push(Link { column, table, target: None });
        self
    }

    /// Says that the record stands below the one in `column`, and what it takes over from it.
    #[must_use]
    pub fn below(mut self, column: &'static str, inherits: &'static [(&'static str, &'static str)]) -> Self {
        self.parent.push(Parent { column, inherits });
        self
    }

    /// Says that `column` holds hazard domains as a bit mask.
    #[must_use]
    pub fn mask(mut self, column: &'static str) -> Self {
        for found in self.columns.iter_mut().filter(|c| c.name == column) {
            found.ty = Type::Domains;
        }
        self
    }

    /// Says that records are addressed by `code`.
    #[must_use]
    pub const fn coded(mut self) -> Self {
        self.code = Some("code");
        self
    }

    /// Says that `code` is unique within an owner only.
    #[must_use]
    pub const fn coded_per_owner(mut self) -> Self {
        self.code = Some("code");
        self.code_per_owner = true;
        self
    }

    /// Says what a record of the kind is called as an owner: this prefix and its code.
    #[must_use]
    pub const fn owns(mut self, prefix: &'static str) -> Self {
        self.owner_prefix = Some(prefix);
        self
    }

    /// Says that every record of the kind belongs to `owner`.
    #[must_use]
    pub const fn fixed(mut self, owner: &'static str) -> Self {
        self.fixed_owner = Some(owner);
        self
    }

    /// Names the column whose text names the record in references.
    #[must_use]
    pub const fn labelled(mut self, column: &'static str) -> Self {
        self.label = Some(column);
        self
    }

    /// Says that facts of the kind may belong to nobody, besides records of countries.
    #[must_use]
    pub const fn or_fact(mut self) -> Self {
        self.may_be_fact = true;
        self
    }

    /// Names tables that are no records and hold on to one, so that it cannot be deleted.
    #[must_use]
    pub const fn held(mut self, by: &'static [(&'static str, &'static str)]) -> Self {
        self.held_by = by;
        self
    }

    /// Names columns that together are unique.
    #[must_use]
    pub const fn unique_in(mut self, keys: &'static [&'static [&'static str]]) -> Self {
        self.unique = keys;
        self
    }

    /// Names the fields a contributor may write.
    #[must_use]
    pub const fn progress_fields(mut self, fields: &'static [&'static str]) -> Self {
        self.progress = fields;
        self
    }

    /// Adds the stage that runs before references are resolved.
    #[must_use]
    pub const fn prepares(mut self, hook: Hook) -> Self {
        self.prepare = Some(hook);
        self
    }

    /// Names the columns a list can be sorted by, besides the instants of writing.
    #[must_use]
    pub fn sorts(mut self, names: &[&'static str]) -> Self {
        self.sortable.extend(names);
        self
    }

    /// Says that lists sort `column` by the order of its closed list, not of the alphabet.
    #[must_use]
    pub fn ranks<E: ActiveEnum<Value = String> + Iterable>(mut self, column: &'static str) -> Self {
        for found in self.columns.iter_mut().filter(|c| c.name == column) {
            found.ranks = E::iter().map(|code| code.to_value()).collect();
        }
        self
    }

    /// Adds the stage for rules about content.
    #[must_use]
    pub const fn checks(mut self, hook: Hook) -> Self {
        self.check = Some(hook);
        self
    }

    /// Adds a lifecycle: its verbs and the stage for rules about state.
    #[must_use]
    pub const fn moves(mut self, verbs: &'static [Verb], guard: Hook) -> Self {
        self.moves = verbs;
        self.guard = Some(guard);
        self
    }

    /// Adds the stage for rules about state to a kind without moves.
    #[must_use]
    pub const fn guards(mut self, guard: Hook) -> Self {
        self.guard = Some(guard);
        self
    }

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
