//! Records that an import deleted, brought back as they were.
//!
//! Each comes behind what it refers to. What the import deleted along with a record above comes along with that one, as it
//! went: by the service, and untold where the caller may not see it.

use std::collections::BTreeSet;

use kernel::{
    Code, Error, KindDef, Result, Unit,
    policy::{Class, Scope, readable},
    record::{Asked, Op, Outcome, OutcomeKind},
    row::Row,
    unit::Atomic,
};
use uuid::Uuid;

use super::back::{Done, SIZE};
use crate::domain::KINDS;

/// What became of a deleted record that was to be brought back.
pub(super) type Told = (&'static KindDef, Outcome);

/// Records that wait to be brought back.
#[derive(Default)]
struct Waiting {
    /// Each with why it could not be brought back yet.
    rows: Vec<(Row, Option<Outcome>)>,
    /// Those that are back.
    back: BTreeSet<Uuid>,
    /// What became of records, with the facts of each by which it is seen.
    told: Vec<(Scope, Told)>,
}

/// Brings back what was deleted; answers what became of each, as far as the caller may see it.
///
/// # Errors
/// What the database says.
pub(super) async fn bring_back(unit: &mut Unit, all: &[Done]) -> Result<Vec<Told>> {
    let mut waiting = Waiting::default();
    for done in all.iter().filter(|done| done.op == "delete") {
        match as_it_was(done)? {
            Ok(row) => waiting.rows.push((row, None)),
            Err(error) => {
                let seen = done.seen.clone().unwrap_or_default();
                waiting.told.push((seen, (done.kind, refused(done.id, error))));
            }
        }
    }
    // Those that others refer to first; what has to wait for one of another kind is tried again as long as something came.
    let mut came = !waiting.rows.is_empty();
    while came {
        came = false;
        for def in KINDS.all().iter().copied() {
            came |= waiting.try_kind(unit, def).await?;
        }
    }
    let Waiting { rows, told, .. } = waiting;
    let left = rows.into_iter().filter_map(|(row, why)| Some((row.scope(), (row.def(), why?))));
    let actor = unit.actor().clone();
    let all = told.into_iter().chain(left);
    Ok(all.filter(|(seen, (def, _))| readable(&actor, def, seen)).map(|(_, told)| told).collect())
}

impl Waiting {
    /// Tries to bring back what waits of a kind; answers whether something came.
    async fn try_kind(&mut self, unit: &mut Unit, def: &'static KindDef) -> Result<bool> {
        let is_below = |row: &Row, back: &BTreeSet<Uuid>| {
            let mut above = row.def().parent.iter().filter_map(|parent| row.uuid(parent.column));
            above.any(|id| back.contains(&id))
        };
        let (of_kind, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.rows).into_iter().partition(|(row, _)| row.def().name == def.name);
        self.rows = others;
        let (along, own): (Vec<_>, Vec<_>) =
            of_kind.into_iter().map(|(row, _)| row).partition(|row| is_below(row, &self.back));
        let before = self.back.len();
        for some in own.chunks(SIZE) {
            self.restore(unit, def, some).await?;
        }
        for some in along.chunks(SIZE) {
            let caller = unit.elevate();
            let done = self.restore(unit, def, some).await;
            unit.act_as(caller);
            done?;
        }
        Ok(self.back.len() > before)
    }

    async fn restore(&mut self, unit: &mut Unit, def: &'static KindDef, some: &[Row]) -> Result<()> {
        let ops = some.iter().map(|row| Op::Restore(Box::new(row.clone()))).collect();
        let outcomes = unit.apply(def, ops, Atomic::Each).await?;
        for (row, outcome) in some.iter().zip(outcomes) {
            if matches!(outcome.kind, OutcomeKind::Rejected(_)) {
                self.rows.push((row.clone(), Some(outcome)));
            } else {
                self.back.insert(row.id());
                self.told.push((row.scope(), (def, outcome)));
            }
        }
        Ok(())
    }
}

/// A deleted record as it was before the import, with the version of its deletion; or why it cannot be brought back.
fn as_it_was(done: &Done) -> Result<std::result::Result<Row, Error>> {
    let def = done.kind;
    let holds_secrets = def.columns.iter().any(|column| column.is_unlogged);
    if holds_secrets || matches!(def.class, Class::Person | Class::Grant | Class::Key | Class::Shared) {
        let text = "accounts, rights and releases are not brought back: make them anew";
        return Ok(Err(Error::Forbidden(text.into())));
    }
    let Some(image) = &done.before else {
        let text = "what the record was has been destroyed";
        return Ok(Err(Error::Conflict(Code::PlanMoved, text.into())));
    };
    let mut row = Row::from_image(def, image)?;
    row.set("version", done.version);
    Ok(Ok(row))
}

/// A record that stays as it is, and why.
pub(super) fn refused(id: Uuid, error: Error) -> Outcome {
    let kind = OutcomeKind::Rejected(error);
    Outcome {
        asked: Asked::default(),
        kind,
        id: Some(id),
        version: None,
        before: None,
        row: None,
        shared: None,
    }
}
