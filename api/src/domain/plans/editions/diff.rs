//! What differs between two editions of a plan.

use std::collections::BTreeMap;

use entity::{Action, Indicator, Objective, Pillar, Plan, PlanSection};
use kernel::{
    Ctx, KindDef, Result, editions,
    render::{Detail, Renderer},
    row::Row,
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{Edition, load};
use crate::domain::{Registered, history::changes};

/// Tells what was added, removed, moved and changed from one edition of a plan to another, field by field.
///
/// # Errors
/// `NotFound` if the plan is hidden, or has no such edition for the caller.
pub async fn diff(ctx: &Ctx, id: Uuid, (from, to): (Edition, Edition)) -> Result<Json> {
    let (old, new) = (load(ctx, id, from).await?, load(ctx, id, to).await?);
    let mut made = Diff::default();
    let levels = [
        (Plan::def(), vec![old.plan], vec![new.plan]),
        (PlanSection::def(), old.sections, new.sections),
        (Pillar::def(), old.pillars, new.pillars),
        (Objective::def(), old.objectives, new.objectives),
        (Action::def(), old.actions, new.actions),
        (Indicator::def(), old.indicators, new.indicators),
    ];
    for (def, old, new) in levels {
        made.level(ctx, def, old, new).await?;
    }
    let Diff { added, removed, moved, changed } = made;
    Ok(json!({ "plan": id, "added": added, "removed": removed, "moved": moved, "changed": changed }))
}

#[derive(Default)]
struct Diff {
    added: Vec<Json>,
    removed: Vec<Json>,
    moved: Vec<Json>,
    changed: Vec<Json>,
}

impl Diff {
    async fn level(&mut self, ctx: &Ctx, def: &'static KindDef, old: Vec<Row>, new: Vec<Row>) -> Result<()> {
        let rows: Vec<Row> = old.iter().chain(&new).cloned().collect();
        let renderer = Renderer::on(ctx, def, &rows, Detail::List).await?;
        let mut before: BTreeMap<Uuid, Row> = old.into_iter().map(|row| (row.id(), row)).collect();
        let above = def.parent.first().and_then(|parent| Some(def.column(parent.column)?.field));
        let is_content = |name: &str| {
            name == "translations"
                || name == "language"
                || def
                    .declared
                    .field(name)
                    .is_some_and(|field| def.column(field.column).is_some_and(editions::is_content))
        };
        for row in new {
            let Some(earlier) = before.remove(&row.id()) else {
                self.added.push(named(&renderer, &row));
                continue;
            };
            let Json::Object(all) = changes(&renderer, Some(&earlier), &row)? else { continue };
            let mut fields: Map<String, Json> =
                all.into_iter().filter(|(name, _)| is_content(name)).collect();
            let place =
                ["position"].into_iter().chain(above).filter_map(|name| Some((name, fields.remove(name)?)));
            let place: Map<String, Json> = place.map(|(name, both)| (name.to_owned(), both)).collect();
            for (part, to) in [(place, &mut self.moved), (fields, &mut self.changed)] {
                if !part.is_empty() {
                    let mut one = named(&renderer, &row);
                    if let Some(members) = one.as_object_mut() {
                        members.insert("fields".to_owned(), Json::Object(part));
                    }
                    to.push(one);
                }
            }
        }
        self.removed.extend(before.values().map(|row| named(&renderer, row)));
        Ok(())
    }
}

/// Which record is meant: its kind, id, and title in the caller's language.
fn named(renderer: &Renderer, row: &Row) -> Json {
    let texts = renderer.texts(row);
    let title = row.def().label.and_then(|label| texts.get(label));
    json!({ "kind": row.def().name, "id": row.id(), "title": title })
}
