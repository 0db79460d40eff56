//! What an adoption freezes: the content of each record as canonical JSON, under a tree of salted hashes.
//!
//! A field is hashed by itself, with a salt, so who sees a part of the content verifies that part. The records stand at
//! random places of a tree whose empty places hold hashes that look like any other: nothing tells how many are hidden.
//!
//! - field: `SHA-256(salt ‖ JSON [name, value])`; record: `SHA-256(JSON {"fields": {name: hash}, "id", "kind"})`;
//! - place without a record: `SHA-256("empty" ‖ secret ‖ place)`; node: `SHA-256("node" ‖ left ‖ right)`.
//!
//! JSON has sorted keys and no spaces (RFC 8785), hashes are text in small hex digits.

mod content;
mod sight;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::{PlanEdition, plan, plan_edition};
use kernel::{
    Ctx, Error, Result, Unit,
    crypto::{random, sha256},
    record::Op,
    row::{self, Row},
    store,
    unit::members,
};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use content::{content, names};
use sight::visible;

use super::{facts, kinds, seen};
use crate::domain::Registered;

/// Places of the smallest tree.
const PLACES: usize = 1_024;
/// Rows of one statement.
const ROWS: usize = 1_000;

/// One record of an edition, as it is stored.
struct Leaf {
    kind: String,
    id: Uuid,
    slot: usize,
    /// Content and salts, by field; none once they are purged.
    held: Option<(Map<String, Json>, Map<String, Json>)>,
    hash: String,
}

/// Freezes the content of a plan that is in force now.
///
/// # Errors
/// What the database says.
pub async fn freeze(unit: &mut Unit, plan: &Row) -> Result<()> {
    let mut rows = Vec::new();
    for def in kinds() {
        let column = def.plan_column().unwrap_or("id");
        rows.extend(store::all(unit.conn(), def, Cond::all().add(def.col(column).eq(plan.id()))).await?);
    }
    let names = names(unit, &rows).await?;
    let secret = hex::encode(random::<32>()?);
    let places = rows.len().max(PLACES).next_power_of_two();
    let mut order: Vec<usize> = (0..places).collect();
    order.sort_by_cached_key(|place| sha256(&[b"order", secret.as_bytes(), place.to_string().as_bytes()]));
    let leaf = |(row, slot): (&Row, usize)| {
        let content = content(row, &names);
        let id = row.id();
        let salt = |name: &str| sha256(&[b"salt", secret.as_bytes(), id.as_bytes(), name.as_bytes()]);
        let salts: Map<String, Json> = content.keys().map(|name| (name.clone(), salt(name).into())).collect();
        let hash = record_hash(row.def().name, id, &field_hashes(&content, &salts));
        Leaf { kind: row.def().name.to_owned(), id, slot, held: Some((content, salts)), hash }
    };
    let leaves: Vec<Leaf> = rows.iter().zip(order).map(leaf).collect();
    let levels = tree(&leaves, &secret, places);
    let root = levels.last().and_then(|top| top.first()).cloned().unwrap_or_default();
    let edition = record(unit, plan, (&root, &secret)).await?;
    for some in leaves.chunks(ROWS) {
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new("edition_record"))
            .columns(["edition_id", "kind", "record_id", "slot", "content", "salts", "hash"].map(Alias::new));
        for leaf in some {
            let text = |json: &Map<String, Json>| row::sorted(&Json::Object(json.clone())).to_string();
            let held = leaf.held.as_ref();
            insert.values_panic([
                Expr::val(edition),
                Expr::val(leaf.kind.as_str()),
                Expr::val(leaf.id),
                Expr::val(i32::try_from(leaf.slot).unwrap_or_default()),
                Expr::val(held.map(|(content, _)| text(content))),
                Expr::val(held.map(|(_, salts)| text(salts))),
                Expr::val(leaf.hash.as_str()),
            ]);
        }
        unit.conn().run(&insert).await?;
    }
    Ok(())
}

/// Notes the edition as a record, which the log keeps.
async fn record(unit: &mut Unit, plan: &Row, (root, secret): (&str, &str)) -> Result<Uuid> {
    let note = json!({
        "owner": plan.owner(),
        "plan": plan.id(),
        "number": plan.read(plan::EDITION),
        "act_body": plan.text(plan::ACT_BODY.column),
        "act_number": plan.text(plan::ACT_NUMBER.column),
        "act_on": plan.date(plan::ACT_ON.column),
        "act_source": plan.text(plan::ACT_SOURCE.column),
        "adopted_at": unit.ctx.clock.now(),
        "adopted_in": unit.set(),
        "root": root,
        "secret": secret,
    });
    let mut fields = members(&note)?;
    fields.retain(|_, value| *value != Json::Null);
    let made = unit.apply_one(PlanEdition::def(), Op::Create(fields)).await?;
    made.id.ok_or_else(|| Error::Internal("an edition has no id".into()))
}

/// The hash of each field.
fn field_hashes(content: &Map<String, Json>, salts: &Map<String, Json>) -> BTreeMap<String, String> {
    let hash = |(name, value): (&String, &Json)| {
        let salt = salts.get(name).and_then(Json::as_str).unwrap_or_default();
        let text = row::sorted(&json!([name, value])).to_string();
        (name.clone(), sha256(&[salt.as_bytes(), text.as_bytes()]))
    };
    content.iter().map(hash).collect()
}

fn record_hash(kind: &str, id: Uuid, fields: &BTreeMap<String, String>) -> String {
    sha256(&[row::sorted(&json!({ "fields": fields, "id": id, "kind": kind })).to_string().as_bytes()])
}

