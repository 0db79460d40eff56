//! Which part of a frozen edition a caller may see.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use kernel::{Ctx, Result, policy::withheld, row::Row, store};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    super::{kinds, seen_of_plan},
    Leaf,
    content::fields,
};

/// Whether a field of a record, with this value, may be shown.
pub(super) type Open = Box<dyn Fn(&str, &Json) -> bool + Send + Sync>;

/// The records of an edition that the caller may see, each with which of its fields.
pub(super) async fn visible(ctx: &Ctx, plan: Uuid, all: &[Leaf]) -> Result<HashMap<Uuid, Open>> {
    let mut referred: BTreeMap<&'static str, BTreeSet<Uuid>> = BTreeMap::new();
    for leaf in all {
        let (Some((content, _)), Some(def)) = (&leaf.held, ctx.kinds.get(&leaf.kind)) else { continue };
        for field in fields(def) {
            if let (Some(kind), Some(value)) = (field.shape.target(), content.get(field.name)) {
                referred.entry(kind).or_default().extend(ids(value));
            }
        }
    }
    let mut known = BTreeSet::new();
    for (kind, ids) in referred {
        if let Some(def) = ctx.kinds.get(kind) {
            let wanted = store::Wanted { def, columns: def.base() };
            known.extend(store::by_ids(ctx, wanted, &ids).await?.into_keys());
        }
    }
    let known = Arc::new(known);
    let mut open: HashMap<Uuid, Open> = HashMap::new();
    for def in kinds() {
        let now =
            seen_of_plan(ctx, def, plan, all.iter().filter(|leaf| leaf.kind == def.name).map(|leaf| leaf.id))
                .await?;
        for row in now {
            let (known, closed) = (known.clone(), closed(ctx, &row));
            let is_open = move |name: &str, value: &Json| {
                !closed.contains(name) && ids(value).iter().all(|id| known.contains(id))
            };
            open.insert(row.id(), Box::new(is_open));
        }
    }
    Ok(open)
}

/// Ids of the records that a value of content refers to.
fn ids(value: &Json) -> Vec<Uuid> {
    let one = |value: &Json| value.get("id")?.as_str()?.parse().ok();
    match value {
        Json::Array(all) => all.iter().filter_map(one).collect(),
        other => one(other).into_iter().collect(),
    }
}

/// The fields of a record that are withheld from the caller; with any, its translations are.
fn closed(ctx: &Ctx, row: &Row) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = withheld(&ctx.actor, row).into_iter().map(str::to_owned).collect();
    if !found.is_empty() {
        found.insert("translations".to_owned());
    }
    found
}
