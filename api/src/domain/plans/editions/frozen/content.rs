//! The content of a record as JSON.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::{
    KindDef, Result, Unit,
    editions::is_content,
    row::{self, Row},
    scalar::Money,
};
use model::{FieldDef, Shape};
use sea_orm::Value;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// Codes and names of the records that content refers to, as they are called in their own languages now.
pub(super) type Names = HashMap<Uuid, (Option<String>, Option<String>)>;

pub(super) async fn names(unit: &Unit, rows: &[Row]) -> Result<Names> {
    let mut wanted: BTreeMap<&'static str, BTreeSet<Uuid>> = BTreeMap::new();
    for row in rows {
        for (target, ids) in references(row) {
            wanted.entry(target).or_default().extend(ids);
        }
    }
    let mut names = Names::new();
    for (kind, ids) in wanted {
        let Some(def) = unit.ctx.kinds.get(kind) else { continue };
        for row in unit.rows_of(def, &ids).await?.into_values() {
            let text = |column: Option<&str>| column.and_then(|column| row.text(column)).map(str::to_owned);
            names.insert(row.id(), (text(def.code), text(def.label)));
        }
    }
    Ok(names)
}

/// The content fields of a kind.
pub(super) fn fields(def: &'static KindDef) -> impl Iterator<Item = &'static FieldDef> {
    def.declared.fields.iter().filter(|field| {
        field.is_shown() && field.is.is_none() && def.column(field.column).is_some_and(is_content)
    })
}

/// The records that the content of a row refers to, by kind.
fn references(row: &Row) -> Vec<(&'static str, Vec<Uuid>)> {
    let ids = |field: &'static FieldDef| match field.shape {
        Shape::Ref(kind) => Some((kind, row.uuid(field.column).into_iter().collect())),
        Shape::Refs(kind) => Some((kind, row.ids(field.column))),
        _ => None,
    };
    fields(row.def()).filter_map(ids).collect()
}

/// The content of a record as JSON; texts as they are written, with all translations.
pub(super) fn content(row: &Row, names: &Names) -> Map<String, Json> {
    let reference = |id: Uuid| {
        let (code, name) = names.get(&id).cloned().unwrap_or_default();
        json!({ "id": id, "code": code, "name": name })
    };
    let value = |field: &'static FieldDef| match field.shape {
        Shape::Ref(_) => row.uuid(field.column).map_or(Json::Null, reference),
        Shape::Refs(_) => row.ids(field.column).into_iter().map(reference).collect(),
        Shape::Money => match (row.get(field.column), row.text(&format!("{}_currency", field.name))) {
            (Value::BigInt(Some(minor)), Some(currency)) => {
                json!(Money::from_minor(*minor, currency))
            }
            _ => Json::Null,
        },
        Shape::Mask(list) => {
            let mask = row.int(field.column).unwrap_or_default();
            let has = |code: &&str| row::bit(list, code).is_some_and(|bit| mask & bit != 0);
            list.terms.iter().map(|term| term.code).filter(has).collect()
        }
        _ => row::json(row.get(field.column)),
    };
    let mut all: Map<String, Json> =
        fields(row.def()).map(|field| (field.name.to_owned(), value(field))).collect();
    for name in ["language", "translations"] {
        all.insert(name.to_owned(), row::json(row.get(name)));
    }
    all
}
