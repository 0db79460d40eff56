//! What is hidden is in no file.

use serde_json::json;

use super::{Sheet, lines};
use crate::support::app;

#[tokio::test]
async fn a_file_has_what_the_list_has() {
    app(async |app| {
        for name in ["anonymous", "officer", "partner", "foreign_focal_point", "portal"] {
            let me = if name == "anonymous" { app.anonymous() } else { app.user(name).await };
            let list = me.get("/tasks?limit=200&lang=*").await;
            let listed = list.ok(200)["items"].as_array().expect("items").clone();

            let whole = lines(&me.get("/tasks.ndjson").await);
            let table = Sheet::get(&me, "/tasks.csv").await;

            assert_eq!(whole, listed, "{name}");
            let ids: Vec<_> = listed.iter().map(|item| item["id"].as_str().expect("an id")).collect();
            assert_eq!(table.column("id"), ids, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn withheld_fields_are_empty_outside_with_their_translations() {
    app(async |app| {
        let path = format!("/actions/{}", app.world.id("action:released"));
        let body = json!({"cost": {"amount": "12.50", "currency": "EUR"}, "description": "Buried stocks",
            "translations": {"ru": {"description": "Зарытые запасы"}}});
        let focal_point = app.user("focal_point").await;
        focal_point.edit(&path, body).await.ok(200);
        for field in ["cost", "description"] {
            let rule = json!({"owner": "KGZ", "kind": "action", "field": field});
            focal_point.post("/disclosure-rules", rule).await.ok(201);
        }
        let partner = app.user("partner").await;

        let outside = [partner.get("/actions.csv").await, partner.get("/actions.ndjson").await];
        let inside = Sheet::get(&focal_point, "/actions.csv").await;

        for answer in &outside {
            let text = String::from_utf8_lossy(&answer.bytes);
            assert!(text.contains("Action released"), "{text}");
            assert!(!["12.50", "Buried", "Зарытые"].iter().any(|part| text.contains(part)), "{text}");
        }
        assert!(inside.column("cost.amount").contains(&"12.50"));
        assert!(inside.column("description@ru").contains(&"Зарытые запасы"));
    })
    .await;
}

#[tokio::test]
async fn who_views_as_others_exports_what_they_see() {
    app(async |app| {
        let focal_point = app.user("focal_point").await;

        let own = Sheet::get(&focal_point, "/tasks.csv").await;
        let viewed = Sheet::get(&focal_point.with("x-concord-view-as", "partners"), "/tasks.csv").await;

        assert!(own.rows.len() > viewed.rows.len());
        assert_eq!(viewed.column("title"), ["Task released"]);
        assert_eq!(viewed.column("version"), [""]);
    })
    .await;
}

#[tokio::test]
async fn an_export_leaves_the_traces_that_a_list_leaves() {
    app(async |app| {
        let partner = app.user("partner").await;

        partner.get("/tasks.csv").await.ok(200);

        let reads = app.user("focal_point").await.get("/audit/reads?kind=task").await;
        let read = &reads.ok(200)["items"][0];
        assert_eq!(read["kind"], "task", "{}", reads.body);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_over_exports_nothing() {
    app(async |app| {
        let me = app.user("officer").await;
        me.get("/tasks.csv").await.ok(200);
        me.post("/auth/logout", json!({})).await.ok(204);

        me.get("/tasks.csv").await.problem(401, "unauthenticated");
        me.get("/tasks.csv?nothing=1").await.problem(401, "unauthenticated");
    })
    .await;
}
