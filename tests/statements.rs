//! Statements grow with what is asked, never with rows.

mod deletions;
mod twenty;

use std::collections::BTreeMap;

use async_graphql::Request;
use concord::{domain::Registered, seed, server};
use entity::Task;
use kernel::{
    db::Db,
    record::Op,
    unit::{Atomic, Unit},
};
use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

/// The same service on a handle that counts its statements.
pub fn counted(app: &TestApp) -> TestApp {
    let state = app.state.with(|parts| parts.db = parts.db.counted());
    let router = server::app(state.clone());
    TestApp { state, router, world: app.world.clone(), url: app.url.clone() }
}

/// How many statements a query takes, and what it answers.
async fn cost(me: &Client<'_>, db: &Db, query: &str) -> (u64, Json) {
    let before = db.statements();
    let answer = me.graphql(query, json!({})).await;
    (db.statements() - before, answer.data().clone())
}

/// A field of an object type that leads to other records.
#[derive(Clone, Debug)]
struct Edge {
    parent: String,
    list: String,
    field: String,
    is_connection: bool,
}

impl Edge {
    fn select(&self, parents: usize) -> String {
        let own = if self.is_connection {
            format!("{}(first: 3) {{ totalCount nodes {{ __typename }} }}", self.field)
        } else {
            format!("{} {{ __typename }}", self.field)
        };
        format!("{{ {}(last: {parents}) {{ nodes {{ id {own} }} }} }}", self.list)
    }

    /// Statements of the edge beyond those of the list, besides the one that asks whether the caller still stands
    /// as it did where the edge found nothing: one, and one more to count. Past states are
    /// shown as REST shows records, with one statement for each kind they refer to, and three for those who wrote.
    fn allowed(&self) -> u64 {
        match self.field.as_str() {
            "history" => 12,
            _ if self.is_connection => 2,
            _ => 1,
        }
    }

    fn leads_somewhere(&self, data: &Json) -> bool {
        let nodes = data[&self.list]["nodes"].as_array().cloned().unwrap_or_default();
        nodes.iter().any(|node| match self.is_connection {
            true => node[&self.field]["nodes"].as_array().is_some_and(|found| !found.is_empty()),
            false => node[&self.field].is_object(),
        })
    }
}

/// The name of a type without its wrappers, and whether it may be null.
fn named(ty: &Json) -> (String, String, bool) {
    let nullable = ty["kind"] != "NON_NULL";
    let mut inner = ty;
    while !inner["ofType"].is_null() {
        inner = &inner["ofType"];
    }
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    (text(&inner["name"]), text(&inner["kind"]), nullable)
}

/// Every edge of the schema: connections, and references that may be null.
async fn edges() -> Vec<Edge> {
    let query = "{ __schema { types { name kind fields { name type { name kind ofType { name kind
                 ofType { name kind ofType { name kind } } } } } } } }";
    let answer = concord::graphql::schema().execute(Request::new(query)).await;
    let schema = serde_json::to_value(answer.data).expect("an answer");
    let types = schema["__schema"]["types"].as_array().cloned().expect("types");
    let fields = |name: &str| {
        let found = types.iter().find(|ty| ty["name"] == name).map(|ty| ty["fields"].clone());
        found.and_then(|fields| fields.as_array().cloned()).unwrap_or_default()
    };
    let mut lists = BTreeMap::new();
    for field in fields("Query") {
        // A connection that may be null is no list: it needs to know of which record.
        if let (name, _, false) = named(&field["type"])
            && let Some(parent) = name.strip_suffix("Connection")
        {
            lists.insert(parent.to_owned(), field["name"].as_str().unwrap_or_default().to_owned());
        }
    }
    let mut found = Vec::new();
    for (parent, list) in lists {
        for field in fields(&parent) {
            let (name, kind, nullable) = named(&field["type"]);
            let is_connection = name.ends_with("Connection");
            if kind == "OBJECT" && (nullable || is_connection) && field["type"]["kind"] != "LIST" {
                let field = field["name"].as_str().unwrap_or_default().to_owned();
                found.push(Edge { parent: parent.clone(), list: list.clone(), field, is_connection });
            }
        }
    }
    found
}

