//! What regional items are made of: records that countries have released, and text that is copied from them.
//!
//! A copied text stays as long as the country endorses the item and its record is released to the region.

use std::collections::{BTreeMap, BTreeSet};

use entity::{RegionalItem, regional_item};
use futures_util::future::BoxFuture;
use kernel::{Ctx, Result, Unit, record::Op, row::Row, store};
use model::declaration::standard::NAMED;
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::item::{self, is_endorsed};
use crate::domain::{KINDS, Registered};

/// Column with the kind of the record that a text is copied from.
const KIND: &str = "copied_from_kind";

/// The records that texts of items are copied from, as they are stored.
pub(super) async fn records(unit: &Unit, items: impl Iterator<Item = &Row>) -> Result<BTreeMap<Uuid, Row>> {
    let mut wanted: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
    for row in items {
        if let (Some(kind), Some(id)) = (row.text(KIND), row.read(regional_item::COPIED_FROM)) {
            wanted.entry(kind).or_default().insert(id);
        }
    }
    let mut found = BTreeMap::new();
    for (kind, ids) in wanted {
        if let Some(def) = KINDS.get(kind) {
            found.extend(unit.rows_of(def, &ids).await?);
        }
    }
    Ok(found)
}

/// Whether a record says a text, whole or in part, in any of its languages.
pub(super) fn says(record: &Row, text: &str) -> bool {
    let fields = || record.def().declared.fields.iter().filter(|field| field.is_text);
    let base = fields().filter_map(|field| record.text(field.column));
    let languages = record.json("translations").and_then(Json::as_object).into_iter().flat_map(Map::values);
    let translated =
        languages.flat_map(|texts| fields().filter_map(move |field| texts.get(field.name)?.as_str()));
    base.chain(translated).any(|said| said.contains(text))
}

/// Whether an item has text that is copied from a record.
///
/// # Errors
/// What the database says.
pub async fn is_any_copied(ctx: &Ctx) -> Result<bool> {
    let def = RegionalItem::def();
    let copied = Cond::all().add(def.col(regional_item::COPIED_FROM.column).is_not_null());
    store::exists(ctx.db.reading(), def, copied).await
}

/// Takes copied text away where its country does not endorse the item, or its record is not released to the region any
/// more: of these items, or of all.
pub fn let_go<'a>(unit: &'a mut Unit, of: Option<&'a BTreeSet<Uuid>>) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let def = RegionalItem::def();
        let mut which = Cond::all().add(def.col(regional_item::COPIED_FROM.column).is_not_null());
        if let Some(ids) = of {
            if ids.is_empty() {
                return Ok(());
            }
            which = which.add(def.col("id").is_in(ids.iter().copied()));
        }
        let rows = store::all(unit.conn(), def, which).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let records = records(unit, rows.iter()).await?;
        let endorsements = item::endorsements(unit, &rows.iter().map(Row::id).collect()).await?;
        let sets = records.values().filter_map(|row| row.uuid("release_set_id")).collect();
        let known = unit.released(&sets).await?;
        let stays = |row: &Row| {
            let record = row.read(regional_item::COPIED_FROM).and_then(|id| records.get(&id));
            let is_shown = record.is_some_and(|record| known.shows(record, row.owner()));
            let mut of_item = endorsements.get(&row.id()).into_iter().flatten();
            let country = record.map(Row::owner);
            is_shown && of_item.any(|one| is_endorsed(one) && one.text(NAMED) == country)
        };
        let ops: Vec<Op> = rows.into_iter().filter(|row| !stays(row)).map(without_copy).collect();
        if ops.is_empty() { Ok(()) } else { unit.apply_by_service(def, ops).await.map(drop) }
    })
}

fn without_copy(mut row: Row) -> Op {
    for column in [regional_item::COPIED_TEXT.column, regional_item::COPIED_FROM.column, KIND] {
        row.clear(column);
    }
    Op::Put(Box::new(row))
}
