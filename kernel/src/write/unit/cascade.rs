//! What a write does to the records below: deletion leaf first, narrowing.

use std::collections::{BTreeSet, HashMap};

use model::declaration::standard;
use sea_orm::sea_query::{Alias, ExprTrait, Order};
use uuid::Uuid;

use super::{
    Unit,
    item::Item,
    rules::{Sets, narrowed},
};
use crate::{
    error::Result,
    record::KindDef,
    row::Row,
    shared_sets::{self, Members},
    store,
};

/// A kind with rows of it, each with the id of the record it stands below.
pub(super) type Below = (&'static KindDef, Vec<(Row, Uuid)>);

impl Unit {
    /// Every record below `ids`, level by level, locked to be deleted; hidden ones too.
    pub(super) async fn descendants(
        &self,
        def: &'static KindDef,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Below>> {
        let mut all = Vec::new();
        let mut front = vec![(def, ids.clone())];
        let mut seen = ids.clone();
        while let Some((kind, ids)) = front.pop() {
            for (child, column) in kind.below(self.ctx.kinds.all()) {
                let mut select = store::select(child);
                select
                    .and_where(child.col(column).is_in(ids.iter().copied()))
                    .order_by((child.iden(), Alias::new("id")), Order::Asc);
                self.lock(&mut select, true);
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
        let changed = |item: &&Item| {
            let columns = ["visibility", "shared_set_id", "release_set_id"];
            item.before.is_some() && columns.iter().any(|column| item.changes(column))
        };
        let live = items.iter().filter(|i| !i.is_rejected() && !i.is_unchanged && !i.is_deletion());
        let parents: HashMap<Uuid, Row> =
            live.filter(changed).map(|i| (i.after.id(), i.after.clone())).collect();
        let mut front = vec![(def, parents)];
        while let Some((kind, parents)) = front.pop() {
            if parents.is_empty() {
                continue;
            }
            for (child, column) in kind.below(self.ctx.kinds.all()) {
                let mut select = store::select(child);
                select.and_where(child.col(column).is_in(parents.keys().copied()));
                let rows = store::rows(self.conn(), child, &select).await?;
                let sets = self.sets_of(rows.iter().chain(parents.values())).await?;
                let owners = self.owners().await?;
                let (mut pairs, mut made) = (Vec::new(), Vec::new());
                for row in rows {
                    let Some(parent) = row.uuid(column).and_then(|id| parents.get(&id)) else { continue };
                    if let Some((mut narrow, set)) = narrow(&row, parent, &sets) {
                        self.stamp(&mut narrow, &owners);
                        made.push(set);
                        pairs.push((Some(row), narrow));
                    }
                }
                shared_sets::store(self.conn(), &made).await?;
                self.write_rows(child, &pairs).await?;
                front.push((child, pairs.into_iter().map(|(_, row)| (row.id(), row)).collect()));
            }
        }
        Ok(())
    }
}

/// The row below a narrowed parent as it must be, with its shared set; none if it may stay.
fn narrow(row: &Row, parent: &Row, sets: &Sets) -> Option<(Row, Members)> {
    let mut narrow = row.clone();
    let mut made = Members::default();
    if let Some((level, members)) = narrowed(row, parent, sets) {
        narrow.write(standard::VISIBILITY, level);
        match members.id() {
            Some(id) => narrow.set("shared_set_id", id),
            None => narrow.clear("shared_set_id"),
        }
        made = members;
    }
    if parent.is_null("release_set_id") {
        narrow.clear("release_set_id");
    }
    (narrow != *row).then_some((narrow, made))
}
