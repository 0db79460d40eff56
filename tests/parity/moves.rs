//! The moves of every lifecycle on both faces.

mod asked;
mod law;
mod needs;

use concord::domain::KINDS;
use kernel::{KindDef, policy::Class, record::Op, schema::takes_reason};
use model::{By, Lifecycle, Move, Need};
use serde_json::{Value as Json, json};

use super::{
    camel,
    faces::{NOWHERE, Said, graphql, input, rest, with},
    pascal,
    samples::shown,
};
use crate::{
    coverage::{schema::Schema, stage::Stage},
    support::{TestApp, app, client::Client, specimen},
};

/// A move of a kind.
struct Made {
    def: &'static KindDef,
    cycle: &'static Lifecycle,
    step: &'static Move,
    /// Its mutation, and the name and type of what that takes.
    field: (String, String, String),
}

async fn moves() -> Vec<Made> {
    let mutations = Schema::load().await.mutations();
    let mut all = Vec::new();
    for (def, cycle) in KINDS.served().filter_map(|def| Some((def, def.lifecycle?))) {
        for step in cycle.moves {
            let name = format!("{}{}", camel(step.name), pascal(def.name));
            let field = mutations.iter().find(|field| field.name == name).expect("a mutation");
            let (arg, ty) = field.arg.clone().expect("an input");
            all.push(Made { def, cycle, step, field: (name, arg, ty) });
        }
    }
    all
}

impl Made {
    fn who(&self) -> &'static str {
        match self.step.by {
            By::Approver => "approver",
            By::FocalPoint | By::Named => "focal_point",
            _ => "secretariat",
        }
    }

    /// The states that the move does not start from.
    fn elsewhere(&self) -> impl Iterator<Item = &'static str> {
        let field = self.def.declared.field(self.cycle.state).expect("a field");
        let states = field.shape.vocabulary().expect("a closed list").terms.iter().map(|term| term.code);
        states.filter(|state| !self.step.from.contains(state))
    }

    fn call(&self, stage: &Stage<'_>) -> Json {
        specimen::call(self.def, self.step, |kind| stage.id(kind))
    }

    /// A call with a member that breaks its bounds, where it has one that both faces tell alike.
    fn broken(&self, stage: &Stage<'_>) -> Option<Json> {
        let is_ref =
            |name: &str| self.def.declared.field(name).is_some_and(|field| field.shape.target().is_some());
        let reference = self.step.takes.iter().find(|taken| is_ref(taken.field));
        let more = match reference {
            Some(taken) => json!({ taken.field: "" }),
            None if self.step.is_act => json!({ "act_body": "x".repeat(301) }),
            None if takes_reason(self.def, self.step) => json!({ "reason": "x".repeat(5001) }),
            None => return None,
        };
        Some(with(&self.call(stage), &more))
    }

    fn name(&self) -> String {
        format!("{} {}", self.step.name, self.def.name)
    }
}

/// A plan with an action in a state; answers its id.
async fn plan_in(app: &TestApp, state: &str) -> String {
    let me = app.user("focal_point").await;
    let plan = json!({"owner": "KGZ", "language": "en", "kind": "cbrn_nap", "title": "Moved", "domains": ["C"], "status": state,
        "act_body": "Cabinet", "act_number": "1", "act_on": "2026-11-20", "act_source": "Gazette"});
    let made = me.post("/plans", plan).await;
    made.ok(201);
    if state == "in_consultation" {
        let pillar = me.post("/pillars", json!({"plan": made.id(), "title": "P"})).await;
        let objective = me.post("/objectives", json!({"pillar": pillar.id(), "title": "O"})).await;
        let action = json!({"objective": objective.id(), "title": "A", "lead_agency": "MES"});
        me.post("/actions", action).await.ok(201);
    }
    made.id()
}

