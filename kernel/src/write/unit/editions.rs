//! Writes into the next edition of a plan: judged as any other, kept apart from what is in force.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Unit, item::Item, item::Operation};
use crate::{
    editions::{folded, is_content, is_in_force, is_removed, removed, unfolded},
    error::{Code, Error, Result},
    record::KindDef,
    row::Row,
};

/// What the next edition makes of a record that is in force: the row as it is stored, and as it shall be.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The row as it is stored.
    pub(super) stored: Row,
    /// The row as it shall be stored.
    pub(super) shall: Option<Row>,
    /// Number of the edition that is written; none where no edition is in force, so that the rows are the edition.
    edition: Option<i32>,
}

impl Item {
    /// Whether the item writes into the next edition of a plan while another one is in force.
    #[must_use]
    pub fn is_of_next_edition(&self) -> bool {
        self.edition.is_some() || self.kept.as_ref().is_some_and(|kept| kept.edition.is_some())
    }
}

impl Item {
    /// The row before and after, as they are stored; none where the record goes.
    pub(super) fn pair(&self) -> Option<(Option<Row>, Row)> {
        match &self.kept {
            Some(Kept { stored, shall: Some(shall), .. }) => Some((Some(stored.clone()), shall.clone())),
            _ if self.is_deletion() => None,
            Some(Kept { stored, .. }) => Some((Some(stored.clone()), self.after.clone())),
            None => Some((self.before.clone(), self.after.clone())),
        }
    }

    /// Whether the record itself goes.
    pub(super) fn goes(&self) -> bool {
        self.is_deletion() && self.kept.as_ref().is_none_or(|kept| kept.shall.is_none())
    }
}

impl Unit {
    /// Whether the unit works on the next edition of plans.
    pub(super) fn drafts(&self, def: &KindDef) -> bool {
        self.ctx.actor.is_drafting && !self.is_adopting && def.declared.has_editions
    }

    /// Puts in the place of each stored row what the next edition has made of it so far.
    pub(super) fn unfold(&self, def: &'static KindDef, items: &mut [Item]) {
        if !self.drafts(def) {
            return;
        }
        for item in items.iter_mut().filter(|item| item.operation != Operation::Move) {
            let Some(stored) = item.before.take() else { continue };
            match unfolded(&stored) {
                Some(next) => item.before = Some(next),
                None => item.reject(Error::NotFound),
            }
            item.kept = Some(Kept { stored, shall: None, edition: None });
        }
    }

    /// Finds out which items write into an edition beside the one in force, and refuses what belongs to no edition.
    pub(super) fn enter_editions(&self, def: &'static KindDef, items: &mut [Item]) {
        if !self.drafts(def) {
            return;
        }
        let Some(cycle) = self.ctx.kinds.get("plan").and_then(|plan| plan.lifecycle) else { return };
        for item in items.iter_mut().filter(|item| !item.is_rejected() && item.operation != Operation::Move) {
            let plan = match &item.kept {
                Some(kept) if def.name == "plan" => Some(&kept.stored),
                _ => item.after.uuid("plan_id").and_then(|id| self.plans.get(&id)),
            };
            let Some(plan) =
                plan.filter(|plan| !plan.text(cycle.state).is_some_and(|state| cycle.is_working(state)))
            else {
                continue;
            };
            if cycle.working.is_none_or(|(working, _)| plan.is_null(working)) {
                let text =
                    "the plan has no edition that is worked on: open one with `POST /plans/{id}/editions`";
                item.reject(Error::Conflict(Code::NoWorkingEdition, text.into()));
                continue;
            }
            let number = plan.int("edition").unwrap_or_default().saturating_add(1);
            match &mut item.kept {
                Some(kept) if is_in_force(&kept.stored) => kept.edition = Some(number),
                _ => item.edition = Some(number),
            }
            refuse_what_is_no_content(def, item);
        }
    }

    /// Settles how each item is stored that writes into an edition beside the one in force.
    pub(super) fn fold(&self, item: &mut Item) {
        let Some(Kept { stored, edition: Some(_), .. }) = &item.kept else {
            if let Some(number) = item.edition.filter(|_| !item.is_deletion()) {
                item.after.set("drafted_in", number);
            }
            return;
        };
        let row = self.apart(if item.is_deletion() { removed(stored) } else { folded(stored, &item.after) });
        for column in ["version", "updated_by"] {
            item.after.set(column, row.get(column).clone());
        }
        item.after.set("updated_at", stored.get("updated_at").clone());
        if let Some(kept) = &mut item.kept {
            kept.shall = Some(row);
        }
    }

    /// Gives a row in force, of which only the next edition changes, its next version and the writer: nobody outside
    /// learns of the instant.
    fn apart(&self, mut row: Row) -> Row {
        row.set("version", row.version() + 1);
        row.set("updated_by", self.ctx.actor.user);
        row
    }

    /// Lets the next edition remove what stands below records that it removes, hidden ones too.
    pub(super) async fn remove_below(&mut self, def: &'static KindDef, items: &[Item]) -> Result<()> {
        let is_removed_now = |item: &&Item| {
            let shall = item.kept.as_ref().and_then(|kept| kept.shall.as_ref());
            !item.is_rejected() && item.is_deletion() && shall.is_some()
        };
        let ids: BTreeSet<Uuid> = items.iter().filter(is_removed_now).filter_map(|item| item.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let mut doomed = ids.clone();
        for (kind, below) in self.descendants(def, &ids).await? {
            if !kind.declared.has_editions {
                continue;
            }
            let goes = |row: &Row| {
                let next = unfolded(row);
                let above = kind.parent.iter().filter_map(|above| next.as_ref()?.uuid(above.column));
                above.into_iter().any(|id| doomed.contains(&id))
            };
            let rows: Vec<Row> = below.into_iter().map(|(row, _)| row).filter(goes).collect();
            doomed.extend(rows.iter().map(Row::id));
            let (in_force, drafts): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(is_in_force);
            self.delete_rows(kind, drafts).await?;
            let pair = |row: Row| {
                let next = self.apart(removed(&row));
                (Some(row), next)
            };
            let pairs: Vec<_> = in_force.into_iter().filter(|row| !is_removed(row)).map(pair).collect();
            self.write_rows(kind, &pairs).await?;
        }
        Ok(())
    }
}

/// Progress, sharing and origin of a record in force belong to no edition.
fn refuse_what_is_no_content(def: &KindDef, item: &mut Item) {
    if item.kept.as_ref().is_none_or(|kept| kept.edition.is_none()) {
        return;
    }
    let is_foreign = |name: &&String| match name.as_str() {
        "shared_with" => item.changes("shared_set_id"),
        "edition" => item.changes("edition"),
        _ => def.field(name).is_some_and(|column| !is_content(column) && item.changes(column.name)),
    };
    let foreign: Vec<String> = item.fields.keys().filter(is_foreign).cloned().collect();
    for name in foreign {
        let text = format!("`{name}` belongs to no edition: write it without `edition=working`");
        item.fault(&format!("/{name}"), Code::RuleBroken, text);
    }
}
