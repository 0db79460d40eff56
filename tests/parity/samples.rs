//! One sample of each kind: who writes it, who may not, a record that is there, a new one.

use concord::domain::KINDS;
use entity::vocab::Visibility;
use kernel::{KindDef, policy::Class};
use model::Write;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{coverage::stage::Stage, support::specimen};

pub struct Sample {
    pub def: &'static KindDef,
    /// Who may write the kind.
    pub author: &'static str,
    /// Who sees the record but may not write it.
    pub doubter: &'static str,
    /// A record that is there.
    pub existing: Uuid,
    /// A new record in the form of REST.
    pub new: Json,
    /// An edit in the form of REST.
    pub edit: Json,
}

pub async fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let mut all = Vec::new();
    for def in KINDS.served().filter(|def| def.declared.writes == Write::ALL) {
        all.push(sample(stage, def).await);
    }
    all
}

async fn sample(stage: &Stage<'_>, def: &'static KindDef) -> Sample {
    let (author, doubter) = match def.class {
        Class::Reference => ("steward", "observer"),
        Class::Person => ("operator", "focal_point"),
        Class::Grant => ("focal_point", "observer"),
        _ if def.declared.by_focal_point => ("focal_point", "observer"),
        _ => ("secretariat", "observer"),
    };
    // An edit that every kind takes; of accounts only the operator writes keys.
    let edit = match def.class {
        Class::Person => specimen::edit(def),
        _ => json!({"source_system": "register", "external_key": "edited"}),
    };
    Sample { def, author, doubter, existing: existing(stage, def).await, new: stage.new_of(def, 700), edit }
}

/// What makes a new record at home that everybody of its country sees, where the kind would keep it to a group.
pub fn shown(stage: &Stage<'_>, def: &KindDef) -> Json {
    let mut new = stage.new_of(def, 700);
    if def.is_national() && def.declared.level == Visibility::Group {
        new["visibility"] = json!("national");
    }
    new
}

/// The first record of a kind that its author may write.
async fn existing(stage: &Stage<'_>, def: &'static KindDef) -> Uuid {
    if matches!(def.class, Class::Person | Class::Grant) {
        // Neither the author's nor, of accounts, the doubter's own.
        return stage.id(&format!("{}:observer", def.name));
    }
    let owner = def.fixed_owner.unwrap_or("KGZ");
    for (_, id) in stage.targets(def.name) {
        if stage.row(def, id).await.is_some_and(|row| row.owner() == owner) {
            return id;
        }
    }
    panic!("there is no {} of {owner}", def.name)
}
