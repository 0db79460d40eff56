//! How a kind is described: what its table says, and a line for each thing that is its own.

use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, IdenStatic, Iterable, ModelTrait};

use super::KindDef;
use crate::{
    input::Schemas,
    policy::{Class, Verb},
    record::{
        Hook, Record,
        column::{Column, Link, Parent, type_of},
        shown,
    },
    row::Type,
};

impl KindDef {
    /// Starts the description of the kind `R` from what its table says.
    #[must_use]
    pub fn of<R: Record>(name: &'static str, collection: &'static str, class: Class) -> Self {
        Self {
            schemas: Schemas::of::<R>(),
            show: Some(shown::<R>),
            ..Self::bare::<R::Entity>(name, collection, class)
        }
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
            any: None,
            parent: Vec::new(),
            code: None,
            code_per_owner: false,
            label: None,
            sortable: vec!["created_at", "updated_at"],
            progress: &[],
            owner_prefix: None,
            fixed_owner: (class == Class::Reference).then_some("reference"),
            may_be_fact: false,
            of_countries: false,
            held_by: &[],
            unique: &[],
            moves: &[],
            prepare: None,
            guard: None,
            check: None,
            follow: None,
            schemas: Schemas::open(),
            show: None,
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

    /// Says that two columns hold kind and id of a record of any kind.
    #[must_use]
    pub const fn refers_to_any(mut self, kind: &'static str, id: &'static str) -> Self {
        self.any = Some((kind, id));
        self
    }

    /// Says that regions and organisations own no such records.
    #[must_use]
    pub const fn of_countries(mut self) -> Self {
        self.of_countries = true;
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

    /// Adds the stage after the write: what goes with it in tables that are no records.
    ///
    /// Stages before it only judge: what they write would stay though the item is refused. Refused and
    /// unchanged items are among those it is given.
    #[must_use]
    pub const fn follows(mut self, hook: Hook) -> Self {
        self.follow = Some(hook);
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
}
