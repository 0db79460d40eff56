//! Bounds of signing in: how many sessions a person has open, how long a password is.

use chrono::TimeDelta;
use entity::session::{Column, Entity};
use sea_orm::sea_query::{Expr, Query};
use serde_json::json;
use uuid::Uuid;

use super::{PASSWORD, holding, with_password};
use crate::support::{TestApp, app, start};

/// Stores so many open sessions of somebody, one a minute up to the start; answers the ids, oldest first.
async fn open(app: &TestApp, user: Uuid, sessions: i32) -> Vec<Uuid> {
    let mut insert = Query::insert();
    insert.into_table(Entity).columns([
        Column::Id,
        Column::UserId,
        Column::CreatedAt,
        Column::RefreshedAt,
        Column::ExpiresAt,
        Column::RefreshHash,
    ]);
    let ids: Vec<Uuid> = (0..sessions).map(|_| app.state.clock.id()).collect();
    for (id, minutes) in ids.iter().zip((1..=sessions).rev()) {
        let at = start() - TimeDelta::minutes(minutes.into());
        let until = start() + TimeDelta::days(1);
        let values = [Expr::val(*id), Expr::val(user), Expr::val(at), Expr::val(at), Expr::val(until)];
        insert.values_panic(values.into_iter().chain([Expr::val(format!("hash {id}"))]));
    }
    app.state.db.writing().run(&insert).await.expect("the sessions are stored");
    ids
}

#[tokio::test]
async fn whoever_opens_too_many_sessions_loses_the_oldest() {
    app(async |app| {
        with_password(app).await;
        let ids = open(app, app.world.id("officer"), 210).await;
        let others = open(app, app.world.id("lead"), 210).await;

        let signed = app.anonymous().login("officer@test", PASSWORD).await;

        let me = holding(app, &signed.ok(200)["access_token"]);
        let listed = me.get("/me/sessions").await;
        let items = listed.ok(200)["items"].as_array().expect("items");
        let open = "session WHERE revoked_at IS NULL";
        assert_eq!((items.len(), app.count_committed(open).await), (200, 200 + 210));
        assert_eq!(items[0]["is_current"], true);
        assert_eq!(items[199]["id"], json!(ids[11]));
        me.delete(&format!("/me/sessions/{}", ids[10]), "").await.problem(404, "not_found");
        me.delete(&format!("/me/sessions/{}", ids[11]), "").await.ok(204);
        assert_eq!(others.len(), 210);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_that_is_too_long_says_so() {
    app(async |app| {
        with_password(app).await;
        let me = app.user("officer").await;
        let token = format!("/users/{}/password-token", app.world.id("officer"));
        let token = app.user("focal_point").await.post(&token, json!({})).await;
        let accept = |password: &str| json!({"token": token.body["token"], "password": password});
        let change = |password: &str| json!({"old_password": PASSWORD, "new_password": password});
        let (long, longest) = ("seven quiet rivers ".repeat(7), "eight quiet mountains of Naryn. ".repeat(4));

        let changed = me.post("/auth/password", change(&long)).await;
        let accepted = app.anonymous().post("/auth/accept", accept(&long)).await;
        let taken = app.anonymous().post("/auth/accept", accept(&longest)).await;

        assert_eq!((long.len(), longest.len()), (133, 128));
        assert_eq!(changed.violations(), [("/new_password".into(), "too_long".into())]);
        assert_eq!(accepted.violations(), [("/password".into(), "too_long".into())]);
        taken.ok(204);
        app.anonymous().login("officer@test", &longest).await.ok(200);
    })
    .await;
}
