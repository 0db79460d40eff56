//! Bringing the rows of a kind in line with built-in ones.

use std::collections::HashMap;

use kernel::{
    Error, KindDef, Result, Unit,
    record::{Op, Outcome, OutcomeKind},
    row::Row,
    store,
    unit::Atomic,
};
use sea_orm::sea_query::Cond;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{DEMO, SEED, report::Counts};

/// A built-in row.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Key it is matched by.
    pub(super) key: String,
    /// Its fields in wire form; null empties.
    pub(super) fields: Map<String, Json>,
    /// Keys of the rows of its own kind it refers to.
    pub(super) after: Vec<String>,
    /// Whether it is made where it is missing.
    pub(super) is_made: bool,
}

impl Wanted {
    /// A row of `system`; its external key is the key people know it by.
    pub(super) fn new(system: &str, external_key: &str, fields: Json) -> Self {
        let mut fields = if let Json::Object(fields) = fields { fields } else { Map::new() };
        fields.insert("source_system".into(), system.into());
        fields.insert("external_key".into(), external_key.into());
        Self { key: external_key.to_owned(), fields, after: Vec::new(), is_made: true }
    }

    /// The same row, matched by another key than its external one.
    pub(super) fn matched_by(self, key: String) -> Self {
        Self { key, ..self }
    }

    /// The same row, to be written after these rows of its kind.
    pub(super) fn after<'a>(self, keys: impl IntoIterator<Item = &'a str>) -> Self {
        let after = keys.into_iter().filter(|key| !key.is_empty()).map(str::to_owned).collect();
        Self { after, ..self }
    }
}

/// How the rows of a kind are found again, and what becomes of those found.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    /// Key of a stored row.
    pub(super) key: fn(&Row) -> String,
    /// Whether found rows follow the built-in ones; else they stay as they are.
    pub(super) follows: bool,
}

/// What was found and done.
#[derive(Debug, Default)]
pub(super) struct Synced {
    /// Rows by how they ended.
    pub(super) counts: Counts,
    /// Id of each row, by key.
    pub(super) ids: HashMap<String, Uuid>,
    /// Version of each row that was made.
    pub(super) created: HashMap<String, i32>,
}

/// The stored rows of a kind, by the two ways they are matched.
struct Stored {
    by_key: HashMap<String, Row>,
    by_origin: HashMap<(String, String), String>,
}

impl Stored {
    async fn read(unit: &Unit, def: &'static KindDef, rule: Rule) -> Result<Self> {
        let rows = store::all(unit.conn(), def, Cond::all()).await?;
        let origin =
            |row: &Row| Some((row.text("source_system")?.to_owned(), row.text("external_key")?.to_owned()));
        Ok(Self {
            by_origin: rows.iter().filter_map(|row| Some((origin(row)?, (rule.key)(row)))).collect(),
            by_key: rows.into_iter().map(|row| ((rule.key)(&row), row)).collect(),
        })
    }

    /// The stored row: by its key, else by where it came from (a date in the key may have changed).
    fn find(&self, wanted: &Wanted) -> Option<&Row> {
        let text = |field| wanted.fields.get(field).and_then(Json::as_str).map(str::to_owned);
        self.by_key.get(&wanted.key).or_else(|| {
            let origin = (text("source_system")?, text("external_key")?);
            self.by_key.get(self.by_origin.get(&origin)?)
        })
    }
}

/// Makes the rows that are missing and, if the rule says so, brings the others in line.
///
/// Takes one statement to read and one batch for each level of references within the kind.
///
/// # Errors
/// What the database says; `Internal` naming the row when a built-in row is refused.
pub(super) async fn sync(
    unit: &mut Unit,
    def: &'static KindDef,
    rule: Rule,
    wanted: Vec<Wanted>,
) -> Result<Synced> {
    let stored = Stored::read(unit, def, rule).await?;
    let mut done = Synced::default();
    done.ids.extend(stored.by_key.iter().map(|(key, row)| (key.clone(), row.id())));
    let mut waiting = wanted;
    while !waiting.is_empty() {
        let is_ready = |row: &Wanted| row.after.iter().all(|key| done.ids.contains_key(key));
        let (mut ready, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_ready);
        waiting = later;
        if ready.is_empty() {
            // A circle, or a row that is nowhere: the write path says which.
            ready = std::mem::take(&mut waiting);
        }
        done.bring(unit, def, rule, (&stored, ready)).await?;
    }
    Ok(done)
}

