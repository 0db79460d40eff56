//! The moves of plans and tasks on both faces.

use serde_json::{Value as Json, json};

use super::{
    faces::{NOWHERE, Said, graphql, input, rest, with},
    pascal,
};
use crate::support::{TestApp, app, client::Client};

/// A move: kind, verb, who makes it, the state it starts from, what it takes, its GraphQL input.
type Move = (&'static str, &'static str, &'static str, &'static str, Json, &'static str);

fn moves() -> Vec<Move> {
    let act = json!({"act_body": "Cabinet", "act_number": "1", "act_on": "2026-11-20"});
    let (none, why) = (json!({}), json!({"reason": "A reason"}));
    let plan = |verb, who, from, body: &Json| ("plan", verb, who, from, body.clone(), "MovePlanInput");
    let task = |verb, from, body: &Json| ("task", verb, "secretariat", from, body.clone(), "MoveTaskInput");
    vec![
        plan("consult", "secretariat", "draft", &none),
        plan("submit", "secretariat", "in_consultation", &none),
        plan("recall", "secretariat", "in_consultation", &none),
        ("plan", "adopt", "approver", "submitted", act, "AdoptPlanInput"),
        plan("return", "approver", "submitted", &why),
        plan("withdraw", "approver", "adopted", &why),
        plan("start", "secretariat", "adopted", &none),
        plan("review", "secretariat", "in_implementation", &none),
        plan("resume", "secretariat", "under_review", &none),
        plan("close", "secretariat", "under_review", &none),
        ("task", "assign", "secretariat", "planned", json!({"due_on": "2027-01-01"}), "AssignTaskInput"),
        task("start", "assigned", &none),
        task("submit", "in_progress", &none),
        task("complete", "in_review", &none),
        task("return", "in_review", &none),
        task("block", "in_progress", &why),
        task("unblock", "blocked", &none),
        task("cancel", "planned", &why),
        task("reopen", "done", &why),
    ]
}

/// A plan with an action in a state; answers its id.
async fn plan_in(app: &TestApp, state: &str) -> String {
    let me = app.user("focal_point").await;
    let plan = json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "Moved", "domains": ["C"], "status": state,
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
    let given = if state == "blocked" { "in_progress" } else { state };
    let mut task = json!({"owner": "KGZ", "title": "Moved", "lead_agency": "MES", "status": given});
    if state != "planned" {
        task["due_on"] = json!("2027-01-01");
    }
    let made = me.post("/tasks", task).await;
    made.ok(201);
    if state == "blocked" {
        me.act(&format!("/tasks/{}", made.id()), "block", json!({"reason": "Waits"})).await.ok(200);
    }
    (made.id(), if state == "blocked" { 2 } else { 1 })
}

async fn record_in(app: &TestApp, kind: &str, state: &str) -> (String, i32) {
    if kind == "plan" { (plan_in(app, state).await, 1) } else { task_in(app, state).await }
}

/// One step of a move: who asks for which record at which version with which fields.
struct Step<'a> {
    name: &'static str,
    who: Client<'a>,
    id: String,
    version: i32,
    body: Json,
}

/// What both faces say to one step.
async fn both(of: &Move, step: &Step<'_>) -> (Said, Said) {
    let (kind, verb, _, _, _, ty) = of;
    let path = format!("/{kind}s/{}/{verb}", step.id);
    let by_rest = step
        .who
        .with("if-match", format!("\"{}.000000000000\"", step.version))
        .post(&path, step.body.clone())
        .await;
    let query = format!(
        "mutation($input: {ty}!) {{ {verb}{}(input: $input) {{ {kind} {{ id status }} }} }}",
        pascal(kind)
    );
    let whole = with(&input(&step.body), &json!({"id": step.id, "expectedVersion": step.version}));
    let by_graphql = step.who.graphql(&query, json!({ "input": whole })).await;
    (rest(step.name, &by_rest), graphql(step.name, &by_graphql))
}

/// Runs a move that succeeds on each face, with a record of its own.
async fn success(app: &TestApp, of: &Move) -> Vec<String> {
    let mut found = Vec::new();
    for face in ["rest", "graphql"] {
        let (id, version) = record_in(app, of.0, of.3).await;
        let step = Step { name: "success", who: app.user(of.2).await, id, version, body: of.4.clone() };
        let (first, second) = if face == "rest" { both(of, &step).await } else { turned(of, &step).await };
        // The second face is late: it gets the version that the first one left behind.
        if (first.code.as_str(), second.code.as_str()) != ("ok", "stale_version") {
            found.push(format!("{} {}: {face}: {first:?} {second:?}", of.1, of.0));
        }
    }
    found
}

