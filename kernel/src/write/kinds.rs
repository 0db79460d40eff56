//! What the kinds do beside what they declare.

use std::{collections::HashMap, ops::Deref};

use futures_util::future::BoxFuture;
use model::Need;

use crate::{
    error::Result,
    lifecycle::LackingFacts,
    record::{KindDef, Registry},
    unit::{Item, Unit},
};

/// A stage of the write path that a kind adds: it may look things up, change `after` and reject items.
pub type Hook = for<'a> fn(&'a mut Unit, &'a mut [Item]) -> BoxFuture<'a, Result<()>>;

/// The stages of the write path that a kind adds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stages {
    /// Finds out which facts the moves of records lack.
    pub(crate) lacking: Option<LackingFacts>,
    /// Stage before references are resolved.
    pub(crate) prepare: Option<Hook>,
    /// Stage for rules about state (409).
    pub(crate) guard: Option<Hook>,
    /// Stage for rules about content (422).
    pub(crate) check: Option<Hook>,
    /// Stage after the write, for what goes with it; a rehearsal does not come to it.
    pub(crate) follow: Option<Hook>,
}

/// A kind with the stages that it adds.
#[derive(Debug)]
pub struct Staged {
    def: KindDef,
    stages: Stages,
}

/// The kind `K`, which does nothing but what its declaration says.
#[must_use]
pub fn kind<K: model::Kind>() -> Staged {
    Staged::from(KindDef::of(K::DECLARATION))
}

impl From<KindDef> for Staged {
    fn from(def: KindDef) -> Self {
        Self { def, stages: Stages::default() }
    }
}

impl Staged {
    /// Adds the stage that runs before references are resolved.
    #[must_use]
    pub const fn prepares(mut self, hook: Hook) -> Self {
        self.stages.prepare = Some(hook);
        self
    }

    /// Adds the stage for rules about state.
    #[must_use]
    pub const fn guards(mut self, guard: Hook) -> Self {
        self.stages.guard = Some(guard);
        self
    }

    /// Adds the stage for rules about content.
    #[must_use]
    pub const fn checks(mut self, hook: Hook) -> Self {
        self.stages.check = Some(hook);
        self
    }

    /// Adds the stage after the write: what goes with it in tables that are no records.
    ///
    /// Stages before it only judge: what they write would stay though the item is refused. Refused and
    /// unchanged items are among those it is given.
    #[must_use]
    pub const fn follows(mut self, hook: Hook) -> Self {
        self.stages.follow = Some(hook);
        self
    }

    /// Adds the function that finds out which facts the moves of records lack.
    #[must_use]
    pub const fn lacks(mut self, facts: LackingFacts) -> Self {
        self.stages.lacking = Some(facts);
        self
    }

    /// Says what is wrong with a kind whose moves need facts that nothing finds out.
    fn check_needs(&self) -> Result<(), String> {
        let moves =
            self.def.lifecycle.filter(|_| self.stages.lacking.is_none()).map_or(&[][..], |cycle| cycle.moves);
        let needs = moves.iter().flat_map(|step| step.needs.iter().map(move |need| (step, need)));
        match needs.into_iter().find(|(_, need)| matches!(need, Need::Fact(_))) {
            Some((step, need)) => {
                Err(format!("{}: `{}` needs {need:?}, which nothing finds out", self.def.name, step.name))
            }
            None => Ok(()),
        }
    }
}

/// All record kinds of an installation, with what they do.
#[derive(Debug)]
pub struct Kinds {
    registry: &'static Registry,
    stages: HashMap<&'static str, Stages>,
}

impl Deref for Kinds {
    type Target = Registry;

    fn deref(&self) -> &Registry {
        self.registry
    }
}

impl Kinds {
    /// Registers these kinds, and holds each declaration against the others.
    ///
    /// # Panics
    /// When a declaration is wrong: the text says which, and why.
    #[must_use]
    pub fn new(kinds: Vec<Staged>) -> Self {
        Self::checked(kinds).unwrap_or_else(|why| panic!("a declaration is wrong: {why}"))
    }

    /// Registers these kinds.
    ///
    /// # Errors
    /// What is wrong with the first wrong declaration.
    pub fn checked(kinds: Vec<Staged>) -> Result<Self, String> {
        kinds.iter().try_for_each(Staged::check_needs)?;
        let stages = kinds.iter().map(|one| (one.def.name, one.stages)).collect();
        let registry = Registry::checked(kinds.into_iter().map(|one| one.def).collect())?;
        Ok(Self { registry: Box::leak(Box::new(registry)), stages })
    }

    /// What readers know of the kinds.
    #[must_use]
    pub const fn registry(&self) -> &'static Registry {
        self.registry
    }

    /// The stages that a kind adds.
    pub(crate) fn stages(&self, def: &KindDef) -> Stages {
        self.stages.get(def.name).copied().unwrap_or_default()
    }
}
