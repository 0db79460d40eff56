//! Records that another installation keeps and has sent: taken as they are, compared, written and logged as any others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::{Unit, circles::no_circle, same::differ, siblings::in_order};
use crate::{
    error::{Code, Error, Result},
    record::KindDef,
    row::{Row, STAMPS},
};

/// Ids bound by one statement.
const IDS: usize = 10_000;

/// A row as it was, and as it shall be.
type Pair = (Option<Row>, Row);

/// Rows of kinds.
pub type Rows = Vec<(&'static KindDef, Vec<Row>)>;

impl Unit {
    /// Puts what an owner has sent in the place of what is `stored` of it: `sent` as it is, what is `kept` with another set of
    /// releases; and destroys what is `gone`. All of them are records of that owner. Answers how many differ from what was
    /// there.
    ///
    /// # Errors
    /// `Conflict` where an id is that of a record of somebody else; what the database says.
    pub async fn receive(
        &mut self,
        mut stored: BTreeMap<Uuid, Row>,
        (sent, kept): (Rows, Vec<(Uuid, Option<Uuid>)>),
        gone: Rows,
    ) -> Result<usize> {
        for (def, rows) in &sent {
            no_circle(def, rows)?;
            let new: Vec<Uuid> = rows.iter().map(Row::id).filter(|id| !stored.contains_key(id)).collect();
            for some in new.chunks(IDS) {
                let taken = self.rows_of(def, &some.iter().copied().collect()).await?;
                if let Some(id) = taken.keys().next() {
                    let why = format!("{id} is the id of a record that is there and of somebody else");
                    return Err(Error::Conflict(Code::KeptElsewhere, why));
                }
            }
        }
        let mut changed = gone.iter().map(|(_, rows)| rows.len()).sum();
        self.let_go(&mut stored, gone).await?;
        let again = kept.into_iter().filter_map(|(id, set)| {
            let mut row = stored.get(&id)?.clone();
            row.set("release_set_id", set);
            Some((row.def(), row))
        });
        let again = by_kind(again);
        for (def, rows) in sent.into_iter().chain(again) {
            changed += self.take(def, rows, &mut stored).await?;
            self.forget_owners(def);
        }
        Ok(changed)
    }

    /// Writes rows of a kind as far as they differ from what is stored.
    async fn take(
        &mut self,
        def: &'static KindDef,
        rows: Vec<Row>,
        stored: &mut BTreeMap<Uuid, Row>,
    ) -> Result<usize> {
        let owners = self.owners().await?;
        let mut pairs = Vec::new();
        for mut row in rows {
            let before = stored.remove(&row.id());
            if let Some(before) = &before {
                for stamp in STAMPS {
                    row.set(stamp, before.get(stamp).clone());
                }
                if !differ(before, &row) {
                    continue;
                }
            }
            self.stamp(&mut row, &owners);
            pairs.push((before, row));
        }
        let changed = pairs.len();
        self.write_rows(def, &in_order(def, pairs)).await?;
        Ok(changed)
    }

    /// Destroys rows, after what stays leads to them no more. What cannot be without one of them goes as well, and comes
    /// again with what is sent.
    async fn let_go(&mut self, stored: &mut BTreeMap<Uuid, Row>, gone: Rows) -> Result<()> {
        let mut doomed: BTreeMap<Uuid, Row> =
            gone.into_iter().flat_map(|(_, rows)| rows).map(|row| (row.id(), row)).collect();
        stored.retain(|id, _| !doomed.contains_key(id));
        if doomed.is_empty() {
            return Ok(());
        }
        loop {
            let needs = |row: &Row| {
                let mut columns = row.def().columns.iter().filter(|column| !column.nullable);
                columns.any(|column| row.uuid(column.name).is_some_and(|id| doomed.contains_key(&id)))
            };
            let lost: Vec<Uuid> = stored.values().filter(|row| needs(row)).map(Row::id).collect();
            if lost.is_empty() {
                break;
            }
            doomed.extend(lost.iter().filter_map(|id| stored.remove_entry(id)));
        }
        let ids: BTreeSet<Uuid> = doomed.keys().copied().collect();
        self.turn_away(stored, &ids).await?;
        let levels = by_kind(doomed.into_values().map(|row| (row.def(), row)));
        self.delete_levels(levels).await?;
        self.destroy(&ids).await
    }

    /// Takes the references to doomed rows out of rows that stay.
    async fn turn_away(&mut self, stored: &mut BTreeMap<Uuid, Row>, doomed: &BTreeSet<Uuid>) -> Result<()> {
        let owners = self.owners().await?;
        let mut turned: Vec<(&'static KindDef, Pair)> = Vec::new();
        for row in stored.values_mut() {
            let (def, before) = (row.def(), row.clone());
            for column in &def.columns {
                if row.uuid(column.name).is_some_and(|id| column.name != "id" && doomed.contains(&id)) {
                    row.clear(column.name);
                }
            }
            for link in def.links.iter().filter(|link| link.target.is_some()) {
                let mut ids = row.ids(link.column);
                let all = ids.len();
                ids.retain(|id| !doomed.contains(id));
                if ids.len() < all {
                    row.set(link.column, json!(ids));
                }
            }
            if *row != before {
                self.stamp(row, &owners);
                turned.push((def, (Some(before), row.clone())));
            }
        }
        for (def, pairs) in by_kind(turned) {
            self.write_rows(def, &pairs).await?;
        }
        Ok(())
    }
}

/// What belongs to kinds, kind by kind.
fn by_kind<T>(all: impl IntoIterator<Item = (&'static KindDef, T)>) -> Vec<(&'static KindDef, Vec<T>)> {
    let mut found: BTreeMap<&str, (&'static KindDef, Vec<T>)> = BTreeMap::new();
    for (def, one) in all {
        found.entry(def.name).or_insert_with(|| (def, Vec::new())).1.push(one);
    }
    found.into_values().collect()
}