/// As [`both`], GraphQL first.
async fn turned(of: &Move, step: &Step<'_>) -> (Said, Said) {
    let (kind, verb, _, _, _, ty) = of;
    let query = format!(
        "mutation($input: {ty}!) {{ {verb}{}(input: $input) {{ {kind} {{ id status }} }} }}",
        pascal(kind)
    );
    let whole = with(&input(&step.body), &json!({"id": step.id, "expectedVersion": step.version}));
    let by_graphql = step.who.graphql(&query, json!({ "input": whole })).await;
    let path = format!("/{kind}s/{}/{verb}", step.id);
    let by_rest = step
        .who
        .with("if-match", format!("\"{}.000000000000\"", step.version))
        .post(&path, step.body.clone())
        .await;
    (graphql(step.name, &by_graphql), rest(step.name, &by_rest))
}

/// Runs what must be refused on both faces.
async fn refusals(app: &TestApp, of: &Move) -> Vec<String> {
    let other = match (of.0, of.1) {
        ("plan", "consult") => "in_implementation",
        ("plan", _) => "draft",
        (_, "assign" | "reopen") => "in_progress",
        (_, "cancel") => "done",
        _ => "planned",
    };
    let (id, version) = record_in(app, of.0, other).await;
    let who = app.user(of.2).await;
    let broken = match of.1 {
        "adopt" => with(&of.4, &json!({"act_body": "x".repeat(301)})),
        "assign" => json!({"lead_agency": ""}),
        _ => json!({"reason": "x".repeat(5001)}),
    };
    let step = |name, who: Client<'_>, id: &str, version, body: &Json| {
        // Lifetimes of callers differ; a step keeps its own copy.
        (name, who.token, id.to_owned(), version, body.clone())
    };
    let steps = [
        (step("missing", who.clone(), NOWHERE, 1, &of.4), "not_found"),
        (step("right", app.user("observer").await, &id, version, &of.4), "forbidden"),
        (step("stale", who.clone(), &id, 99, &of.4), "stale_version"),
        (step("state", who.clone(), &id, version, &of.4), "illegal_move"),
        (step("violations", who, &id, version, &broken), "invalid"),
        (step("nobody", app.anonymous(), &id, version, &of.4), "unauthenticated"),
    ];
    let mut found = Vec::new();
    for ((name, token, id, version, body), wanted) in steps {
        let step = Step { name, who: Client::new(app, token), id, version, body };
        let (by_rest, by_graphql) = both(of, &step).await;
        if by_rest != by_graphql || by_rest.code != wanted {
            found.push(format!("{} {}: {by_rest:?} {by_graphql:?}, not {wanted}", of.1, of.0));
        }
    }
    found
}

async fn differences(app: &TestApp, kind: &str, succeed: bool) -> Vec<String> {
    let mut found = Vec::new();
    for of in moves().iter().filter(|of| of.0 == kind) {
        found.extend(if succeed { success(app, of).await } else { refusals(app, of).await });
    }
    found
}

#[tokio::test]
async fn moves_of_plans_succeed_on_both_faces() {
    app(async |app| assert_eq!(differences(app, "plan", true).await, [""; 0])).await;
}

#[tokio::test]
async fn moves_of_tasks_succeed_on_both_faces() {
    app(async |app| assert_eq!(differences(app, "task", true).await, [""; 0])).await;
}

#[tokio::test]
async fn moves_of_plans_are_refused_alike() {
    app(async |app| assert_eq!(differences(app, "plan", false).await, [""; 0])).await;
}

#[tokio::test]
async fn moves_of_tasks_are_refused_alike() {
    app(async |app| assert_eq!(differences(app, "task", false).await, [""; 0])).await;
}

#[tokio::test]
async fn every_move_is_compared() {
    let compared: Vec<_> = moves().iter().map(|of| (of.0, of.1.to_owned())).collect();

    let verbs = |kind: &'static str| {
        let def = concord::domain::KINDS.get(kind).expect("a kind");
        def.lifecycle.iter().flat_map(|cycle| cycle.moves).map(move |step| (kind, step.name.to_owned()))
    };
    assert_eq!(compared, verbs("plan").chain(verbs("task")).collect::<Vec<_>>());
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