/// A task in a state; answers its id and version.
async fn task_in(app: &TestApp, state: &str) -> (String, i32) {
    let me = app.user("secretariat").await;
    let (given, step) = match state {
        "blocked" => ("in_progress", Some("block")),
        "cancelled" => ("planned", Some("cancel")),
        _ => (state, None),
    };
    let mut task =
        json!({"owner": "KGZ", "language": "en", "title": "Moved", "lead_agency": "MES", "status": given});
    if given != "planned" {
        task["due_on"] = json!("2027-01-01");
    }
    if state == "done" {
        task["completed_on"] = json!("2026-11-20");
    }
    let made = me.post("/tasks", task).await;
    made.ok(201);
    if let Some(step) = step {
        me.act(&format!("/tasks/{}", made.id()), step, json!({"reason": "Waits"})).await.ok(200);
    }
    (made.id(), if step.is_some() { 2 } else { 1 })
}

/// A release in a state; answers its id and version.
async fn release_in(stage: &Stage<'_>, def: &'static KindDef, state: &str) -> (String, i32) {
    let (me, steward) = (stage.app.user("focal_point").await, stage.app.user("steward").await);
    let membership = format!("/region-memberships/{}", stage.app.world.id("region_membership:KGZ"));
    let standing = async |standing: &str| {
        steward.edit(&membership, json!({ "standing": standing })).await.ok(200);
    };
    let mut body = with(&stage.new_of(def, 700), &json!({"audiences": ["region:CA"]}));
    if state == "scheduled" {
        body["from_at"] = json!("2026-12-01T00:00:00Z");
    }
    if state == "suspended" {
        standing("suspended").await;
    }
    let made = me.post("/releases", body).await;
    made.ok(201);
    let path = format!("/releases/{}", made.id());
    match state {
        "suspended" => standing("member").await,
        "ended" => {
            standing("suspended").await;
            standing("member").await;
        }
        "revoked" => drop(me.act(&path, "revoke", json!({})).await.ok(200)),
        _ => {}
    }
    let read = me.get(&path).await;
    assert_eq!(read.ok(200)["status"], state);
    (made.id(), i32::try_from(read.body["version"].as_i64().expect("a version")).expect("a small number"))
}

/// A step of a cycle of its own, in a state; answers its id and version.
async fn cycle_step_in(stage: &Stage<'_>, of: &Made, state: &str) -> (String, i32) {
    let me = stage.app.user("secretariat").await;
    let number = 2_000 + stage.app.count("cycle").await;
    let cycle = json!({"owner": "KGZ", "language": "en", "title": "Moved", "number": number});
    let cycle = me.post("/cycles", cycle).await;
    skippable_in(stage, of, json!({"cycle": cycle.id()}), state).await
}

/// A record in a state that it may be made in, or else be skipped to; answers its id and version.
async fn skippable_in(stage: &Stage<'_>, of: &Made, with_fields: Json, state: &str) -> (String, i32) {
    let me = stage.app.user("secretariat").await;
    let is_skipped = state == "skipped";
    let mut new = with(&shown(stage, of.def), &with_fields);
    new[of.cycle.state] = json!(if is_skipped { "planned" } else { state });
    let made = me.post(&format!("/{}", of.def.collection), new).await;
    made.ok(201);
    if is_skipped {
        let path = format!("/{}/{}", of.def.collection, made.id());
        me.act(&path, "skip", json!({"reason": "Not needed"})).await.ok(200);
    }
    (made.id(), if is_skipped { 2 } else { 1 })
}

/// A record in a state, with what the moves of its kind ask for; answers its id and version.
async fn record_in(stage: &Stage<'_>, of: &Made, state: &str) -> (String, i32) {
    let app = stage.app;
    match of.def.name {
        "plan" => (plan_in(app, state).await, 1),
        "task" => task_in(app, state).await,
        "release" => release_in(stage, of.def, state).await,
        "api_key" | "calendar" => asked::key_in(stage, of.def, state).await,
        "project" | "project_country" | "endorsement" | "comment" | "submission" => {
            asked::record_in(stage, of, state).await
        }
        // Nobody makes one by hand.
        "deadline" => {
            let new = with(&shown(stage, of.def), &json!({ of.cycle.state: state }));
            let fields = new.as_object().cloned().expect("an object");
            let mut unit = app.system().begin().await.expect("a unit");
            let made = unit.apply_one(of.def, Op::Create(fields)).await.expect("a deadline");
            unit.commit().await.expect("committed");
            (made.id.expect("an id").to_string(), 1)
        }
        "questionnaire" => needs::questionnaire_in(stage, state).await,
        "legal_instrument" => law::law_in(stage, of, state).await,
        "gap" => needs::gap_in(stage, of.def, state).await,
        "cycle_step" => cycle_step_in(stage, of, state).await,
        "milestone" => {
            let done = if state == "done" { json!({"completed_on": "2026-11-20"}) } else { json!({}) };
            skippable_in(stage, of, done, state).await
        }
        "priority_method" => {
            let code = format!("moved{}", stage.app.count("priority_method").await);
            skippable_in(stage, of, json!({ "code": code }), state).await
        }
        _ => {
            let new = with(&shown(stage, of.def), &json!({ of.cycle.state: state }));
            let made = app.user("secretariat").await.post(&format!("/{}", of.def.collection), new).await;
            made.ok(201);
            (made.id(), 1)
        }
    }
}

