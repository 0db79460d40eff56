//! Comments follow their record: they have its plan, its agencies and its edition, and its circle.

use std::collections::{BTreeSet, HashMap};

use model::{
    access::Visibility,
    declaration::standard::{self, DRAFTED_IN},
};
use sea_orm::{Value, sea_query::Cond};
use serde_json::json;
use uuid::Uuid;

use super::{Unit, item::Item};
use crate::{error::Result, policy::Class, record::KindDef, row::Row, store};

/// Gives a comment what it has from its record.
pub(super) fn follow(comment: &mut Row, record: &Row) {
    let (own, theirs) = (comment.def(), record.def());
    let id = |column: Option<&str>| Value::Uuid(column.and_then(|column| record.uuid(column)));
    comment.set_if_any("plan_id", id(theirs.plan_column()));
    if let Some(lead) = own.lead {
        comment.set(lead, id(theirs.lead));
    }
    if let Some(contributors) = own.contributors {
        let ids = theirs.contributors.map(|column| record.ids(column)).unwrap_or_default();
        comment.set(contributors, json!(ids));
    }
    let edition = if theirs.has(DRAFTED_IN) { record.int(DRAFTED_IN) } else { None };
    comment.set_if_any(DRAFTED_IN, edition);
}

/// Whether a write changes what comments have from their record, besides its circle.
fn leads(item: &Item) -> bool {
    let def = item.after.def();
    let columns = [def.plan_column(), def.lead, def.contributors, Some(DRAFTED_IN)];
    columns.into_iter().flatten().any(|column| def.has(column) && item.changes(column))
}

impl Unit {
    /// Lets comments follow records whose plan, agencies or edition have changed.
    pub(super) async fn lead_followers(&mut self, def: &'static KindDef, items: &[Item]) -> Result<()> {
        let live =
            items.iter().filter(|item| !item.is_rejected() && !item.is_unchanged && !item.is_deletion());
        let changed = live.filter(|item| item.before.is_some() && leads(item));
        let above: HashMap<Uuid, &Row> = changed.map(|item| (item.after.id(), &item.after)).collect();
        if above.is_empty() {
            return Ok(());
        }
        let ids: BTreeSet<Uuid> = above.keys().copied().collect();
        for (child, column) in
            def.below(self.ctx.kinds.all()).filter(|(child, _)| child.class == Class::Comment)
        {
            let of_these = Cond::all().add(self.conn().among(child.col(column), &ids));
            let comments = store::all(self.conn(), child, of_these).await?;
            let owners = self.owners().await?;
            let led = |row: Row| {
                let mut after = row.clone();
                follow(&mut after, above.get(&row.uuid(column)?)?);
                (after != row).then(|| {
                    self.stamp(&mut after, &owners);
                    (Some(row), after)
                })
            };
            let pairs: Vec<_> = comments.into_iter().filter_map(led).collect();
            self.write_rows(child, &pairs).await?;
        }
        Ok(())
    }

    /// Finds the releases by which authors from outside comment on records: those that reach them and say so.
    pub(super) async fn settle_commenters(
        &self,
        def: &'static KindDef,
        items: &mut [Item],
        parents: &HashMap<Uuid, Row>,
    ) -> Result<()> {
        if def.class != Class::Comment {
            return Ok(());
        }
        let actor = self.ctx.actor.clone();
        let record = |item: &Item| {
            let above = def.parent.iter().find_map(|parent| parents.get(&item.after.uuid(parent.column)?))?;
            let has_grant = || actor.grants.iter().any(|grant| grant.owner == above.owner());
            // Nobody writes at a level that it could not read.
            let is_open = item.after.read(standard::VISIBILITY) == Some(Visibility::National);
            let is_outside = item.is_new() && !item.is_rejected() && is_open && !has_grant();
            above.uuid("release_set_id").filter(|_| is_outside).map(|set| (set, above))
        };
        let sets: BTreeSet<Uuid> = items.iter().filter_map(|item| Some(record(item)?.0)).collect();
        if sets.is_empty() {
            return Ok(());
        }
        let known = self.released(&sets).await?;
        let audiences = actor.audiences();
        for item in items.iter_mut() {
            let Some((set, above)) = record(item) else { continue };
            let reach = |audience: &String| known.showing(above, audience).any(|one| one.may_comment);
            item.commented = Some(set).filter(|_| audiences.iter().any(reach));
        }
        Ok(())
    }
}
