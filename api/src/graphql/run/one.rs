//! Edges to one record, and what a record shows of others without being an edge.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use kernel::{
    Result,
    row::Row,
    sets,
    store::{self, Wanted},
};
use serde_json::json;
use uuid::Uuid;

use super::{Found, Run, Source, json::of_value, rows};

/// Records by their ids.
pub(super) type Loaded = foldhash::HashMap<Uuid, Arc<Row>>;

impl Run {
    /// The visible ones of these records.
    pub(super) async fn by_ids(&self, wanted: Wanted, ids: &BTreeSet<Uuid>) -> Result<Loaded> {
        if ids.is_empty() {
            return Ok(Loaded::default());
        }
        let found = store::by_ids(&self.ctx, wanted, ids).await?;
        Ok(found.into_iter().map(|(id, row)| (id, Arc::new(row))).collect())
    }

    /// The record a column refers to.
    pub(super) async fn one(&self, wanted: Wanted, column: &str, sources: &[Source]) -> Result<Vec<Found>> {
        let ids: Vec<Option<Uuid>> = rows(sources).map(|row| row.uuid(column)).collect();
        let loaded = self.by_ids(wanted, &ids.iter().flatten().copied().collect()).await?;
        Ok(ids.into_iter().map(|id| found(&loaded, id)).collect())
    }

    /// Whom records are shared with; nothing for readers outside the owner.
    pub(super) async fn shared(&self, sources: &[Source]) -> Result<Vec<Found>> {
        let set = |row: &Arc<Row>| row.uuid("shared_set_id").filter(|_| self.renderer.is_inside(row));
        let sets: Vec<Option<Uuid>> = rows(sources).map(set).collect();
        let known = sets::seen(&self.ctx, &sets.iter().flatten().copied().collect()).await?;
        let mut shown = HashMap::new();
        for (id, with) in known {
            shown.insert(id, Arc::new(serde_json::to_value(with)?));
        }
        let one = |set: Option<Uuid>| shown.get(&set?).cloned();
        Ok(sets
            .into_iter()
            .map(|set| one(set).map_or(Found::Null, |with| Found::One(Source::Json(with))))
            .collect())
    }

    /// Kind and id of records of any kind, as far as the caller sees them; one of a kind that is not kept here
    /// is shown inside the owner of what refers to it.
    pub(super) async fn any(&self, kind: usize, id: usize, sources: &[Source]) -> Result<Vec<Found>> {
        let named: Vec<Option<(&str, Uuid)>> = rows(sources).map(|row| any_of(row, kind, id)).collect();
        let mut wanted: HashMap<&str, BTreeSet<Uuid>> = HashMap::new();
        for (kind, id) in named.iter().flatten() {
            wanted.entry(kind).or_default().insert(*id);
        }
        let mut seen = HashMap::new();
        for (kind, ids) in wanted {
            if let Some(def) = self.ctx.kinds.get(kind) {
                seen.insert(kind, self.by_ids(Wanted { def, columns: def.base() }, &ids).await?);
            }
        }
        let shown = rows(sources).zip(named).map(|(row, named)| {
            let (kind, id) = named?;
            let is_seen = match seen.get(kind) {
                Some(loaded) => loaded.contains_key(&id),
                None => self.ctx.actor.is_inside(row.owner()),
            };
            is_seen.then(|| Arc::new(json!({ "kind": kind, "id": id })))
        });
        Ok(shown.map(|one| one.map_or(Found::Null, |shown| Found::One(Source::Json(shown)))).collect())
    }

    /// Parts of records that have fields of their own.
    pub(super) fn parts(&self, at: usize, sources: &[Source]) -> Result<Vec<Found>> {
        let part = |row: &Arc<Row>| {
            let Some(part) = row.def().parts.get(at) else { return Ok(Found::Null) };
            Ok(of_value(&serde_json::to_value(self.renderer.part(row, part))?))
        };
        rows(sources).map(part).collect()
    }
}

/// Kind and id in two columns.
fn any_of(row: &Row, kind: usize, id: usize) -> Option<(&str, Uuid)> {
    let column = |at: usize| row.def().columns.get(at).map(|column| column.name);
    Some((row.text(column(kind)?)?, row.uuid(column(id)?)?))
}

/// A record among those that were loaded.
pub(super) fn found(loaded: &Loaded, id: Option<Uuid>) -> Found {
    let row = id.and_then(|id| loaded.get(&id)).cloned();
    row.map_or(Found::Null, |row| Found::One(Source::Row(row)))
}