/// One step of a move: who asks for which record at which version with which fields.
struct Step<'a> {
    name: &'static str,
    who: Client<'a>,
    id: String,
    version: i32,
    body: Json,
}

async fn by_rest(of: &Made, step: &Step<'_>) -> Said {
    let path = format!("/{}/{}/{}", of.def.collection, step.id, of.step.name);
    let who = step.who.with("if-match", format!("\"{}.000000000000\"", step.version));
    rest(step.name, &who.post(&path, step.body.clone()).await)
}

async fn by_graphql(of: &Made, step: &Step<'_>) -> Said {
    let (name, arg, ty) = &of.field;
    let kind = camel(of.def.name);
    let query = format!("mutation($input: {ty}) {{ {name}({arg}: $input) {{ {kind} {{ id }} }} }}");
    let whole = with(&input(of.def, &step.body), &json!({"id": step.id, "expectedVersion": step.version}));
    graphql(step.name, &step.who.graphql(&query, json!({ "input": whole })).await)
}

/// Runs a move from each of its states on each face, with a record of its own.
async fn success(stage: &Stage<'_>, of: &Made) -> Vec<String> {
    let app = stage.app;
    let mut found = Vec::new();
    for (state, face) in of.step.from.iter().flat_map(|state| ["rest", "graphql"].map(|face| (state, face))) {
        let (id, version) = record_in(stage, of, state).await;
        let step = Step { name: "success", who: app.user(of.who()).await, id, version, body: of.call(stage) };
        let (first, second) = if face == "rest" {
            (by_rest(of, &step).await, by_graphql(of, &step).await)
        } else {
            (by_graphql(of, &step).await, by_rest(of, &step).await)
        };
        // The second face is late: it gets the version that the first one left behind.
        if (first.code.as_str(), second.code.as_str()) != ("ok", "stale_version") {
            found.push(format!("{} from {state}: {face}: {first:?} {second:?}", of.name()));
        }
    }
    found
}

/// Makes the move from each state that it does not start from: all must refuse it alike.
async fn wrong_states(stage: &Stage<'_>, of: &Made) -> Vec<String> {
    let mut found = Vec::new();
    for state in of.elsewhere() {
        let (id, version) = record_in(stage, of, state).await;
        let who = stage.app.user(of.who()).await;
        let step = Step { name: "state", who, id, version, body: of.call(stage) };
        let (here, there) = (by_rest(of, &step).await, by_graphql(of, &step).await);
        if here != there || here.code != "illegal_move" {
            found.push(format!("{} from {state}: {here:?} {there:?}", of.name()));
        }
    }
    found
}

/// Makes the move without each thing it needs that the call may leave out: it is refused.
///
/// `/moves` lists a field as missing; the reason comes with the call, and is not.
async fn unmet_needs(stage: &Stage<'_>, of: &Made) -> Vec<String> {
    let mut found = Vec::new();
    for need in of.step.needs {
        let name = match need {
            Need::Reason => "reason",
            Need::Field(name) if of.step.takes.iter().all(|one| one.field != *name || !one.is_required) => {
                name
            }
            Need::Field(_) | Need::Fact(_) => continue,
        };
        let (id, version) = record_in(stage, of, of.step.from[0]).await;
        let mut body = of.call(stage);
        body.as_object_mut().expect("an object").remove(name);
        let who = stage.app.user(of.who()).await;
        let path = format!("/{}/{id}", of.def.collection);
        let moves = who.get(&format!("{path}/moves")).await;
        let told = moves.ok(200).as_array().into_iter().flatten().find(|one| one["verb"] == of.step.name);
        let told = told.map(|one| one["missing"].clone());
        let listed = if *need == Need::Reason { json!([]) } else { json!([name]) };
        let step = Step { name: "needs", who: who.clone(), id, version, body: body.clone() };
        let (here, there) = (by_rest(of, &step).await, by_graphql(of, &step).await);
        let refused = who.act(&path, of.step.name, body).await;
        let missing = &refused.body["missing"];
        if here != there || here.code != "illegal_move" || *missing != json!([name]) || told != Some(listed) {
            found.push(format!("{} without {name}: {here:?} {there:?} {missing} {told:?}", of.name()));
        }
    }
    found
}