/// Every level of the tree, from its leaves to its root.
fn tree(leaves: &[Leaf], secret: &str, places: usize) -> Vec<Vec<String>> {
    let held: HashMap<usize, &str> = leaves.iter().map(|leaf| (leaf.slot, leaf.hash.as_str())).collect();
    let empty = |place: usize| sha256(&[b"empty", secret.as_bytes(), place.to_string().as_bytes()]);
    let first =
        (0..places).map(|place| held.get(&place).map_or_else(|| empty(place), |hash| (*hash).to_owned()));
    let mut levels = vec![first.collect::<Vec<_>>()];
    while let Some(last) = levels.last().filter(|level| level.len() > 1) {
        let node = |pair: &[String]| {
            let parts: Vec<&[u8]> =
                std::iter::once(&b"node"[..]).chain(pair.iter().map(String::as_bytes)).collect();
            sha256(&parts)
        };
        let next = last.chunks(2).map(node).collect();
        levels.push(next);
    }
    levels
}

/// The hashes that lead from the places that are shown to the root: level and place, and the hash there.
fn proof(levels: &[Vec<String>], shown: &BTreeSet<usize>) -> BTreeMap<String, String> {
    let mut nodes = BTreeMap::new();
    let mut known = shown.clone();
    for (depth, level) in levels.iter().enumerate().take(levels.len().saturating_sub(1)) {
        let beside = known.iter().map(|place| place ^ 1).filter(|place| !known.contains(place));
        for place in beside.collect::<Vec<_>>() {
            if let Some(hash) = level.get(place) {
                nodes.insert(format!("{depth}/{place}"), hash.clone());
            }
        }
        known = known.iter().map(|place| place / 2).collect();
    }
    nodes
}

async fn leaves(ctx: &Ctx, edition: Uuid) -> Result<Vec<Leaf>> {
    let select = Query::select()
        .columns(["kind", "record_id", "slot", "content", "salts", "hash"].map(Alias::new))
        .from(Alias::new("edition_record"))
        .and_where(Expr::col(Alias::new("edition_id")).eq(edition))
        .order_by(Alias::new("record_id"), sea_orm::Order::Asc)
        .take();
    let read = |found: &sea_orm::QueryResult| {
        let object = |at: usize| -> Result<Option<Map<String, Json>>> {
            let text: Option<String> = found.try_get_by_index(at)?;
            Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
        };
        let slot: i32 = found.try_get_by_index(2)?;
        Ok(Leaf {
            kind: found.try_get_by_index(0)?,
            id: found.try_get_by_index(1)?,
            slot: usize::try_from(slot).unwrap_or_default(),
            held: object(3)?.zip(object(4)?),
            hash: found.try_get_by_index(5)?,
        })
    };
    ctx.db.reading().all(&select).await?.iter().map(read).collect()
}

/// Reads the frozen content of an edition, as far as the caller may see it, with what proves it.
///
/// # Errors
/// `NotFound` if the plan is hidden, or has no such edition for the caller.
pub async fn get(ctx: &Ctx, id: Uuid, number: i32) -> Result<Json> {
    let (plan, edition) = seen(ctx, id, number).await?;
    let all = leaves(ctx, edition.id()).await?;
    let visible = visible(ctx, plan.id(), &all).await?;
    let levels = levels(&edition, &all);
    let (mut shown, mut records) = (BTreeSet::new(), Vec::new());
    for leaf in &all {
        let (Some((content, salts)), Some(open)) = (&leaf.held, visible.get(&leaf.id)) else { continue };
        shown.insert(leaf.slot);
        let hashes = field_hashes(content, salts);
        let (mut fields, mut withheld) = (Map::new(), Map::new());
        for (name, value) in content {
            if open(name, value) {
                let salt = salts.get(name).cloned().unwrap_or_default();
                fields.insert(name.clone(), json!({ "salt": salt, "value": value }));
            } else {
                withheld.insert(name.clone(), json!(hashes.get(name)));
            }
        }
        records.push(json!({ "kind": leaf.kind, "id": leaf.id, "place": leaf.slot, "fields": fields, "withheld": withheld }));
    }
    let mut answer = json!({
        "plan": id,
        "number": number,
        "depth": levels.len().saturating_sub(1),
        "records": records,
        "nodes": proof(&levels, &shown),
    });
    if let (Some(members), Json::Object(facts)) = (answer.as_object_mut(), facts(&edition)) {
        members.extend(facts);
    }
    Ok(answer)
}

fn levels(edition: &Row, all: &[Leaf]) -> Vec<Vec<String>> {
    let secret = edition.text(plan_edition::SECRET.column).unwrap_or_default();
    tree(all, secret, all.len().max(PLACES).next_power_of_two())
}

/// Says whether what is kept of an edition is what was adopted: hashes are reckoned anew, up to the root.
///
/// # Errors
/// `NotFound` if the plan is hidden, or has no such edition for the caller.
pub async fn verify(ctx: &Ctx, id: Uuid, number: i32) -> Result<Json> {
    let (_, edition) = seen(ctx, id, number).await?;
    let mut all = leaves(ctx, edition.id()).await?;
    for leaf in &mut all {
        if let Some((content, salts)) = &leaf.held {
            leaf.hash = record_hash(&leaf.kind, leaf.id, &field_hashes(content, salts));
        }
    }
    let levels = levels(&edition, &all);
    let found = levels.last().and_then(|top| top.first());
    let root = edition.text(plan_edition::ROOT.column);
    let is_intact = found.map(String::as_str) == root;
    Ok(json!({ "plan": id, "number": number, "root": root, "found": found, "is_intact": is_intact }))
}
