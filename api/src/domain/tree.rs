//! A plan with all its content in one document, for the REST face.

use std::collections::HashMap;

use kernel::{
    Ctx, Record, Result,
    filter::Where,
    lens::{Detail, Lens, Texts},
    page::{MAX_LIMIT, Page, SortKey},
    scalar::Ref,
    store,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::plans::{action::Action, objective::Objective, pillar::Pillar, plan::Plan};

/// A plan with its pillars.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanTree {
    /// The plan.
    pub plan: Plan,
    /// Its pillars, in order.
    pub pillars: Vec<PillarTree>,
    /// The obligations its actions serve.
    pub obligations: Vec<Ref>,
}

impl PlanTree {
    /// The language of all titles, where it is one.
    #[must_use]
    pub fn language(&self) -> Option<String> {
        let objectives = || self.pillars.iter().flat_map(|pillar| &pillar.objectives);
        let actions = objectives().flat_map(|objective| &objective.actions);
        let mut tags = self
            .pillars
            .iter()
            .map(|one| &one.pillar.seen.texts)
            .chain(objectives().map(|one| &one.objective.seen.texts))
            .chain(actions.map(|action| &action.seen.texts))
            .map(title_in);
        let first = title_in(&self.plan.seen.texts);
        tags.all(|tag| tag == first).then(|| first.to_owned())
    }
}

fn title_in(texts: &Texts) -> &str {
    texts.languages.get("title").unwrap_or(&texts.language)
}

/// A pillar with its objectives.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PillarTree {
    /// The pillar.
    #[serde(flatten)]
    pub pillar: Pillar,
    /// Its objectives, in order.
    pub objectives: Vec<ObjectiveTree>,
}

/// An objective with its actions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObjectiveTree {
    /// The objective.
    #[serde(flatten)]
    pub objective: Objective,
    /// Its actions, in order.
    pub actions: Vec<Action>,
}

/// Reads a visible plan with everything below it that the caller may see.
///
/// # Errors
/// `NotFound` if the plan is not visible.
pub async fn tree(ctx: &Ctx, id: Uuid) -> Result<PlanTree> {
    let row = store::get(ctx, Plan::def(), id).await?;
    let lens = Lens::on(ctx, Plan::def(), std::slice::from_ref(&row), Detail::Single).await?;
    let plan = Plan::from_row(row, &lens)?;
    let mut actions =
        group(below::<Action>(ctx, id).await?, |action| action.objective.as_ref().map(|to| to.id));
    let mut objectives =
        group(below::<Objective>(ctx, id).await?, |objective| objective.pillar.as_ref().map(|to| to.id));
    let mut obligations: HashMap<Uuid, Ref> = HashMap::new();
    for served in actions.values().flatten().flat_map(|action| &action.obligations) {
        obligations.insert(served.id, served.clone());
    }
    let mut pillars = Vec::new();
    for pillar in below::<Pillar>(ctx, id).await? {
        let own = objectives.remove(&pillar.meta().id).unwrap_or_default();
        let objectives = own.into_iter().map(|objective| {
            let actions = actions.remove(&objective.meta().id).unwrap_or_default();
            ObjectiveTree { objective, actions }
        });
        pillars.push(PillarTree { objectives: objectives.collect(), pillar });
    }
    let mut obligations: Vec<Ref> = obligations.into_values().collect();
    obligations.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(PlanTree { plan, pillars, obligations })
}

/// Every visible record of a kind below the plan, by place.
async fn below<R: Record>(ctx: &Ctx, plan: Uuid) -> Result<Vec<R>> {
    let def = R::def();
    let cond = Where::of(def, ctx, &R::Filter::default())?.add(kernel::filter::is(def, "plan_id", plan));
    let mut page =
        Page { sort: vec![SortKey { column: "position", descending: false }], ..Page::first(MAX_LIMIT) };
    let mut all = Vec::new();
    loop {
        let slice = store::list(ctx, def, cond.clone(), &page).await?;
        page.cursor = slice.rows.last().map(|row| page.cursor_at(ctx, row));
        let lens = Lens::on(ctx, def, &slice.rows, Detail::List).await?;
        all.extend(lens.views::<R>(slice.rows)?);
        if !slice.has_more {
            return Ok(all);
        }
    }
}

fn group<T>(all: Vec<T>, key: impl Fn(&T) -> Option<Uuid>) -> HashMap<Uuid, Vec<T>> {
    let mut found: HashMap<Uuid, Vec<T>> = HashMap::new();
    for record in all {
        if let Some(key) = key(&record) {
            found.entry(key).or_default().push(record);
        }
    }
    found
}
