//! A plan with all its content in one document, for the REST face.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::{Action, Objective, Pillar, Plan, PlanSection, action, objective, pillar, plan_section};
use kernel::{
    Ctx, KindDef, Result,
    render::{Detail, Renderer},
    row::Row,
    schema,
};
use model::{Field, FieldType};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{
    Registered,
    plans::editions::{Edition, load},
};

/// A plan with its sections, its pillars, their objectives and actions, and the obligations these serve.
#[derive(Clone, Debug, Serialize)]
pub struct PlanTree {
    plan: Json,
    sections: Vec<Json>,
    pillars: Vec<Json>,
    obligations: Vec<Json>,
    #[serde(skip)]
    language: Option<String>,
}

impl PlanTree {
    /// The language of all titles, where it is one.
    #[must_use]
    pub fn language(&self) -> Option<String> {
        self.language.clone()
    }
}

/// Records of one kind below the plan, by the record each stands below.
#[derive(Default)]
struct Level {
    by_parent: HashMap<Uuid, Vec<(Uuid, Json)>>,
    languages: BTreeSet<String>,
}

/// Reads a visible plan in an edition, with everything below it that the caller may see.
///
/// # Errors
/// `NotFound` if the plan is not visible, or has no such edition for the caller.
pub async fn tree(ctx: &Ctx, id: Uuid, edition: Edition) -> Result<PlanTree> {
    let rows = load(ctx, id, edition).await?;
    let ctx = &rows.reader;
    let plan = [rows.plan];
    let renderer = Renderer::on(ctx, Plan::def(), &plan, Detail::Single).await?;
    let mut actions = level(ctx, Action::def(), &rows.actions, action::OBJECTIVE).await?;
    let mut objectives = level(ctx, Objective::def(), &rows.objectives, objective::PILLAR).await?;
    let mut sections = level(ctx, PlanSection::def(), &rows.sections, plan_section::PLAN).await?;
    let mut pillars = level(ctx, Pillar::def(), &rows.pillars, pillar::PLAN).await?;
    let [plan] = &plan;
    let mut languages = BTreeSet::from_iter(renderer.language(plan));
    let levels = [&actions, &objectives, &sections, &pillars];
    languages.extend(levels.into_iter().flat_map(|level| level.languages.clone()));
    let mut served: BTreeMap<String, Json> = BTreeMap::new();
    for (_, one) in actions.by_parent.values().flatten() {
        let obligations = one.get("obligations").and_then(Json::as_array);
        for obligation in obligations.into_iter().flatten() {
            let text = |name| obligation.get(name).and_then(Json::as_str).unwrap_or_default();
            let key = format!("{} {}", text("code"), text("id"));
            served.insert(key, obligation.clone());
        }
    }
    let mut made = Vec::new();
    for (pillar, mut shown) in pillars.by_parent.remove(&id).unwrap_or_default() {
        let own = objectives.by_parent.remove(&pillar).unwrap_or_default();
        let own = own.into_iter().map(|(objective, mut shown)| {
            let own = actions.by_parent.remove(&objective).unwrap_or_default();
            put(Some(&mut shown), "actions", own.into_iter().map(|(_, action)| action).collect());
            shown
        });
        put(Some(&mut shown), "objectives", own.collect());
        made.push(shown);
    }
    Ok(PlanTree {
        plan: renderer.json(plan)?,
        sections: sections
            .by_parent
            .remove(&id)
            .unwrap_or_default()
            .into_iter()
            .map(|(_, one)| one)
            .collect(),
        pillars: made,
        obligations: served.into_values().collect(),
        language: languages.pop_first().filter(|_| languages.is_empty()),
    })
}

/// The records of a kind below the plan, each by the record it stands below.
async fn level<T: FieldType<Held = Uuid>>(
    ctx: &Ctx,
    def: &'static KindDef,
    rows: &[Row],
    parent: Field<T>,
) -> Result<Level> {
    let renderer = Renderer::on(ctx, def, rows, Detail::List).await?;
    let mut level = Level::default();
    for row in rows {
        level.add(&renderer, row, row.read(parent).unwrap_or_default())?;
    }
    Ok(level)
}

/// Puts a member into an object.
fn put(to: Option<&mut Json>, name: &str, value: Json) {
    if let Some(members) = to.and_then(Json::as_object_mut) {
        members.insert(name.to_owned(), value);
    }
}

impl Level {
    fn add(&mut self, renderer: &Renderer, row: &Row, parent: Uuid) -> Result<()> {
        self.languages.extend(renderer.language(row));
        self.by_parent.entry(parent).or_default().push((row.id(), renderer.json(row)?));
        Ok(())
    }
}

/// Schemas of the tree, by name.
#[must_use]
pub fn schemas() -> Map<String, Json> {
    let link = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let list = |text: &str, of: &str| json!({ "description": text, "items": link(of), "type": "array" });
    let level = |def: &KindDef, text: &str, (member, about, of): (&str, &str, &str)| {
        let mut made = schema::record(def);
        put(Some(&mut made), "description", json!(text));
        put(made.get_mut("properties"), member, list(about, of));
        if let Some(required) = made.get_mut("required").and_then(Json::as_array_mut) {
            required.push(json!(member));
        }
        made
    };
    let mut plan = link("Plan");
    put(Some(&mut plan), "description", json!("The plan."));
    let whole = json!({
        "description": "A plan with its sections and pillars.",
        "properties": {
            "plan": plan,
            "sections": list("Its sections, in order.", "PlanSection"),
            "pillars": list("Its pillars, in order.", "PillarTree"),
            "obligations": list("The obligations its actions serve.", "Ref"),
        },
        "required": ["plan", "sections", "pillars", "obligations"],
        "type": "object",
    });
    let objectives = ("objectives", "Its objectives, in order.", "ObjectiveTree");
    let actions = ("actions", "Its actions, in order.", "Action");
    Map::from_iter([
        ("PlanTree".to_owned(), whole),
        ("PillarTree".to_owned(), level(Pillar::def(), "A pillar with its objectives.", objectives)),
        ("ObjectiveTree".to_owned(), level(Objective::def(), "An objective with its actions.", actions)),
    ])
}