/// Runs what must be refused on both faces.
async fn refusals(stage: &Stage<'_>, of: &Made) -> Vec<String> {
    let app = stage.app;
    let (id, version) = record_in(stage, of, of.elsewhere().next().expect("a state")).await;
    let who = app.user(of.who()).await;
    let call = of.call(stage);
    let broken = of.broken(stage);
    // Whoever sees the record and may not move it.
    let doubter = app.user(if of.def.class == Class::Shared { "secretariat" } else { "observer" }).await;
    // Whoever sees somebody else's key may revoke it.
    let unseen = if of.def.class == Class::Key { "not_found" } else { "forbidden" };
    let step = |name, who: Client<'_>, id: &str, version, body: &Json| {
        // Lifetimes of callers differ; a step keeps its own copy.
        (name, who.token, id.to_owned(), version, body.clone())
    };
    let mut steps = vec![
        (step("missing", who.clone(), NOWHERE, 1, &call), "not_found"),
        (step("right", doubter, &id, version, &call), unseen),
        (step("stale", who.clone(), &id, 99, &call), "stale_version"),
        (step("nobody", app.anonymous(), &id, version, &call), "unauthenticated"),
    ];
    steps.extend(broken.map(|broken| (step("violations", who, &id, version, &broken), "invalid")));
    let mut found = Vec::new();
    for ((name, token, id, version, body), wanted) in steps {
        let step = Step { name, who: Client::new(app, token), id, version, body };
        let (here, there) = (by_rest(of, &step).await, by_graphql(of, &step).await);
        if here != there || here.code != wanted {
            found.push(format!("{}: {here:?} {there:?}, not {wanted}", of.name()));
        }
    }
    found
}

#[tokio::test]
async fn every_move_succeeds_from_each_of_its_states_on_both_faces() {
    app(async |app| {
        let (mut found, stage) = (Vec::new(), Stage::bare(app).await);
        for of in moves().await {
            found.extend(success(&stage, &of).await);
        }

        assert_eq!(found, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn every_move_is_refused_alike() {
    app(async |app| {
        let (mut found, stage) = (Vec::new(), Stage::bare(app).await);
        for of in moves().await {
            found.extend(refusals(&stage, &of).await);
            found.extend(wrong_states(&stage, &of).await);
            found.extend(unmet_needs(&stage, &of).await);
        }

        assert_eq!(found, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn the_moves_of_a_plan_read_alike() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let id = plan_in(app, "submitted").await;
        let query = "query($id: ID!) { plan(id: $id) { moves { verb to allowed recordedOnly missing } } }";

        let by_rest = me.get(&format!("/plans/{id}/moves")).await;
        let by_graphql = me.graphql(query, json!({ "id": id })).await;

        let told = |one: &Json, on_paper: &str| {
            let verb = one["verb"].to_string().to_uppercase();
            let to = one["to"].to_string().to_uppercase();
            json!([verb, to, one["allowed"], one[on_paper], one["missing"]])
        };
        let of = |moves: &Json, on_paper| -> Vec<Json> {
            moves.as_array().into_iter().flatten().map(|one| told(one, on_paper)).collect()
        };
        let moves = &by_graphql.data()["plan"]["moves"];
        assert_eq!(of(by_rest.ok(200), "recorded_only"), of(moves, "recordedOnly"));
        assert_eq!((&moves[0]["verb"], &moves[0]["to"]), (&json!("RECALL"), &json!("DRAFT")));
    })
    .await;
}
