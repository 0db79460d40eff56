//! A plan as a document: every form, every language, and nothing that its reader may not see.

mod annexes;
mod content;
mod forms;
mod sections;
mod words;

use concord::domain::KINDS;
use kernel::{
    record::Op,
    unit::{Atomic, Unit},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{TestApp, client::Answer};

/// Media type of a file for word processors.
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Address of the document of a plan of the world.
fn at(app: &TestApp, plan: &str) -> String {
    format!("/plans/{}/document", app.world.id(plan))
}

/// A header of an answer.
fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What an answer says, as text.
fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

/// Everything that a document says of its actions, in order.
fn actions(document: &Json) -> Vec<Json> {
    let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
    let objectives =
        list(&document["pillars"]).into_iter().flat_map(|pillar| list(&pillar["objectives"]).into_iter());
    objectives.flat_map(|objective| list(&objective["actions"]).into_iter()).collect()
}

/// Makes records of a kind in one batch; answers their ids.
async fn make(app: &TestApp, kind: &str, all: Vec<Json>) -> Vec<Uuid> {
    let mut unit = app.system().begin().await.expect("a unit");
    let made = made(&mut unit, kind, all).await;
    unit.commit().await.expect("the unit is committed");
    made
}

async fn made(unit: &mut Unit, kind: &str, all: Vec<Json>) -> Vec<Uuid> {
    let ops = all.into_iter().map(|fields| Op::Create(fields.as_object().cloned().expect("an object")));
    let made = unit.apply(KINDS.get(kind).expect("a kind"), ops.collect(), Atomic::All).await;
    made.expect("records").into_iter().map(|one| one.id.expect("an id")).collect()
}

/// A plan with so many pillars of one objective and so many actions each.
async fn plan(app: &TestApp, pillars: usize, actions: usize) -> Uuid {
    let plan = json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "Plan with content", "domains": ["C", "N"],
        "language": "en", "starts_on": "2026-01-01", "ends_on": "2030-12-31"});
    let plan = make(app, "plan", vec![plan]).await[0];
    let pillar =
        |at: usize| json!({"plan": plan, "title": format!("Pillar {at}"), "position": at, "language": "en"});
    let pillars = make(app, "pillar", (0..pillars).map(pillar).collect()).await;
    let objective = |pillar: &Uuid| json!({"pillar": pillar, "title": "Objective", "language": "en"});
    let objectives = make(app, "objective", pillars.iter().map(objective).collect()).await;
    let action = |objective: Uuid, at: usize| {
        json!({"objective": objective, "title": format!("Action {at}"), "position": at, "language": "en", "lead_agency": "MES",
            "contributing_agencies": ["MOH"], "obligations": ["CWC-III"], "starts_on": "2026-02-01", "ends_on": "2027-06-30",
            "cost": {"amount": "1000.50", "currency": "EUR"}, "status": "in_progress", "progress_percent": 40})
    };
    let all = objectives.iter().flat_map(|objective| (0..actions).map(move |at| action(*objective, at)));
    make(app, "action", all.collect()).await;
    plan
}
