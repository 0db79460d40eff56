//! Which reads leave a trace in the log, and who is told of them.

use model::access::{Handling, Role};

use super::{is_inside, is_party};
use crate::{
    actor::{Actor, Grant},
    cause::ReadReason,
    record::KindDef,
    row::Row,
};

/// What a row must hold for [`traced`], besides what every row does.
pub(crate) const TRACED: [&str; 2] = ["handling", "release_set_id"];

/// Whether reading records of a kind can leave a trace: what belongs to everybody never does, nor do accounts.
pub(crate) const fn is_traced(def: &KindDef) -> bool {
    def.is_national()
}

/// Why it leaves a trace that `actor` reads a record; nothing for most reads.
///
/// What everybody may read, its reader reads as one of them.
pub(crate) fn traced(actor: &Actor, row: &Row) -> [Option<ReadReason>; 2] {
    let def = row.def();
    if actor.is_system() || !is_traced(def) || row.owner() == "reference" {
        return [None, None];
    }
    let is_restricted = row.text("handling") == Some(Handling::Restricted.code());
    let restricted = is_restricted.then_some(ReadReason::Restricted);
    if let Some(viewing) = &actor.viewing {
        // Of others it sees what everybody does.
        let is_own = viewing.own.acting.as_deref() == Some(row.owner());
        return if is_own { [restricted, Some(ReadReason::ViewAs)] } else { [None, None] };
    }
    if is_inside(actor, def, row.owner()) || is_party(actor, row) {
        return [restricted, None];
    }
    let is_public = row.uuid("release_set_id").is_some_and(|set| actor.standing.public_sets.contains(&set));
    if is_public { [None, None] } else { [restricted, Some(ReadReason::Release)] }
}

/// The owner whose traces of reads `actor` is told: its country's, if it is the focal point of all of it.
///
/// A key that is narrowed to some kinds or owners, or has a ceiling, is told none.
#[must_use]
pub fn oversees_reads(actor: &Actor) -> Option<&str> {
    let is_narrowed = actor
        .key
        .as_ref()
        .is_some_and(|key| key.has_ceiling || !key.read_kinds.is_empty() || !key.countries.is_empty());
    let is_whole = |grant: &&Grant| grant.within_plan.is_none() && grant.has_no_ceiling();
    let held = actor.with_role(&[Role::FocalPoint]).find(is_whole).filter(|_| !is_narrowed);
    held.map(|grant| grant.owner.as_str())
}
