//! What an API key leaves of the rights of its person.

use model::Class;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use uuid::Uuid;

use crate::{
    policy::{Scope, Verb},
    record::KindDef,
};

/// What an API key narrows its person to; each list that is empty narrows nothing.
///
/// Roles and ceiling of a key are met with the grants of its person when it is looked up: the caller then has those
/// grants only. The rest of what it may do is asked here, beside the rule for each record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// The key.
    pub key: Uuid,
    /// Whether it writes nothing.
    pub is_read_only: bool,
    /// Kinds it may write.
    pub write_kinds: Vec<String>,
    /// Source systems it may write under.
    pub source_systems: Vec<String>,
    /// Kinds it reads, besides reference data.
    pub read_kinds: Vec<String>,
    /// Countries whose records it reads, besides what belongs to nobody.
    pub countries: Vec<String>,
    /// Networks it is taken from.
    pub networks: Vec<String>,
    /// Origins of the pages it is taken from.
    pub origins: Vec<String>,
    /// Whether it has a ceiling: what only some of an owner may see, accounts among it, is then beyond it.
    pub has_ceiling: bool,
}

impl Narrowing {
    /// Whether records of a kind are within what the key reads.
    #[must_use]
    pub fn reads(&self, def: &KindDef) -> bool {
        let is_listed = || names(&self.read_kinds, def.name);
        match def.class {
            Class::Reference => true,
            Class::National | Class::Work | Class::Comment => is_listed(),
            Class::Grant | Class::Key | Class::Shared => !self.has_ceiling && is_listed(),
            // Accounts are of no country.
            Class::Person => !self.has_ceiling && self.countries.is_empty() && is_listed(),
        }
    }

    /// Whether a record of a kind with these facts is within what the key reads.
    #[must_use]
    pub fn reads_one(&self, def: &KindDef, scope: &Scope) -> bool {
        let is_anybodys = def.class == Class::Reference || scope.owner == "reference";
        self.reads(def) && (is_anybodys || names(&self.countries, &scope.owner))
    }

    /// The condition that a row of a kind is within what the key reads.
    #[must_use]
    pub fn readable(&self, def: &KindDef) -> Condition {
        if !self.reads(def) {
            return Condition::all().add(Expr::cust("FALSE"));
        }
        if self.countries.is_empty() || def.class == Class::Reference {
            return Condition::all();
        }
        let owners = self.countries.iter().map(String::as_str).chain(["reference"]);
        Condition::all().add(def.col("owner").is_in(owners))
    }

    /// Whether the key writes records of a kind with these facts.
    ///
    /// Never accounts, grants or keys: what somebody does with a key in the wrong hands ends with the key.
    #[must_use]
    pub fn writes(&self, verb: Verb, def: &KindDef, scope: &Scope) -> bool {
        // To release a record is a matter of releases, not of its kind.
        let kind = if verb == Verb::Release { "release" } else { def.name };
        let is_beyond = matches!(def.class, Class::Person | Class::Grant | Class::Key);
        !self.is_read_only && !is_beyond && names(&self.write_kinds, kind) && self.reads_one(def, scope)
    }

    /// Whether the key writes under a source system.
    #[must_use]
    pub fn writes_under(&self, system: &str) -> bool {
        names(&self.source_systems, system)
    }
}

/// Whether a list that narrows names something; an empty one names everything.
fn names(list: &[String], one: &str) -> bool {
    list.is_empty() || list.iter().any(|listed| listed == one)
}