/// A user whose standing is remembered, with the owners' languages.
async fn warm<'a>(counted: &'a TestApp, name: &str) -> Client<'a> {
    let me = counted.user(name).await;
    me.graphql("{ plans(first: 1) { nodes { title } } }", json!({})).await;
    me
}

/// What is wrong with the statements of these edges, one line each.
async fn faults(app: &TestApp, edges: &[Edge]) -> Vec<String> {
    let counted = counted(app);
    let me = warm(&counted, "focal_point").await;
    let db = &counted.state.db;
    let mut faults = Vec::new();
    for edge in edges {
        let name = format!("{}.{}", edge.parent, edge.field);
        let (base, _) = cost(&me, db, &format!("{{ {}(last: 20) {{ nodes {{ id }} }} }}", edge.list)).await;
        let (few, _) = cost(&me, db, &edge.select(2)).await;
        let (many, data) = cost(&me, db, &edge.select(20)).await;
        if data[&edge.list]["nodes"].as_array().map_or(0, Vec::len) != 20 {
            faults.push(format!("{name}: fewer than 20 parents"));
        }
        if !edge.leads_somewhere(&data) {
            faults.push(format!("{name}: leads nowhere in this world"));
        }
        if few.abs_diff(many) > 1 {
            faults.push(format!("{name}: {few} statements at 2 parents, {many} at 20"));
        }
        if few.max(many) > base + edge.allowed() + 1 {
            faults.push(format!("{name}: {many} statements, the list alone takes {base}"));
        }
    }
    faults
}

#[tokio::test]
async fn every_edge_of_graphql_takes_as_many_statements_at_two_parents_as_at_twenty() {
    app(async |app| {
        twenty::of_every_kind(app).await;
        let edges = edges().await;

        let faults = faults(app, &edges).await;

        assert!(edges.len() > 50, "{} edges", edges.len());
        assert_eq!(faults, Vec::<String>::new());
    })
    .await;
}

/// Statements of a selection on the plans or tasks at 2 and at 20 parents.
async fn few_and_many(app: &TestApp, list: &str, selection: &str) -> (u64, u64) {
    let counted = counted(app);
    let me = warm(&counted, "focal_point").await;
    let ask = |parents: usize| format!("{{ {list}(last: {parents}) {{ nodes {{ id {selection} }} }} }}");
    let (few, _) = cost(&me, &counted.state.db, &ask(2)).await;
    let (many, _) = cost(&me, &counted.state.db, &ask(20)).await;
    (few, many)
}

#[tokio::test]
async fn histories_of_twenty_records_take_as_many_statements_as_those_of_two() {
    app(async |app| {
        twenty::of_every_kind(app).await;

        let (few, many) = few_and_many(app, "tasks", "history(first: 3) { nodes { number } }").await;

        assert_eq!(few, many);
    })
    .await;
}

#[tokio::test]
async fn moves_of_twenty_records_take_as_many_statements_as_those_of_two() {
    app(async |app| {
        twenty::of_every_kind(app).await;

        let plans = few_and_many(app, "plans", "moves { verb allowed }").await;
        let tasks = few_and_many(app, "tasks", "moves { verb allowed }").await;

        assert_eq!((plans.0, tasks.0), (plans.1, tasks.1));
    })
    .await;
}

