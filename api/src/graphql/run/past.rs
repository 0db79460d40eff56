//! Histories and moves of all records of a level at once.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use kernel::{
    Error, KindDef, Result,
    lifecycle::{MoveState, moves_of},
    page::Page,
    store::kinds_of,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    Found, Run, Source,
    page::{Paged, counted},
    rows,
};
use crate::{
    domain::{
        KINDS,
        audit::{Asked, reads},
        history::{History, histories, span},
    },
    graphql::selection::Item,
};

impl Run {
    /// A page of the history of each record.
    pub(super) async fn histories(&self, item: &Item, sources: &[Source]) -> Result<Vec<Found>> {
        let page = page(item)?;
        let mut pages = HashMap::new();
        for (def, ids) in by_kind(sources) {
            for (id, past) in histories(&self.ctx, def, &ids, span(&page)?).await? {
                pages.insert(id, Arc::new(paged(past, &page)?));
            }
        }
        let missing = Arc::new(Error::NotFound);
        let of = |id: Uuid| match pages.get(&id) {
            Some(page) => Found::One(Source::Page(page.clone())),
            None => Found::Fault(missing.clone()),
        };
        Ok(rows(sources).map(|row| of(row.id())).collect())
    }

    /// A page of the history of the record with an id, deleted ones too.
    pub(super) async fn history(&self, item: &Item) -> Result<Found> {
        let id = item.arguments.get("id").and_then(Json::as_str).and_then(|id| id.parse().ok());
        let ids: BTreeSet<Uuid> = id.into_iter().collect();
        // An id that never was takes the way of a hidden one, and as long.
        let def = kinds_of(&self.ctx, &ids).await?.into_values().next().or(KINDS.served().next());
        let Some(def) = def.filter(|def| def.is_served()) else { return Ok(Found::Null) };
        let page = page(item)?;
        let past = histories(&self.ctx, def, &ids, span(&page)?).await?.into_values().next();
        past.map_or(Ok(Found::Null), |past| Ok(Found::One(Source::Page(Arc::new(paged(past, &page)?)))))
    }

    /// A page of the traces of reads.
    pub(super) async fn reads(&self, item: &Item) -> Result<Found> {
        let given = |name: &str| item.arguments.get(name).and_then(Json::as_str);
        let asked = Asked { kind: given("kind"), from: given("from"), until: given("until") };
        let page = Page { total: counted(item), ..page(item)? };
        let found = reads(&self.ctx, asked, (&page, Vec::new())).await?;
        let mut traces = Vec::with_capacity(found.items.len());
        for (cursor, trace) in found.items {
            traces.push((cursor, Arc::new(serde_json::to_value(&trace)?)));
        }
        let paged = Paged::of_values(traces, &page, found.has_more, found.total);
        Ok(Found::One(Source::Page(Arc::new(paged))))
    }

    /// The moves from the state of each record.
    pub(super) async fn moves(&self, sources: &[Source]) -> Result<Vec<Found>> {
        let mut all = HashMap::new();
        for (def, ids) in by_kind(sources) {
            for (id, moves) in moves_of(&self.ctx, def, &ids).await? {
                all.insert(id, moves.iter().map(shown).collect::<Vec<_>>());
            }
        }
        let of = |id: Uuid| {
            let moves = all.get(&id).into_iter().flatten();
            Found::Many(moves.map(|one| Found::One(Source::Json(one.clone()))).collect())
        };
        Ok(rows(sources).map(|row| of(row.id())).collect())
    }
}

/// The ids of the records of each kind.
fn by_kind(sources: &[Source]) -> Vec<(&'static KindDef, BTreeSet<Uuid>)> {
    let mut all: BTreeMap<&str, (&'static KindDef, BTreeSet<Uuid>)> = BTreeMap::new();
    for row in rows(sources) {
        all.entry(row.def().name).or_insert_with(|| (row.def(), BTreeSet::new())).1.insert(row.id());
    }
    all.into_values().collect()
}

/// The page of a history that is asked for.
fn page(item: &Item) -> Result<Page> {
    let first = item.arguments.get("first").and_then(Json::as_i64).unwrap_or_default();
    let cursor = item.arguments.get("after").and_then(Json::as_str).map(str::to_owned);
    Ok(Page { cursor, ..Page::first(Page::check_limit("first", first)?) })
}

fn paged(past: History, page: &Page) -> Result<Paged> {
    let mut entries = Vec::with_capacity(past.items.len());
    for entry in past.items {
        entries.push((entry.cursor(), Arc::new(serde_json::to_value(&entry)?)));
    }
    Ok(Paged::of_values(entries, page, past.has_more, Some(past.total)))
}

/// A move as this face shows it: its state is a text in capitals, for every lifecycle has its own.
fn shown(of: &MoveState) -> Arc<Json> {
    Arc::new(json!({
        "verb": of.verb.name(),
        "to": of.to.to_uppercase(),
        "allowed": of.allowed,
        "recorded_only": of.recorded_only,
        "missing": of.missing,
        "warnings": of.warnings,
    }))
}
