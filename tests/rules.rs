//! Rules that follow from declarations, tried on every kind that they hold for.

use concord::domain::KINDS;
use kernel::{
    Error, KindDef,
    record::{Op, OutcomeKind},
    store,
    unit::Atomic,
};
use model::{FieldDef, Writing};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    coverage::stage::Stage,
    support::{TestApp, app},
};

/// Writes by the service itself, which may write everything; answers the id, or what was refused.
async fn write(app: &TestApp, def: &'static KindDef, op: Op) -> Result<Uuid, Vec<(String, String)>> {
    let mut unit = app.system().begin().await.expect("a unit");
    let outcomes = unit.apply(def, vec![op], Atomic::Each).await.expect("outcomes");
    let outcome = outcomes.into_iter().next().expect("an outcome");
    match outcome.kind {
        OutcomeKind::Rejected(Error::Invalid(found)) => {
            unit.rollback().await;
            Err(found.into_iter().map(|one| (one.pointer, one.code.name().to_owned())).collect())
        }
        OutcomeKind::Rejected(other) => panic!("a {}: {other:?}", def.name),
        _ => {
            unit.commit().await.expect("a commit");
            Ok(outcome.id.expect("an id"))
        }
    }
}

fn create(body: &Json) -> Op {
    Op::Create(body.as_object().cloned().expect("an object"))
}

fn update(id: Uuid, version: i32, body: &Json) -> Op {
    Op::Update { id, version: Some(version), fields: body.as_object().cloned().expect("an object") }
}

/// Periods of all kinds: kind, first and last day.
fn periods() -> Vec<(&'static KindDef, &'static str, &'static str)> {
    let of = |def: &'static KindDef| {
        let fields = def.declared.fields.iter();
        fields.filter_map(move |field| Some((def, field.not_before?, field.name)))
    };
    KINDS.served().flat_map(of).collect()
}

#[tokio::test]
async fn no_period_of_any_kind_ends_before_it_begins() {
    app(async |app| {
        let stage = Stage::bare(app).await;
        let mut met = Vec::new();
        for (n, (def, first, last)) in (900..).zip(periods()) {
            let mut body = stage.new_of(def, n);
            body[first] = json!("2027-03-31");
            body[last] = json!("2027-03-30");

            let refused = write(app, def, create(&body)).await;

            assert_eq!(refused, Err(vec![(format!("/{last}"), "rule_broken".into())]), "{}", def.name);
            met.push(def.name);
        }
        for kind in ["region_membership", "agency", "membership", "plan", "action", "grant"] {
            assert!(met.contains(&kind), "{kind} has no period");
        }
    })
    .await;
}

#[tokio::test]
async fn a_day_that_is_known_in_part_may_lie_within_its_time() {
    app(async |app| {
        let stage = Stage::bare(app).await;
        let def = KINDS.get("agency").expect("a kind");
        let new = |n: u32, precision: &str| {
            let mut body = stage.new_of(def, n);
            body["valid_from"] = json!("2011-06-15");
            body["valid_until"] = json!("2011-01-01");
            body["valid_until_precision"] = json!(precision);
            body
        };
        let refused = Err(vec![("/valid_until".to_owned(), "rule_broken".to_owned())]);

        assert!(write(app, def, create(&new(910, "year"))).await.is_ok());
        assert!(write(app, def, create(&new(911, "half"))).await.is_ok());
        assert!(write(app, def, create(&new(912, "unknown"))).await.is_ok());
        assert_eq!(write(app, def, create(&new(913, "quarter"))).await, refused);
        assert_eq!(write(app, def, create(&new(914, "day"))).await, refused);
    })
    .await;
}

/// References of all kinds to their own that are edited: kind and field, and whether it is a list. One that is given
/// to new records only leads to older ones.
fn own_references() -> Vec<(&'static KindDef, &'static str, bool)> {
    let of = |def: &'static KindDef| {
        let is_own = move |field: &&FieldDef| field.shape.target() == Some(def.name);
        let fields = def.declared.fields.iter().filter(is_own).filter(|one| one.writing == Writing::Always);
        fields.map(move |field| (def, field.name, field.table.is_some()))
    };
    KINDS.served().flat_map(of).collect()
}