impl Synced {
    async fn bring(
        &mut self,
        unit: &mut Unit,
        def: &'static KindDef,
        rule: Rule,
        (stored, ready): (&Stored, Vec<Wanted>),
    ) -> Result<()> {
        let mut ops = Vec::new();
        let mut keys = Vec::new();
        for row in ready {
            let found = stored.find(&row);
            self.ids.extend(found.map(|found| (row.key.clone(), found.id())));
            match found {
                Some(found) if !is_ours(found) => self.counts.kept += 1,
                Some(_) if !rule.follows => self.counts.unchanged += 1,
                None if !row.is_made => {}
                found => {
                    keys.push(row.key);
                    ops.push(op(def, found, row.fields));
                }
            }
        }
        if ops.is_empty() {
            return Ok(());
        }
        let outcomes = apply(unit, def, ops, &keys).await?;
        for (key, outcome) in keys.into_iter().zip(outcomes) {
            self.note(key, &outcome);
        }
        Ok(())
    }

    fn note(&mut self, key: String, outcome: &Outcome) {
        match outcome.kind {
            OutcomeKind::Created => self.counts.created += 1,
            OutcomeKind::Updated => self.counts.updated += 1,
            _ => self.counts.unchanged += 1,
        }
        if matches!(outcome.kind, OutcomeKind::Created) {
            self.created.extend(outcome.version.map(|version| (key.clone(), version)));
        }
        self.ids.extend(outcome.id.map(|id| (key, id)));
    }
}

/// Whether nobody but this seed has had a hand in the row.
fn is_ours(row: &Row) -> bool {
    let by_us = row.text("source_system").is_none_or(|system| [SEED, DEMO].contains(&system));
    by_us && row.uuid("updated_by").is_none()
}

fn op(def: &KindDef, found: Option<&Row>, mut fields: Map<String, Json>) -> Op {
    match found {
        None => Op::Create(without_nulls(fields)),
        Some(row) => {
            // What identifies a record is no part of an edit.
            let editable = def.schemas.patch.members();
            fields.retain(|field, _| editable.contains(field));
            Op::Update { id: row.id(), version: Some(row.version()), fields }
        }
    }
}

/// Applies operations all or none.
///
/// # Errors
/// What the database says; `Internal` naming the first row that is refused.
pub(super) async fn apply(
    unit: &mut Unit,
    def: &'static KindDef,
    ops: Vec<Op>,
    keys: &[String],
) -> Result<Vec<Outcome>> {
    match unit.apply(def, ops, Atomic::All).await {
        Err(Error::Rejected(outcomes)) => Err(refusal(def, keys, outcomes)),
        other => other,
    }
}

fn refusal(def: &KindDef, keys: &[String], outcomes: Vec<Outcome>) -> Error {
    let refused = keys.iter().zip(outcomes).find_map(|(key, outcome)| match outcome.kind {
        OutcomeKind::Rejected(error) => Some((key, error)),
        _ => None,
    });
    let Some((key, error)) = refused else {
        return Error::Internal(format!("built-in rows of {} were refused", def.name));
    };
    let why = match error {
        Error::Invalid(found) => {
            let each = found.iter().map(|one| format!("{} {}", one.pointer, one.detail));
            each.collect::<Vec<_>>().join("; ")
        }
        other => other.detail(),
    };
    Error::Internal(format!("the built-in {} `{key}` was refused: {why}", def.name))
}

/// Drops members that are null, at every depth.
fn without_nulls(fields: Map<String, Json>) -> Map<String, Json> {
    let keep = |(name, value)| match value {
        Json::Null => None,
        Json::Object(inner) => Some((name, Json::Object(without_nulls(inner)))),
        other => Some((name, other)),
    };
    fields.into_iter().filter_map(keep).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::without_nulls;

    #[test]
    fn nulls_are_dropped_at_every_depth() {
        let given = json!({ "a": null, "b": { "ru": { "name": null }, "fr": { "name": "x" } }, "c": [] });

        let left = without_nulls(given.as_object().cloned().unwrap_or_else(Map::new));

        assert_eq!(json!(left), json!({ "b": { "ru": {}, "fr": { "name": "x" } }, "c": [] }));
    }
}
