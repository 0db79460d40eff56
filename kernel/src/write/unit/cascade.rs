//! What a write does to the records below: deletion leaf first, narrowing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::declaration::standard;
use sea_orm::sea_query::{Alias, Order};
use uuid::Uuid;

use super::{
    Unit,
    item::Item,
    released::{WantedSets, put},
    rules::{Sets, narrowed},
    ways::Way,
};
use crate::{
    error::Result,
    policy::Verb,
    record::KindDef,
    row::Row,
    shared_sets::{self, Members},
    store,
};

/// A kind with rows of it, each with the id of the record it stands below.
pub(super) type Below = (&'static KindDef, Vec<(Row, Uuid)>);

/// A kind with ids of records of it.
pub(super) type Front = (&'static KindDef, BTreeSet<Uuid>);

impl Unit {
    /// Every record below `ids`, level by level, locked to be deleted; hidden ones too.
    pub(super) async fn descendants(
        &self,
        def: &'static KindDef,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Below>> {
        let mut all = Vec::new();
        let mut seen = ids.clone();
        let mut front = vec![(def, ids.clone())];
        while !front.is_empty() {
            let mut next = Vec::new();
            for (child, mut ids) in self.below(&front).await? {
                ids.retain(|id| seen.insert(*id));
                if ids.is_empty() {
                    continue;
                }
                let is_doomed = |id: &Uuid| front.iter().any(|(_, ids)| ids.contains(id));
                let rows = self.rows_below(child, &ids, true).await?;
                // Only now locked: meanwhile a row may have been led elsewhere.
                let above = |row: Row| {
                    let found = parents(&row).find(is_doomed);
                    found.map(|id| (row, id))
                };
                let below: Vec<(Row, Uuid)> = rows.into_iter().filter_map(above).collect();
                next.push((child, below.iter().map(|(row, _)| row.id()).collect()));
                all.push((child, below));
            }
            front = next;
        }
        Ok(all)
    }

    /// The records below one that `goes` lets through, level by level, each kind with those of a level; hidden ones too.
    /// What stands below a record that it does not let through is left out as well.
    ///
    /// # Errors
    /// What the database says.
    pub async fn records_below(
        &self,
        top: (&'static KindDef, Uuid),
        goes: fn(&Row) -> bool,
    ) -> Result<Vec<(&'static KindDef, Vec<Row>)>> {
        let mut all = Vec::new();
        let mut seen = BTreeSet::from([top.1]);
        let mut front = vec![(top.0, seen.clone())];
        while !front.is_empty() {
            let mut next = Vec::new();
            for (child, mut ids) in self.below(&front).await? {
                ids.retain(|id| seen.insert(*id));
                let mut rows = self.rows_below(child, &ids, false).await?;
                rows.retain(goes);
                if !rows.is_empty() {
                    next.push((child, rows.iter().map(Row::id).collect()));
                    all.push((child, rows));
                }
            }
            front = next;
        }
        Ok(all)
    }

    /// The records right below some of several kinds, kind by kind, in one statement.
    async fn below(&self, front: &[Front]) -> Result<Vec<Front>> {
        let (mut children, mut ways) = (Vec::new(), Vec::new());
        for (kind, ids) in front.iter().filter(|(_, ids)| !ids.is_empty()) {
            for (child, column) in kind.below(self.ctx.kinds.all()) {
                children.push(child);
                ways.push(Way::of(child, column, ids));
            }
        }
        let mut found: BTreeMap<&str, Front> = BTreeMap::new();
        for named in self.naming(&ways).await? {
            if let Some(child) = children.get(named.way) {
                found.entry(child.name).or_insert_with(|| (child, BTreeSet::new())).1.insert(named.from);
            }
        }
        Ok(found.into_values().collect())
    }

    /// These rows of a kind, in order of id.
    async fn rows_below(
        &self,
        def: &'static KindDef,
        ids: &BTreeSet<Uuid>,
        is_deletion: bool,
    ) -> Result<Vec<Row>> {
        let mut select = store::unseen(def);
        select
            .and_where(self.conn().among(def.col("id"), ids))
            .order_by((def.iden(), Alias::new("id")), Order::Asc);
        if is_deletion {
            self.lock(&mut select, true);
        }
        store::rows(self.conn(), def, &select).await
    }

    /// Narrows what stands below records that were narrowed; hidden records too, and without naming them.
    pub(super) async fn cascade(&mut self, def: &'static KindDef, items: &[Item]) -> Result<()> {
        if !def.is_national() {
            return Ok(());
        }
        let changed = |item: &&Item| {
            let columns = ["visibility", "shared_set_id", "release_set_id"];
            // A release only adds to what shows a record.
            item.before.is_some()
                && item.verb != Verb::Release
                && columns.iter().any(|column| item.changes(column))
        };
        let live = items.iter().filter(|i| !i.is_rejected() && !i.is_unchanged && !i.is_deletion());
        let above: HashMap<Uuid, Row> =
            live.filter(changed).map(|i| (i.after.id(), i.after.clone())).collect();
        self.descend(vec![(def, above.keys().copied().collect())], above).await
    }

    /// Narrows what stands below records, level by level.
    pub(super) async fn descend(
        &mut self,
        mut front: Vec<Front>,
        mut above: HashMap<Uuid, Row>,
    ) -> Result<()> {
        while !above.is_empty() {
            let (mut narrowed, mut next) = (HashMap::new(), Vec::new());
            for (child, ids) in self.below(&front).await? {
                let pairs = self.narrow_below(child, &ids, &above).await?;
                next.push((child, pairs.iter().map(|(_, row)| row.id()).collect()));
                narrowed.extend(pairs.into_iter().map(|(_, row)| (row.id(), row)));
            }
            (front, above) = (next, narrowed);
        }
        Ok(())
    }

    /// Narrows these rows of a kind to what the records above them allow; answers those that changed.
    pub(super) async fn narrow_below(
        &mut self,
        def: &'static KindDef,
        ids: &BTreeSet<Uuid>,
        above: &HashMap<Uuid, Row>,
    ) -> Result<Vec<(Option<Row>, Row)>> {
        let rows = self.rows_below(def, ids, false).await?;
        let mut sets = self.sets_of(rows.iter().chain(above.values())).await?;
        let released =
            rows.iter().chain(above.values()).filter_map(|row| row.uuid("release_set_id")).collect();
        let released = self.released(&released).await?;
        let (mut narrowed, mut made, mut wanted) = (Vec::new(), Vec::new(), WantedSets::new());
        for row in rows {
            let (mut after, mut kept) = (row.clone(), None);
            for parent in parents(&row).filter_map(|id| above.get(&id)) {
                if let Some((narrow, set)) = narrow(&after, parent, &sets) {
                    after = narrow;
                    sets.extend(set.id().map(|id| (id, set.clone())));
                    made.push(set);
                }
                kept = released.kept(&after, &[parent]).or(kept);
            }
            if after != row || kept.is_some() {
                wanted.extend(kept.iter().map(|kept| (row.owner().to_owned(), kept.clone())));
                narrowed.push((row, after, kept));
            }
        }
        shared_sets::store(self.conn(), &made).await?;
        let (stored, owners) = (self.release_sets(wanted).await?, self.owners().await?);
        let pair = |(row, mut after, kept): (Row, Row, Option<BTreeSet<Uuid>>)| {
            if let Some(kept) = kept {
                put(&mut after, stored.get(&kept).copied());
            }
            self.stamp(&mut after, &owners);
            (Some(row), after)
        };
        let pairs: Vec<_> = narrowed.into_iter().map(pair).collect();
        self.write_rows(def, &pairs).await?;
        Ok(pairs)
    }
}

/// The records a row stands below.
fn parents(row: &Row) -> impl Iterator<Item = Uuid> {
    row.def().parent.iter().filter_map(|parent| row.uuid(parent.column))
}

/// The row below a narrowed parent as its level and sharing must be, with its shared set; none if they may stay.
fn narrow(row: &Row, parent: &Row, sets: &Sets) -> Option<(Row, Members)> {
    let (level, members) = narrowed(row, parent, sets)?;
    let mut narrow = row.clone();
    narrow.write(standard::VISIBILITY, level);
    match members.id() {
        Some(id) => narrow.set("shared_set_id", id),
        None => narrow.clear("shared_set_id"),
    }
    (narrow != *row).then_some((narrow, members))
}
