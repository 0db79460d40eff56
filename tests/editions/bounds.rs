//! Editions of large plans: a bounded number of statements, and an index into the log.

use concord::domain::Registered;
use entity::Action;
use kernel::change::past;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{adopt_next, next, opened};
use crate::{
    statements::counted,
    support::{TestApp, app},
};

/// Adds actions to the next edition of a plan, below an objective.
async fn add(app: &TestApp, objective: &str, count: usize) {
    let me = app.user("secretariat").await;
    let above = objective.rsplit('/').next().unwrap_or_default();
    let item = |n: usize| json!({"op": "create", "data": {"objective": above, "title": format!("Action {n}"), "lead_agency": "MES", "position": n}});
    let items: Vec<Json> = (0..count).map(item).collect();
    let done = me.post("/actions/batch?edition=working", json!({ "items": items })).await;
    assert_eq!(done.ok(200)["outcomes"].as_array().map(Vec::len), Some(count));
}

fn id(path: &str) -> Uuid {
    path.rsplit('/').next().unwrap_or_default().parse().expect("an id")
}

/// How many statements a tree in force, one in work and a comparison of both take.
async fn cost(app: &TestApp, plan: &str) -> Vec<u64> {
    let counted = counted(app);
    let me = counted.user("secretariat").await;
    let mut all = Vec::new();
    for end in ["/tree", "/tree?edition=working", "/diff"] {
        let before = counted.state.db.statements();
        me.get(&format!("{plan}{end}")).await.ok(200);
        all.push(counted.state.db.statements() - before);
    }
    all
}

#[tokio::test]
async fn trees_and_comparisons_take_as_many_statements_at_three_hundred_actions_as_at_ten() {
    app(async |app| {
        let [plan, _, objective, _] = opened(app, "national").await;
        add(app, &objective, 10).await;
        let few = cost(app, &plan).await;

        add(app, &objective, 290).await;
        let many = cost(app, &plan).await;

        assert_eq!(many, few);
    })
    .await;
}

#[tokio::test]
async fn an_adoption_of_a_thousand_actions_is_one_unit() {
    app(async |app| {
        let [plan, _, objective, _] = opened(app, "national").await;
        add(app, &objective, 1_000).await;

        let adopted = adopt_next(app, &plan).await;
        let tree = app.user("secretariat").await.get(&format!("{plan}/tree")).await;

        assert_eq!(adopted.ok(200)["edition"], 2);
        let actions = tree.ok(200)["pillars"][0]["objectives"][0]["actions"].as_array().map(Vec::len);
        assert_eq!(actions, Some(1_001));
        let absent = app.user("secretariat").await.get(&next(&plan)).await;
        absent.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn the_past_of_a_plan_is_found_by_an_index() {
    app(async |app| {
        let [plan, ..] = opened(app, "national").await;
        let conn = app.state.db.reading();
        let select = past::newest(Action::def(), id(&plan), i64::MAX);
        let Statement { sql, values, .. } = conn.backend().build(&select);
        let (explain, switch) = if conn.is_postgres() {
            ("EXPLAIN ", "SET enable_seqscan = off")
        } else {
            ("EXPLAIN QUERY PLAN ", "SELECT 1")
        };
        app.state.db.for_migrations().execute_unprepared(switch).await.expect("a setting");

        let told = Statement { sql: format!("{explain}{sql}"), values, db_backend: conn.backend() };
        let rows = conn.all_raw(told).await.expect("a plan of the query");

        let text: String = rows
            .iter()
            .map(|row| {
                let at = if conn.is_postgres() { 0 } else { 3 };
                row.try_get_by_index::<String>(at).unwrap_or_default()
            })
            .collect();
        assert!(text.contains("ix_change_plan_id"), "{text}");
    })
    .await;
}
