//! The next editions of plans: written by somebody at work on them, beside what is in force.

use std::{collections::HashMap, sync::Arc};

use entity::{Action, Plan};
use kernel::{KindDef, Result, Unit, record::Op, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{Plans, content, make_moves};
use crate::{
    domain::{Registered, plans::editions::open_within},
    seed::{
        DEMO,
        demo::{
            bodies::{by_key, with},
            file::{CountryFile, NextFile},
        },
        reference::known,
        sync::{Synced, apply},
    },
};

/// Opens the next edition of the plans made in this run that have one, writes it and makes its moves.
pub(in crate::seed::demo) async fn load(unit: &mut Unit, files: &[CountryFile], made: &Plans) -> Result<()> {
    for (file, plan) in content::every_plan(files) {
        let key = content::plan_key(file, plan);
        let Some(next) = plan.next.as_ref().filter(|_| made.plans.created.contains_key(&key)) else {
            continue;
        };
        open_within(unit, known(&made.plans.ids, &key)?, None).await?;
        let caller = unit.actor().clone();
        unit.act_as(Arc::new(caller.drafting()));
        let written = write(unit, &key, (next, made)).await;
        unit.act_as(caller);
        written?;
        let of = standing(unit, &key, made).await?;
        make_moves(unit, Plan::def(), &of, vec![(key, next.moves.clone())]).await?;
    }
    Ok(())
}

/// Writes what the edition changes.
async fn write(unit: &mut Unit, plan: &str, (next, made): (&NextFile, &Plans)) -> Result<()> {
    if !next.plan.is_empty() {
        let op = update(&standing(unit, plan, made).await?, plan, next.plan.clone())?;
        apply(unit, Plan::def(), vec![op], &[plan.to_owned()]).await?;
    }
    let below = |code: &String| format!("{plan}/{code}");
    let keys = next.changed.keys().chain(&next.removed).map(below).collect();
    let actions = as_now(unit, Action::def(), (&made.actions, keys)).await?;
    let mut ops = Vec::new();
    let mut keys = Vec::new();
    for (code, fields) in &next.changed {
        ops.push(update(&actions, &below(code), fields.clone())?);
        keys.push(below(code));
    }
    for (objective, fields) in &next.added {
        let key = format!("{plan}/{objective}/next");
        let above = [
            ("objective", by_key(&below(objective))),
            ("source_system", json!(DEMO)),
            ("external_key", json!(key)),
        ];
        let Json::Object(fields) = with(fields, above) else { continue };
        ops.push(Op::Create(fields));
        keys.push(key);
    }
    for code in &next.removed {
        let key = below(code);
        let version = actions.created.get(&key).copied();
        ops.push(Op::Delete { id: known(&actions.ids, &key)?, version });
        keys.push(key);
    }
    apply(unit, Action::def(), ops, &keys).await.map(drop)
}

fn update(made: &Synced, key: &str, fields: Map<String, Json>) -> Result<Op> {
    Ok(Op::Update { id: known(&made.ids, key)?, version: made.created.get(key).copied(), fields })
}

/// A plan with the version it has now.
async fn standing(unit: &Unit, key: &str, made: &Plans) -> Result<Synced> {
    as_now(unit, Plan::def(), (&made.plans, vec![key.to_owned()])).await
}

/// Records with the versions they have now: what refers to them and what shows them has counted them up.
async fn as_now(unit: &Unit, def: &'static KindDef, (made, keys): (&Synced, Vec<String>)) -> Result<Synced> {
    let ids = keys.into_iter().map(|key| Ok((key.clone(), known(&made.ids, &key)?)));
    let ids = ids.collect::<Result<HashMap<String, Uuid>>>()?;
    let which = Cond::all().add(def.col("id").is_in(ids.values().copied()));
    let rows = store::all(unit.conn(), def, which).await?;
    let versions: HashMap<Uuid, i32> = rows.iter().map(|row| (row.id(), row.version())).collect();
    let created = ids.iter().filter_map(|(key, id)| Some((key.clone(), *versions.get(id)?))).collect();
    Ok(Synced { ids, created, ..Synced::default() })
}
