//! A release of a large plan: bounded statements, one unit, each record once.

use concord::domain::KINDS;
use kernel::{record::Op, unit::Atomic};
use serde_json::json;

use crate::support::{TestApp, app};

/// Adds so many pillars to the national plan, in one batch.
async fn grow(app: &TestApp, count: usize) {
    let plan = app.world.id("plan:national");
    let one = |at: usize| {
        let fields = json!({"plan": plan, "title": format!("Pillar {at}"), "language": "en"});
        Op::Create(fields.as_object().cloned().expect("an object"))
    };
    let mut unit = app.system().begin().await.expect("a unit");
    unit.apply(KINDS.get("pillar").expect("a kind"), (0..count).map(one).collect(), Atomic::All)
        .await
        .expect("pillars");
    unit.commit().await.expect("the unit is committed");
}

async fn release(app: &TestApp) -> (String, u64) {
    let me = app.user("focal_point").await;
    me.get("/me").await.ok(200);
    let before = app.state.db.statements();
    let body = json!({"subject": {"plan": app.world.id("plan:national")}, "audiences": ["partners"]});
    let made = me.post("/releases", body).await;
    (made.ok(201)["id"].as_str().expect("an id").to_owned(), app.state.db.statements() - before)
}

#[tokio::test]
async fn a_release_of_a_large_plan_takes_a_bounded_number_of_statements() {
    app(async |app| {
        let (first, small) = release(app).await;
        let me = app.user("focal_point").await;
        me.act(&format!("/releases/{first}"), "revoke", json!({})).await.ok(200);
        grow(app, 5_000).await;

        let (second, large) = release(app).await;

        let shown = app
            .user("partner")
            .await
            .get(&format!("/pillars?plan_id={}&total=true", app.world.id("plan:national")))
            .await;
        assert_eq!(shown.ok(200)["page"]["total"], 5_001);
        let history = me.get(&format!("/pillars/{}/history", app.world.id("pillar:national"))).await;
        let states = history.ok(200)["items"].as_array().map(Vec::len);
        assert_eq!(states, Some(3), "made, and once in each release");
        assert!(small <= 90, "{small}");
        // Chunks of rows are what grows.
        assert!(large <= small + 60, "{small} {large}");
        assert!(!second.is_empty());
    })
    .await;
}

#[tokio::test]
async fn reading_with_many_live_releases_takes_as_many_statements_as_with_one() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/plans/{}", app.world.id("plan:national"));
        let read = async || {
            let partner = app.user("partner").await;
            partner.get(&path).await.ok(200);
            let before = app.state.db.statements();
            partner.get(&path).await.ok(200);
            partner.get("/plans?total=true").await.ok(200);
            app.state.db.statements() - before
        };
        let body = json!({"subject": {"record": {"kind": "plan", "id": app.world.id("plan:national")}}, "audiences": ["partners"]});
        me.post("/releases", body.clone()).await.ok(201);
        let one = read().await;
        for _ in 0..199 {
            me.post("/releases", body.clone()).await.ok(201);
        }

        assert_eq!(read().await, one);
    })
    .await;
}
