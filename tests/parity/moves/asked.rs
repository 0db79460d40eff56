//! Records that begin in one state and come to the others by moves, and keys.

use kernel::KindDef;
use model::lifecycle::To;
use serde_json::{Value as Json, json};

use super::Made;
use crate::{
    coverage::stage::Stage,
    parity::{faces::with, samples::shown},
    support::specimen,
};

/// A key or calendar in a state; answers its id and version.
pub(super) async fn key_in(stage: &Stage<'_>, def: &KindDef, state: &str) -> (String, i32) {
    let me = stage.app.user("secretariat").await;
    let made = me.post(&format!("/{}", def.collection), json!({"name": "Moved"})).await;
    let id = made.ok(201)[def.name]["id"].as_str().expect("an id").to_owned();
    if state == "active" {
        return (id, 1);
    }
    me.act(&format!("/{}/{id}", def.collection), "revoke", json!({})).await.ok(200);
    (id, 2)
}

/// A record made in its first state and moved from there; answers its id and version.
pub(super) async fn record_in(stage: &Stage<'_>, of: &Made, state: &str) -> (String, i32) {
    let me = stage.app.user("secretariat").await;
    let new = with(&shown(stage, of.def), &apart(stage, of.def.name).await);
    let made = me.post(&format!("/{}", of.def.collection), new).await;
    let first = made.ok(201)[of.cycle.state].as_str().expect("a state").to_owned();
    if first == state {
        return (made.id(), 1);
    }
    let leads = |step: &&&model::Move| {
        step.from.contains(&first.as_str()) && matches!(step.to, To::State(to) if to == state)
    };
    let step = of.cycle.moves.iter().find(|step| leads(&step)).expect("a move that leads there");
    let call = specimen::call(of.def, step, |kind| stage.id(kind));
    let path = format!("/{}/{}", of.def.collection, made.id());
    stage.app.user("focal_point").await.act(&path, step.name, call).await.ok(200);
    (made.id(), 2)
}

/// What keeps a record apart from the others of its kind: each country is asked once.
async fn apart(stage: &Stage<'_>, kind: &str) -> Json {
    let me = stage.app.user("secretariat").await;
    let project = async || {
        let number = format!("moved{}", stage.app.count("project").await);
        json!({"owner": "KGZ", "language": "en", "title": "Moved", "number": number})
    };
    match kind {
        "project" => json!({ "number": project().await["number"] }),
        "project_country" => {
            json!({"project": me.post("/projects", project().await).await.id(), "country": "KGZ"})
        }
        "endorsement" => {
            let item = json!({"plan": stage.id("plan:national"), "language": "en", "title": "Moved"});
            json!({"item": me.post("/regional-items", item).await.id(), "country": "KGZ"})
        }
        _ => json!({}),
    }
}
