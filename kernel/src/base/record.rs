//! Record kinds: how they describe themselves, and all of them together.

mod column;
mod columns;
mod def;
mod outcome;
pub mod part;

use std::{collections::HashMap, fmt};

use model::Kind;

use crate::policy::fence;

pub use column::{AnyLink, Column, Link, Parent, null};
pub use columns::Columns;
pub use def::{Edge, KindDef, Many, Via};
pub use outcome::{Asked, Expected, Op, Outcome, OutcomeKind};

/// All record kinds of an installation, by name.
pub struct Registry {
    all: Vec<&'static KindDef>,
    by_name: HashMap<&'static str, &'static KindDef>,
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("kinds", &self.all.len()).finish_non_exhaustive()
    }
}

impl Registry {
    /// Makes a registry of these kinds, and holds each declaration against the others.
    ///
    /// # Panics
    /// When a declaration is wrong: the text says which, and why.
    #[must_use]
    pub fn new(kinds: Vec<KindDef>) -> Self {
        Self::checked(kinds).unwrap_or_else(|why| panic!("a declaration is wrong: {why}"))
    }

    /// Makes a registry of these kinds.
    ///
    /// # Errors
    /// What is wrong with the first wrong declaration.
    pub fn checked(kinds: Vec<KindDef>) -> Result<Self, String> {
        let declared: Vec<_> = kinds.iter().map(|def| def.declared).collect();
        let targets = |field: &model::FieldDef| field.shape.target();
        for def in &declared {
            for target in def.fields.iter().filter_map(targets) {
                if declared.iter().all(|one| one.name != target) {
                    return Err(format!("{}: there is no kind `{target}`", def.name));
                }
            }
        }
        let mut names = HashMap::new();
        for (at, name) in declared.iter().enumerate().flat_map(|(at, of)| [(at, of.name), (at, of.plural)]) {
            if names.insert(name, at).is_some_and(|other| other != at) {
                return Err(format!("two kinds are called `{name}`"));
            }
        }
        let (mut all, mut by_name) = (Vec::new(), HashMap::new());
        for mut def in kinds {
            def.connect(&declared)?;
            let def: &'static KindDef = Box::leak(Box::new(def));
            if def.is_national() {
                fence::guard(def.table);
            }
            by_name.extend([(def.name, def), (def.collection, def)]);
            all.push(def);
        }
        Ok(Self { all, by_name })
    }

    /// Every kind, in the order they were given.
    #[must_use]
    pub fn all(&self) -> &[&'static KindDef] {
        &self.all
    }

    /// The kinds with operations.
    pub fn served(&self) -> impl Iterator<Item = &'static KindDef> + '_ {
        self.all.iter().copied().filter(|def| def.is_served())
    }

    /// The kind with this name (`task`) or collection name (`tasks`).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'static KindDef> {
        self.by_name.get(name).copied()
    }

    /// The kind with operations that has this name or collection name.
    #[must_use]
    pub fn served_as(&self, name: &str) -> Option<&'static KindDef> {
        self.get(name).filter(|def| def.is_served())
    }

    /// Where a kind stands in the order in which they were given: behind those it refers to.
    #[must_use]
    pub fn place(&self, def: &KindDef) -> usize {
        self.all.iter().position(|one| one.name == def.name).unwrap_or_default()
    }

    /// The kind `K`.
    ///
    /// # Panics
    /// When the kind is not registered.
    #[must_use]
    pub fn of<K: Kind>(&self) -> &'static KindDef {
        self.get(K::NAME).unwrap_or_else(|| panic!("the kind `{}` is not registered", K::NAME))
    }
}
