//! What a write does to the records below: deletion leaf first, narrowing.

use std::collections::{BTreeSet, HashMap};

use entity::vocab::Visibility;
use sea_orm::sea_query::ExprTrait;
use uuid::Uuid;

use super::{Unit, item::Item, rules::wider};
use crate::{error::Result, record::KindDef, row::Row, store};

/// A kind with rows of it, each with the id of the record it stands below.
pub(super) type Below = (&'static KindDef, Vec<(Row, Uuid)>);

impl Unit {
    /// Every record below `ids`, level by level; hidden ones too.
    pub(super) async fn descendants(
        &self,
        def: &'static KindDef,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Below>> {
        let mut all = Vec::new();
        let mut front = vec![(def, ids.clone())];
        let mut seen = ids.clone();
        while let Some((kind, ids)) = front.pop() {
            for (child, column) in owned_children(self, kind) {
                let mut select = store::select(child);
                select.and_where(child.col(column).is_in(ids.iter().copied()));
                let rows = store::rows(self.conn(), child, &select).await?;
                let fresh: Vec<(Row, Uuid)> = rows
                    .into_iter()
                    .filter(|row| seen.insert(row.id()))
                    .filter_map(|row| row.uuid(column).map(|parent| (row, parent)))
                    .collect();
                if !fresh.is_empty() {
                    front.push((child, fresh.iter().map(|(row, _)| row.id()).collect()));
                    all.push((child, fresh));
                }
            }
        }
        Ok(all)
    }

    /// Narrows what stands below records that were narrowed; hidden records too, and without naming them.
    pub(super) async fn cascade(&mut self, def: &'static KindDef, items: &[Item]) -> Result<()> {
        if !def.is_national() {
            return Ok(());
        }
        let narrowed = items
            .iter()
            .filter(|i| !i.is_rejected() && !i.is_unchanged && !i.is_deletion() && i.before.is_some())
            .filter(|item| item.changes("visibility") || item.changes("shared_set_id"));
        let mut front =
            vec![(def, narrowed.map(|i| (i.after.id(), i.after.clone())).collect::<HashMap<_, _>>())];
        while let Some((kind, parents)) = front.pop() {
            if parents.is_empty() {
                continue;
            }
            for (child, column) in owned_children(self, kind) {
                let mut select = store::select(child);
                select.and_where(child.col(column).is_in(parents.keys().copied()));
                let mut pairs = Vec::new();
                for row in store::rows(self.conn(), child, &select).await? {
                    let Some(parent) = row.uuid(column).and_then(|id| parents.get(&id)) else { continue };
                    let level = row.scope().level.unwrap_or(Visibility::National);
                    if wider(level, row.uuid("shared_set_id"), parent) {
                        let mut narrow = row.clone();
                        narrow.set("visibility", parent.get("visibility").clone());
                        narrow.set("shared_set_id", parent.get("shared_set_id").clone());
                        self.stamp(&mut narrow);
                        pairs.push((Some(row), narrow));
                    }
                }
                self.write_rows(child, &pairs).await?;
                front.push((child, pairs.into_iter().map(|(_, row)| (row.id(), row)).collect()));
            }
        }
        Ok(())
    }
}

/// Kinds that stand below `kind`, each with the column that says so.
fn owned_children(unit: &Unit, kind: &'static KindDef) -> Vec<(&'static KindDef, &'static str)> {
    let all = unit.ctx.kinds.all().iter();
    all.flat_map(|child| child.parent.iter().map(move |parent| (*child, parent.column)))
        .filter(|(child, column)| {
            child.columns.iter().any(|c| c.name == *column && c.target == Some(kind.name))
        })
        .collect()
}
