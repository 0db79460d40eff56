//! Records that were deleted, brought back as they were: what can be led to still is asked first, and what rules and
//! defaults make of new records is not made of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::sea_query::Cond;
use uuid::Uuid;

use super::{Unit, item::Item};
use crate::{
    error::{Code, Error, Result},
    policy::Class,
    record::KindDef,
    row::Row,
    store,
};

impl Item {
    /// Whether the item brings back a record that was deleted.
    #[must_use]
    pub const fn is_restored(&self) -> bool {
        self.restored.is_some()
    }
}

/// Where a row leads: field, kind, record.
fn ends(row: &Row) -> Vec<(&'static str, &str, Uuid)> {
    let def = row.def();
    let columns = def.columns.iter().filter_map(|column| {
        let target = column.target.filter(|_| column.name != "id")?;
        Some((column.field, target, row.uuid(column.name)?))
    });
    let links = def.links.iter().filter_map(|link| Some((link, link.target?)));
    let links = links.flat_map(|(link, target)| {
        let ids = row.ids(link.column);
        ids.into_iter().map(move |id| (link.column, target, id))
    });
    let above = def.parent.iter().filter(|parent| parent.kind.is_some());
    let above =
        above.filter_map(|parent| Some((parent.field, parent.kind_of(row)?, row.uuid(parent.column)?)));
    columns.chain(links).chain(above).collect()
}

impl Unit {
    /// Of these rows the fields that lead to records that are not there any more, hidden ones counted in.
    ///
    /// # Errors
    /// What the database says.
    pub async fn lost_ends(&self, rows: &[&Row]) -> Result<HashMap<Uuid, BTreeSet<&'static str>>> {
        let mut wanted: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
        for (_, kind, id) in rows.iter().flat_map(|row| ends(row)) {
            wanted.entry(kind).or_default().insert(id);
        }
        let mut there: BTreeSet<Uuid> = BTreeSet::new();
        for (kind, ids) in wanted {
            let Some(target) = self.ctx.kinds.get(kind) else { continue };
            let among = Cond::all().add(self.conn().among(target.col("id"), &ids));
            there.extend(store::distinct(self.conn(), target, "id", among).await?);
        }
        let mut lost: HashMap<Uuid, BTreeSet<&'static str>> = HashMap::new();
        for row in rows {
            let gone = ends(row).into_iter().filter(|(_, _, id)| !there.contains(id));
            let gone: BTreeSet<_> = gone.map(|(field, ..)| field).collect();
            if !gone.is_empty() {
                lost.insert(row.id(), gone);
            }
        }
        Ok(lost)
    }

    /// Refuses to bring back what is there again, or leads to what is not there.
    pub(super) async fn check_restored(&self, def: &'static KindDef, items: &mut [Item]) -> Result<()> {
        let rows: Vec<Row> = items.iter().filter_map(|item| item.restored.as_deref().cloned()).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let there = self.rows_of(def, &rows.iter().map(Row::id).collect()).await?;
        let lost = self.lost_ends(&rows.iter().collect::<Vec<_>>()).await?;
        for item in items.iter_mut().filter(|item| item.is_restored()) {
            let Some(id) = item.id else { continue };
            if there.contains_key(&id) {
                let text = "the record is there again, and stays as it is";
                item.reject(Error::Conflict(Code::AlreadyExists, text.into()));
            }
            for field in lost.get(&id).into_iter().flatten() {
                let text = format!("`{field}` led to a record that is not there");
                item.fault(&format!("/{field}"), Code::ReferenceNotFound, text);
            }
            item.settle();
        }
        Ok(())
    }
}

/// Gives records that are brought back the values that they had, whatever rules make of new ones; but what they have
/// from the record above is as that one says it now, and the releases are those that may show them now.
pub(super) fn put_back(def: &'static KindDef, items: &mut [Item]) {
    let handed = def.parent.iter().flat_map(|parent| parent.inherits.iter().map(|(own, _)| *own));
    let followed = [def.plan_column(), def.lead, def.contributors, Some("drafted_in")];
    let followed = followed.into_iter().flatten().filter(|_| def.class == Class::Comment);
    let others: BTreeSet<&str> = handed.chain(followed).chain(["release_set_id", "owner"]).collect();
    for item in items.iter_mut().filter(|item| !item.is_rejected()) {
        let Some(row) = &item.restored else { continue };
        for column in def.columns.iter().filter(|column| !others.contains(column.name)) {
            item.after.set(column.name, row.get(column.name).clone());
        }
    }
}
