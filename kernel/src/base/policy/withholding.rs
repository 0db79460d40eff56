//! Disclosure rules: fields that an owner withholds from readers outside, or outside the circle of a record.
//!
//! A row is emptied of them where it is read for a caller, so that whatever is made of it has them as null: answers,
//! histories, the feed. Filters and searches pass by the records whose field is withheld.

use sea_orm::sea_query::{Condition, ExprTrait};

use super::{Reach, Scope, reach, reading};
use crate::{actor::Actor, record::KindDef, row::Row};

/// A field of a kind that an owner withholds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// Who withholds it.
    pub owner: String,
    /// The kind.
    pub kind: String,
    /// Name of the field in the API.
    pub field: String,
    /// Whether readers inside the owner are concerned who would not read the record at level `group`.
    pub is_from_group: bool,
}

impl Actor {
    /// The rules that concern the caller among records of a kind.
    fn withheld<'a>(&'a self, def: &'a KindDef) -> impl Iterator<Item = &'a Withheld> {
        let is_concerned = |rule: &&Withheld| rule.is_from_group || !self.is_inside(&rule.owner);
        let rules = if self.is_system() { &[] } else { self.standing.withheld.as_slice() };
        rules.iter().filter(move |rule| rule.kind == def.name).filter(is_concerned)
    }

    /// Whether judging a record of a kind takes the facts of the policy.
    pub(crate) fn judges(&self, def: &KindDef) -> bool {
        self.withheld(def).any(|rule| rule.is_from_group)
    }
}

/// The fields of a row that are withheld from the caller.
#[must_use]
pub fn withheld<'a>(actor: &'a Actor, row: &Row) -> Vec<&'a str> {
    withheld_where(actor, row.def(), row.owner(), || row.scope())
}

/// The fields that are withheld from the caller of a record with these facts.
#[must_use]
pub fn withheld_among<'a>(actor: &'a Actor, def: &'static KindDef, facts: &Scope) -> Vec<&'a str> {
    withheld_where(actor, def, &facts.owner, || facts.clone())
}

fn withheld_where<'a>(
    actor: &'a Actor,
    def: &'static KindDef,
    owner: &str,
    facts: impl Fn() -> Scope,
) -> Vec<&'a str> {
    let of_row = actor.withheld(def).filter(|rule| rule.owner == owner);
    let concerned = of_row.filter(|rule| !actor.is_inside(&rule.owner) || !in_circle(actor, def, &facts()));
    concerned.map(|rule| rule.field.as_str()).collect()
}

/// Empties the fields of a row that are withheld from the caller.
pub fn withhold(actor: &Actor, row: &mut Row) {
    for field in withheld(actor, row) {
        row.withhold(field);
    }
}

/// The condition that none of these fields of a record is withheld from the caller; none if none ever is.
#[must_use]
pub fn is_open(actor: &Actor, def: &KindDef, is_meant: impl Fn(&str) -> bool) -> Option<Condition> {
    let rules: Vec<&Withheld> = actor.withheld(def).filter(|rule| is_meant(&rule.field)).collect();
    if rules.is_empty() {
        return None;
    }
    let open = |rule: &&Withheld| {
        let elsewhere = Condition::any().add(def.col("owner").ne(rule.owner.as_str()));
        if actor.is_inside(&rule.owner) { elsewhere.add(circle(actor, def)) } else { elsewhere }
    };
    Some(rules.iter().map(open).fold(Condition::all(), Condition::add))
}

/// Whether the caller would read a record of its side at level `group`.
fn in_circle(actor: &Actor, def: &KindDef, scope: &Scope) -> bool {
    let group = Scope { level: Some(model::access::Visibility::Group), release_set: None, ..scope.clone() };
    reading::readable(actor, def, &group)
}

/// The same as a condition on rows.
fn circle(actor: &Actor, def: &KindDef) -> Condition {
    let mut any = reading::nothing();
    for grant in &actor.grants {
        let of_owner = || Condition::all().add(def.col("owner").eq(grant.owner.as_str()));
        match reach(grant) {
            Reach::Full => any = any.add(of_owner()),
            Reach::Agency(agency) => {
                any = any.add(of_owner().add(reading::concerning(actor, def, agency)));
            }
            Reach::National | Reach::Nothing => {}
        }
    }
    for region in actor.standing.regions.iter().filter(|region| actor.reaches_region(region)) {
        any = any.add(def.col("owner").eq(region.as_str()));
    }
    any
}