#[tokio::test]
async fn no_record_of_any_kind_leads_back_to_itself() {
    app(async |app| {
        let stage = Stage::bare(app).await;
        let (mut met, mut walked) = (Vec::new(), Vec::new());
        for (n, (def, field, is_list)) in (0..).zip(own_references()) {
            let to = |id: Uuid| if is_list { json!({ field: [id] }) } else { json!({ field: id }) };
            let circle = (format!("/{field}"), "reference_cycle".to_owned());
            let is_told = |of: &Result<Uuid, Vec<_>>| of.as_ref().is_err_and(|all| all.contains(&circle));
            let draft = stage.targets(def.name).into_iter().find(|(name, _)| name.ends_with(":draft"));
            let one = draft.map_or_else(|| stage.id(def.name), |(_, id)| id);
            let version = store::get(&app.system(), def, one).await.expect("a record").version();

            let near = write(app, def, update(one, version, &to(one))).await;

            assert!(is_told(&near), "{}.{field}: {near:?}", def.name);
            met.push(format!("{}.{field}", def.name));
            // A question replaces those of older editions only: no way is long enough to lead back.
            if def.name == "question" {
                continue;
            }
            let mut made = Vec::new();
            for at in 0..3 {
                made.extend(write(app, def, create(&stage.new_of(def, 920 + 3 * n + at))).await);
            }
            // Of some kinds there is one record for each country and framework only.
            let [a, b, c] = made[..] else { continue };
            write(app, def, update(a, 1, &to(b))).await.expect("a way");
            write(app, def, update(b, 1, &to(c))).await.expect("a way");

            let far = write(app, def, update(c, 1, &to(a))).await;

            assert!(is_told(&far), "{}.{field}: {far:?}", def.name);
            walked.push(def.name);
        }
        assert!(["agency", "task"].iter().all(|kind| walked.contains(kind)), "{walked:?}");
        for way in ["agency.parent", "agency.successors", "task.depends_on"] {
            assert!(met.iter().any(|one| one == way), "{way} is no reference to its own kind: {met:?}");
        }
    })
    .await;
}

/// C3: a field that follows from the record above is not silently set right.
#[tokio::test]
async fn a_field_that_follows_from_another_one_is_refused_where_it_differs() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let plan = |name: &str| json!(app.world.id(&format!("plan:{name}")));
        let new = |title: &str, plan: Json| {
            json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en", "plan": plan,
                "action": app.world.id("action:released")})
        };
        let path = "/tasks/by-key/crm/below";
        let put = me.put(path, new("Below", plan("released"))).await;
        let own = format!("/tasks/{}", put.id());
        let update = "mutation($i: ID!, $p: Reference) { updateTask(input: { id: $i, expectedVersion: 1, plan: $p }) \
            { task { version } } }";
        let differs = [("/plan".to_owned(), "rule_broken".to_owned())];

        for other in [plan("national"), Json::Null] {
            let edited = me.edit(&own, json!({"plan": other})).await;
            let again = me.put(path, new("Below", other.clone())).await;
            let graphql = me.graphql(update, json!({"i": put.id(), "p": other})).await;

            assert_eq!(edited.violations(), differs);
            assert_eq!(again.violations(), differs);
            assert_eq!(graphql.body["errors"][0]["extensions"]["errors"][0]["pointer"], "/plan");
        }
        let created = me.post("/tasks", new("Another", plan("national"))).await;
        let same = me.edit(&own, json!({"plan": plan("released"), "title": "Same"})).await;
        let away = me.edit(&own, json!({"plan": plan("national"), "action": null})).await;

        assert_eq!(created.violations(), differs);
        assert_eq!(same.ok(200)["title"], "Same");
        assert_eq!(away.ok(200)["plan"]["id"], plan("national"));
        me.post("/tasks", new("Null is not given", Json::Null)).await.ok(201);
    })
    .await;
}
