//! What stands below the plans of the files, as rows.

use serde_json::{Value as Json, json};

use super::Moves;
use crate::seed::{
    DEMO,
    demo::{
        bodies::{by_key, group_key, named, text, with},
        file::{CountryFile, Fields, PillarFile, PlanFile, ReleaseFile, TaskFile},
    },
    sync::Wanted,
};

/// Said of every task of the template.
const TEMPLATE_TASK: &str = "Template text to try the service with; nobody was given this task. \
                             The lead body was chosen by the function it has.";

/// A row with the key of the plan it stands below.
pub(super) struct Part {
    pub(super) plan: Option<String>,
    pub(super) row: Wanted,
}

/// Everything below the plans, kind by kind, and the tasks outside plans.
#[derive(Default)]
pub(super) struct Content {
    pub(super) sections: Vec<Part>,
    pub(super) pillars: Vec<Part>,
    pub(super) objectives: Vec<Part>,
    pub(super) actions: Vec<Part>,
    pub(super) indicators: Vec<Part>,
    pub(super) tasks: Vec<Part>,
}

pub(super) fn plan_key(file: &CountryFile, plan: &PlanFile) -> String {
    format!("{}/{}", file.owner, plan.key)
}

fn task_key(file: &CountryFile, plan: Option<&PlanFile>, key: &str) -> String {
    let above = plan.map_or_else(|| file.owner.clone(), |plan| plan_key(file, plan));
    format!("{above}/task/{key}")
}

/// Every plan with the country it is of.
pub(super) fn every_plan(files: &[CountryFile]) -> impl Iterator<Item = (&CountryFile, &PlanFile)> {
    files.iter().flat_map(|file| file.plans.iter().map(move |plan| (file, plan)))
}

/// Every task with its country and its plan, if it has one.
fn every_task(files: &[CountryFile]) -> impl Iterator<Item = (&CountryFile, Option<&PlanFile>, &TaskFile)> {
    let inside = every_plan(files)
        .flat_map(|(file, plan)| plan.tasks.iter().map(move |task| (file, Some(plan), task)));
    let outside = files.iter().flat_map(|file| file.tasks.iter().map(move |task| (file, None, task)));
    inside.chain(outside)
}

/// The plans themselves.
pub(super) fn plans(file: &CountryFile) -> Vec<Wanted> {
    let row = |plan: &PlanFile| {
        let fields = with(&plan.fields, [("owner", json!(file.owner))]);
        Wanted::new(DEMO, &plan_key(file, plan), fields)
    };
    file.plans.iter().map(row).collect()
}

/// What stands below the plans.
pub(super) fn all(files: &[CountryFile]) -> Content {
    let mut content = Content::default();
    for (file, plan) in every_plan(files) {
        let key = plan_key(file, plan);
        content.sections.extend((1..).zip(&plan.sections).map(|(at, fields)| {
            let fields = with(fields, [("plan", by_key(&key)), ("position", json!(at))]);
            let row = Wanted::new(DEMO, &format!("{key}/section/{at}"), fields);
            Part { plan: Some(key.clone()), row }
        }));
        for (at, pillar) in (1..).zip(&plan.pillars) {
            content.add_pillar(file, &key, (at, pillar));
        }
        content.indicators.extend(plan.indicators.iter().map(|one| {
            let fields = named(&file.owner, with(&one.fields, [("owner", json!(file.owner))]));
            Part {
                plan: Some(key.clone()),
                row: Wanted::new(DEMO, &format!("{key}/indicator/{}", one.key), fields),
            }
        }));
    }
    content.tasks.extend(every_task(files).map(|(file, plan, task)| task_row(file, plan, task)));
    content
}

impl Content {
    fn add_pillar(&mut self, file: &CountryFile, plan: &str, (at, pillar): (usize, &PillarFile)) {
        let part = |code: &str, fields: Json| {
            let row = Wanted::new(DEMO, &format!("{plan}/{code}"), fields);
            Part { plan: Some(plan.to_owned()), row }
        };
        let below = |code: &str| by_key(&format!("{plan}/{code}"));
        let code = coded(&pillar.fields, "", at);
        let own = [("plan", by_key(plan)), ("code", json!(code)), ("position", json!(at))];
        self.pillars.push(part(&code, with(&pillar.fields, own)));
        for (at, objective) in (1..).zip(&pillar.objectives) {
            let above = code.as_str();
            let code = coded(&objective.fields, above, at);
            let own = [("pillar", below(above)), ("code", json!(code)), ("position", json!(at))];
            self.objectives.push(part(&code, with(&objective.fields, own)));
            for (at, fields) in (1..).zip(&objective.actions) {
                let above = code.as_str();
                let code = coded(fields, above, at);
                let own = [("objective", below(above)), ("code", json!(code)), ("position", json!(at))];
                self.actions.push(part(&code, share(file, with(fields, own))));
            }
        }
    }
}

/// The code a record has, or its place as a number below `above`.
fn coded(fields: &Fields, above: &str, at: usize) -> String {
    match (text(fields, "code"), above) {
        ("", "") => at.to_string(),
        ("", above) => format!("{above}.{at}"),
        (given, _) => given.to_owned(),
    }
}

fn task_row(file: &CountryFile, plan: Option<&PlanFile>, task: &TaskFile) -> Part {
    let waits: Vec<String> = task.depends_on.iter().map(|key| task_key(file, plan, key)).collect();
    let waits_for: Vec<Json> = waits.iter().map(|key| by_key(key)).collect();
    let own = [("owner", json!(file.owner)), ("depends_on", json!(waits_for))];
    let mut fields = with(&task.fields, own);
    if let (Some(plan), Some(members)) = (plan, fields.as_object_mut()) {
        let above = plan_key(file, plan);
        match &task.action {
            Some(action) => members.insert("action".into(), by_key(&format!("{above}/{action}"))),
            None => members.insert("plan".into(), by_key(&above)),
        };
        if plan.pillars_from_file {
            members.insert("description".into(), json!(TEMPLATE_TASK));
        }
    }
    let row = Wanted::new(DEMO, &task_key(file, plan, &task.key), share(file, fields));
    let row = row.after(waits.iter().map(String::as_str));
    Part { plan: plan.map(|plan| plan_key(file, plan)), row }
}

/// Groups a record is shared with are named by their keys in the file.
fn share(file: &CountryFile, mut fields: Json) -> Json {
    let groups = fields.pointer_mut("/shared_with/groups").and_then(Json::as_array_mut);
    for group in groups.into_iter().flatten() {
        *group = by_key(&group_key(&file.owner, group.as_str().unwrap_or_default()));
    }
    fields
}

/// The moves of the tasks.
pub(super) fn task_moves(files: &[CountryFile]) -> Moves {
    every_task(files)
        .map(|(file, plan, task)| (task_key(file, plan, &task.key), task.moves.clone()))
        .collect()
}

/// The moves of the plans.
pub(super) fn plan_moves(files: &[CountryFile]) -> Moves {
    every_plan(files).map(|(file, plan)| (plan_key(file, plan), plan.moves.clone())).collect()
}

/// The releases, by the key of their plan.
pub(super) fn releases(files: &[CountryFile]) -> Vec<(String, &ReleaseFile)> {
    every_plan(files)
        .filter_map(|(file, plan)| Some((plan_key(file, plan), plan.release.as_ref()?)))
        .collect()
}
