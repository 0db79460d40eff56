//! Deletions: their statements follow from what is there, not from the kinds that could be.

use concord::domain::{KINDS, Registered};
use entity::Plan;
use kernel::{record::Op, unit::Unit};
use model::Write;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::counted;
use crate::{
    coverage::stage::Stage,
    support::{TestApp, app},
};

/// What refers to a record, and what stands below it, is looked for in one statement whatever kinds there are.
#[tokio::test]
async fn the_deletion_of_a_record_of_any_kind_takes_a_bounded_number() {
    app(async |app| {
        let stage = Stage::bare(app).await;
        let counted = counted(app);
        let mut found = Vec::new();
        for def in KINDS.served().filter(|def| def.declared.takes(Write::Delete)) {
            let mut unit = app.system().begin().await.expect("a unit");
            let fields = stage.new_of(def, 701).as_object().cloned().expect("an object");
            let id = unit.apply_one(def, Op::Create(fields)).await.expect("a record").id.expect("an id");
            unit.commit().await.expect("the unit is committed");
            let before = counted.state.db.statements();

            let mut unit = counted.system().begin().await.expect("a unit");
            let deleted = unit.apply_one(def, Op::Delete { id, version: Some(1) }).await;
            unit.commit().await.expect("the unit is committed");

            let statements = counted.state.db.statements() - before;
            if deleted.is_err() || statements > 18 {
                found.push(format!("{}: {statements} statements, {:?}", def.name, deleted.err()));
            }
        }

        assert_eq!(found, [""; 0]);
    })
    .await;
}

/// A plan with a tree of pillars, objectives, actions and tasks below it.
async fn whole_plan(app: &TestApp, size: usize) -> Uuid {
    let mut unit = app.system().begin().await.expect("a unit");
    let plan =
        json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "Whole", "domains": ["C"], "language": "en"});
    let mut level = vec![added(&mut unit, "plan", plan).await];
    let plan = level[0];
    for (kind, above) in
        [("pillar", "plan"), ("objective", "pillar"), ("action", "objective"), ("task", "action")]
    {
        let mut next = Vec::new();
        for id in level {
            for _ in 0..size {
                let mut fields = json!({"title": "Part", above: id, "language": "en"});
                if kind == "task" {
                    fields["owner"] = json!("KGZ");
                    fields["lead_agency"] = json!("MES");
                }
                next.push(added(&mut unit, kind, fields).await);
            }
        }
        level = next;
    }
    unit.commit().await.expect("the unit is committed");
    plan
}

async fn added(unit: &mut Unit, kind: &str, fields: Json) -> Uuid {
    let op = Op::Create(fields.as_object().cloned().expect("an object"));
    let made = unit.apply_one(KINDS.get(kind).expect("a kind"), op).await;
    made.expect("a record").id.expect("an id")
}

#[tokio::test]
async fn the_deletion_of_a_whole_plan_takes_a_bounded_number() {
    app(async |app| {
        let counted = counted(app);
        let mut of_size = Vec::new();
        for size in [1, 2] {
            let id = whole_plan(app, size).await;
            let before = counted.state.db.statements();
            let mut unit = counted.system().begin().await.expect("a unit");

            let deleted = unit.apply_one(Plan::def(), Op::Delete { id, version: Some(1) }).await;
            unit.commit().await.expect("the unit is committed");

            deleted.expect("a deletion");
            of_size.push(counted.state.db.statements() - before);
        }

        assert_eq!(of_size[0], of_size[1]);
        assert!(of_size[0] <= 48, "{of_size:?} statements for a plan");
    })
    .await;
}
