//! Obligations and versions of their rules: rules that can be read, and what changes with them.

use std::collections::BTreeSet;

use entity::{Obligation, ObligationVersion, obligation, obligation_version};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};
use uuid::Uuid;

use super::{
    compile::{self, Whose, facts},
    rules::Written,
};
use crate::domain::Registered;

fn tell(item: &mut Item, written: &Written) {
    for (field, why) in written.read().err().into_iter().flatten() {
        item.fault(&format!("/{field}"), Code::BadFormat, why);
    }
}

/// A rule is one of the kinds there are, and leads to some days.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let row = &item.after;
            let written = Written {
                rrule: row.read(obligation::RRULE),
                dtstart: row.read(obligation::DTSTART),
                relative_due: row.read(obligation::RELATIVE_DUE),
                is_of_event: row.read(obligation::TRIGGER).is_some(),
                due_days: Vec::new(),
            };
            tell(item, &written);
        }
        Ok(())
    })
}

/// The same for a version, which says a rule.
pub fn check_version<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let written = facts::written(&item.after, false);
            if matches!(written.read(), Ok(None)) {
                item.fault(
                    "/rrule",
                    Code::Required,
                    "a version has an `rrule`, a `relative_due` or `due_days`",
                );
            }
            tell(item, &written);
        }
        Ok(())
    })
}

/// Works out again what is due by obligations whose rule has changed.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    let rule = [
        obligation::RRULE.column,
        obligation::DTSTART.column,
        obligation::RELATIVE_DUE.column,
        obligation::TRIGGER.column,
        obligation::PART_OF.column,
        obligation::SUPERSEDED_IN_PERIOD_BY.column,
        obligation::COVERS.column,
        obligation::VALID_UNTIL.column,
    ];
    let is_changed = move |item: &&Item| {
        !item.is_rejected() && !item.is_deletion() && rule.iter().any(|column| item.changes(column))
    };
    let ids: BTreeSet<Uuid> = items.iter().filter(is_changed).map(|item| item.after.id()).collect();
    debug_assert!(items.iter().all(|item| item.after.def() == Obligation::def()), "obligations");
    Box::pin(async move { compile::again(unit, Whose::All, Some(ids)).await })
}

/// The same for versions.
pub fn follow_version<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    let live = items.iter().filter(|item| !item.is_rejected());
    let of = |item: &Item| item.before.as_ref().unwrap_or(&item.after).read(obligation_version::OBLIGATION);
    let ids: BTreeSet<Uuid> = live.filter_map(of).collect();
    debug_assert!(items.iter().all(|item| item.after.def() == ObligationVersion::def()), "versions");
    Box::pin(async move { compile::again(unit, Whose::All, Some(ids)).await })
}
