//! The records that rows are about, as they are, and which rows say nothing else of them.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use kernel::{
    KindDef, Result, Unit,
    policy::visible,
    row::Row,
    store::{self, Wanted},
    unit::said,
};
use sea_orm::sea_query::{Cond, Func};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    ImportMode,
    entry::{Entry, Which},
};

/// Records that rows are about, with what rows say of them, by what they are called there.
#[derive(Default)]
pub(super) struct Known {
    rows: Vec<Row>,
    by: HashMap<Which, Vec<usize>>,
}

/// Looks up the visible records that rows name, but those that the rows make.
///
/// # Errors
/// What the database says.
pub(super) async fn look_up(
    unit: &Unit,
    def: &'static KindDef,
    entries: &[Entry],
    mode: ImportMode,
) -> Result<Known> {
    let (mut codes, mut ids, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    let mut said: BTreeSet<&str> = BTreeSet::new();
    for entry in entries.iter().filter(|_| mode != ImportMode::Create) {
        match &entry.which {
            Which::Code(code) => codes.push(code.to_uppercase()),
            Which::Id(id) => ids.push(*id),
            Which::Key(system, key) => keys.push((system.as_str(), key.as_str())),
            Which::New => continue,
        }
        said.extend(entry.fields.keys().map(String::as_str));
    }
    let (conn, mut any) = (unit.conn(), Cond::any());
    if let Some(column) = def.code.filter(|_| !codes.is_empty()) {
        let code = Func::upper(def.col(column)).into();
        any = any.add(conn.among_texts(code, codes.iter().map(String::as_str)));
    }
    if !ids.is_empty() {
        any = any.add(conn.among(def.col("id"), &ids));
    }
    if !keys.is_empty() {
        any = any.add(conn.among_keys(def, keys));
    }
    let mut known = Known::default();
    if any.is_empty() {
        return Ok(known);
    }
    let names = ["id", "owner", "version", "source_system", "external_key"];
    let names: Vec<&str> = names.into_iter().chain(def.code).collect();
    let wanted = Wanted { def, columns: def.named(&names).and(said::columns(def, said)) };
    let mut select = store::select(wanted);
    select.cond_where(visible(&unit.ctx.actor, def)).cond_where(any);
    for row in store::rows(conn, wanted, &select).await? {
        known.add(row, !ids.is_empty());
    }
    Ok(known)
}

/// What a row names, by which it is compared: codes are taken in any case, as references take them.
fn folded(which: &Which) -> Cow<'_, Which> {
    match which {
        Which::Code(code) => Cow::Owned(Which::Code(code.to_uppercase())),
        other => Cow::Borrowed(other),
    }
}

impl Known {
    fn add(&mut self, row: Row, by_id: bool) {
        let text = |column: &str| row.text(column).map(str::to_owned);
        let key =
            text("source_system").zip(text("external_key")).map(|(system, key)| Which::Key(system, key));
        let code = row.def().code.and_then(text).map(Which::Code);
        let id = by_id.then(|| Which::Id(row.id()));
        for name in id.into_iter().chain(key).chain(code) {
            self.by.entry(folded(&name).into_owned()).or_default().push(self.rows.len());
        }
        self.rows.push(row);
    }

    /// The record that a row is about: of the owner that the row names, else of the one its sender acts for, else of any.
    pub(super) fn of(&self, entry: &Entry, own: Option<&str>) -> Option<&Row> {
        let which = folded(&entry.which);
        let all = || self.by.get(&*which).into_iter().flatten().filter_map(|at| self.rows.get(*at));
        let of = |owner: &str| all().find(|row| row.owner() == owner);
        match entry.fields.get("owner").and_then(Json::as_str) {
            Some(owner) if !matches!(entry.which, Which::Id(_)) => of(owner),
            _ => own.and_then(of).or_else(|| all().min_by_key(|row| (row.owner(), row.id()))),
        }
    }

    /// Id and version of the record of each row that plainly says nothing new of it, and expects it as it is.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn unchanged(
        &self,
        unit: &Unit,
        (def, entries): (&'static KindDef, &[Entry]),
        (mode, own): (ImportMode, Option<&str>),
    ) -> Result<Vec<Option<(Uuid, i32)>>> {
        let is_meant = !matches!(mode, ImportMode::Create | ImportMode::Delete) && !self.rows.is_empty();
        let records: Vec<_> = entries.iter().map(|entry| self.of(entry, own).filter(|_| is_meant)).collect();
        let mut named: HashMap<Uuid, usize> = HashMap::new();
        for row in records.iter().flatten() {
            *named.entry(row.id()).or_default() += 1;
        }
        let fits = |entry: &Entry, row: &Row| {
            // Which of several rows about one record is too much, the batch says.
            entry.faults.is_empty()
                && !def
                    .lifecycle
                    .is_some_and(|cycle| entry.fields.get(cycle.state).is_some_and(Json::is_null))
                && entry.version.is_none_or(|version| version == row.version())
                && named.get(&row.id()) == Some(&1)
        };
        let likely: Vec<Option<(&Row, &Map<String, Json>)>> = records
            .iter()
            .zip(entries)
            .map(|(row, entry)| row.filter(|row| fits(entry, row)).map(|row| (row, &entry.fields)))
            .collect();
        let said: Vec<_> = likely.iter().flatten().copied().collect();
        let mut same = unit.repeats(def, &said).await?.into_iter();
        let known = |row: &Row| (row.id(), row.version());
        Ok(likely
            .iter()
            .map(|one| one.filter(|_| same.next() == Some(true)).map(|(row, _)| known(row)))
            .collect())
    }
}