#[tokio::test]
async fn twenty_plans_with_their_actions_take_one_statement_for_each_edge() {
    app(async |app| {
        twenty::of_every_kind(app).await;
        let counted = counted(app);
        let me = warm(&counted, "focal_point").await;
        let nested = "{ plans(last: 20) { nodes { title pillars { nodes { title objectives { nodes { title
                      actions(first: 10) { nodes { title leadAgency { name } } } } } } } } } }";

        let (base, _) = cost(&me, &counted.state.db, "{ plans(last: 20) { nodes { title } } }").await;
        let (all, data) = cost(&me, &counted.state.db, nested).await;

        assert_eq!(data["plans"]["nodes"].as_array().map(Vec::len), Some(20));
        assert_eq!((base, all), (1, 5), "pillars, objectives, actions, agencies: four more");
    })
    .await;
}

fn new_tasks(app: &TestApp, count: usize) -> Vec<Op> {
    let plan = app.world.id("plan:national");
    let task = |number: usize| {
        json!({ "owner": "KGZ", "title": format!("Task {number}"), "plan": plan, "lead_agency": "MES",
            "contributing_agencies": ["MOH"], "language": "en", "source_system": "load",
            "external_key": format!("T{number}") })
    };
    let op = |number| Op::Create(task(number).as_object().cloned().expect("an object"));
    (0..count).map(op).collect()
}

async fn apply(unit: &mut Unit, ops: Vec<Op>) {
    let done = unit.apply(Task::def(), ops, Atomic::All).await.expect("every task is written");
    assert!(done.iter().all(|outcome| outcome.result() == "created"));
}

#[tokio::test]
async fn ten_thousand_new_tasks_take_at_most_twelve_statements_per_thousand() {
    app(async |app| {
        let counted = counted(app);
        let ops = new_tasks(app, 10_000);
        let mut unit = counted.system().begin().await.expect("a unit");

        apply(&mut unit, ops).await;
        unit.commit().await.expect("the unit is committed");

        let statements = counted.state.db.statements();
        assert!(statements <= 120, "{statements} statements for 10,000 rows");
    })
    .await;
}

#[tokio::test]
async fn a_thousand_new_tasks_in_a_unit_of_their_own_take_a_bounded_number() {
    app(async |app| {
        let counted = counted(app);
        let ops = new_tasks(app, 1_000);
        let mut unit = counted.system().begin().await.expect("a unit");

        apply(&mut unit, ops).await;
        unit.commit().await.expect("the unit is committed");

        let statements = counted.state.db.statements();
        assert!(statements <= 24, "{statements} statements for 1,000 rows");
    })
    .await;
}

/// Row B2: what refers to other items of its batch costs no statement of its own.
#[tokio::test]
async fn a_thousand_upserts_that_each_wait_for_the_next_take_a_bounded_number() {
    app(async |app| {
        let counted = counted(app);
        let op = |number: usize| {
            let next: Vec<String> =
                (number < 999).then(|| format!("external_key:load:T{}", number + 1)).into_iter().collect();
            let task = json!({ "owner": "KGZ", "title": format!("Task {number}"), "lead_agency": "MES",
                "language": "en", "depends_on": next });
            let fields = task.as_object().cloned().expect("an object");
            Op::Upsert {
                source_system: "load".into(),
                external_key: format!("T{number}"),
                expected: kernel::record::Expected::Anything,
                fields,
            }
        };
        let mut unit = counted.system().begin().await.expect("a unit");

        apply(&mut unit, (0..1_000).map(op).collect()).await;
        unit.commit().await.expect("the unit is committed");

        let statements = counted.state.db.statements();
        assert!(statements <= 26, "{statements} statements for 1,000 rows");
    })
    .await;
}

#[tokio::test]
async fn seeding_the_reference_data_takes_a_bounded_number_for_each_file() {
    crate::seeding::empty(async |app| {
        let counted = counted(app);

        seed::reference(&counted.system()).await.expect("the reference data");
        let first = counted.state.db.statements();
        seed::reference(&counted.system()).await.expect("the reference data");
        let second = counted.state.db.statements() - first;

        // One of them claims the keys, on PostgreSQL.
        assert!(first <= 8 * 15, "{first} statements for nine files");
        assert!(second <= 7 * 8, "{second} statements where nothing changes");
    })
    .await;
}
