//! What becomes of releases when a country leaves a region, or joins one.

use serde_json::json;

use super::{of_plan, seen};
use crate::support::{TestApp, app};

/// Ends the membership of the country in its region, or makes a new one.
async fn leave(app: &TestApp) {
    let path = format!("/region-memberships/{}", app.world.id("region_membership:KGZ"));
    app.user("steward").await.edit(&path, json!({"standing": "suspended"})).await.ok(200);
}

async fn join(app: &TestApp) {
    let path = format!("/region-memberships/{}", app.world.id("region_membership:KGZ"));
    app.user("steward").await.edit(&path, json!({"standing": "member"})).await.ok(200);
}

#[tokio::test]
async fn a_release_to_a_region_ends_when_its_owner_leaves() {
    app(async |app| {
        let (me, region) = (app.user("focal_point").await, app.user("regional").await);
        let made = me.post("/releases", of_plan(app, json!({"audiences": ["region:CA"]}))).await;
        let shown = seen(&region, app).await;

        leave(app).await;
        let gone = seen(&region, app).await;
        join(app).await;

        assert_eq!((shown, gone, seen(&region, app).await), (vec![200; 4], vec![404; 4], vec![404; 4]));
        assert_eq!(me.get(&format!("/releases/{}", made.id())).await.ok(200)["status"], "ended");
    })
    .await;
}

#[tokio::test]
async fn a_release_to_a_region_waits_for_the_focal_point_when_its_owner_joins() {
    app(async |app| {
        let (me, region) = (app.user("focal_point").await, app.user("regional").await);
        leave(app).await;
        let made = me.post("/releases", of_plan(app, json!({"audiences": ["region:CA"]}))).await;
        let path = format!("/releases/{}", made.id());
        let as_outsider = seen(&region, app).await;

        join(app).await;
        let waiting = (me.get(&path).await.body["status"].clone(), seen(&region, app).await);
        let confirmed = me.act(&path, "confirm", json!({})).await;

        assert_eq!(as_outsider, [200; 4]);
        assert_eq!(waiting, (json!("suspended"), vec![404; 4]));
        assert_eq!(confirmed.ok(200)["status"], "live");
        assert_eq!(seen(&region, app).await, [200; 4]);
    })
    .await;
}

#[tokio::test]
async fn the_other_audiences_of_a_release_keep_what_they_see() {
    app(async |app| {
        let (me, region, partner) =
            (app.user("focal_point").await, app.user("regional").await, app.user("partner").await);
        let made = me
            .post(
                "/releases",
                of_plan(app, json!({"audiences": ["region:CA", "partners"], "basis": "Order 12"})),
            )
            .await;

        leave(app).await;

        assert_eq!((seen(&region, app).await, seen(&partner, app).await), (vec![404; 4], vec![200; 4]));
        assert_eq!(me.get(&format!("/releases/{}", made.id())).await.ok(200)["status"], "ended");
        let record = app.world.id("plan:national");
        let live = me.get(&format!("/plans/{record}/releases?live=true")).await;
        let live = &live.ok(200)["items"];
        assert_eq!((live.as_array().map(Vec::len), &live[0]["audiences"]), (Some(1), &json!(["partners"])));
        assert_eq!(live[0]["basis"], "Order 12");
    })
    .await;
}

#[tokio::test]
async fn the_releases_of_a_record_take_no_other_record() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let record = app.world.id("plan:national");

        let twice = me.get(&format!("/plans/{record}/releases?record={record}")).await;

        twice.problem(400, "unknown_parameter");
    })
    .await;
}
