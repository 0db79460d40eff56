//! Comments have the circle of their record, and follow it.

use serde_json::json;

use super::{on, say};
use crate::{
    editions::{adopt_next, next, opened},
    support::app,
};

#[tokio::test]
async fn a_comment_is_never_wider_than_its_record() {
    app(async |app| {
        let (me, observer) = (app.user("focal_point").await, app.user("observer").await);
        let contributor = app.user("contributor").await;
        let on_task = say(&me, on(app, "task:national", "Seen by all")).await;
        let kept = say(&contributor, on(app, "task:agency", "Between the agencies")).await;
        let mut wide = on(app, "task:group", "Too wide");
        wide["visibility"] = json!("national");

        let wider = me.post("/comments", wide).await;
        let before = observer.get(&on_task).await;
        let task = format!("/tasks/{}", app.world.id("task:national"));
        me.edit(&task, json!({"visibility": "group"})).await.ok(200);
        let after = observer.get(&on_task).await;

        assert_eq!(wider.violations(), [("/visibility".to_owned(), "wider_than_parent".to_owned())]);
        assert_eq!((before.status, after.status), (200, 404));
        assert_eq!(me.get(&on_task).await.ok(200)["visibility"], "group");
        assert_eq!(app.user("officer").await.get(&kept).await.status, 200);
        assert_eq!(me.get(&kept).await.status, 404);
        assert_eq!(app.user("bystander").await.get(&kept).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_comment_follows_the_agencies_of_its_record() {
    app(async |app| {
        let (officer, contributor) = (app.user("officer").await, app.user("contributor").await);
        let bystander = app.user("bystander").await;
        let comment = say(&officer, on(app, "task:agency", "For us alone")).await;
        let task = format!("/tasks/{}", app.world.id("task:agency"));

        let before = (contributor.get(&comment).await.status, bystander.get(&comment).await.status);
        officer.edit(&task, json!({"contributing_agencies": ["MOF"]})).await.ok(200);
        let after = (contributor.get(&comment).await.status, bystander.get(&comment).await.status);

        assert_eq!((before, after), ((200, 404), (404, 200)));
    })
    .await;
}

#[tokio::test]
async fn what_is_said_of_a_drafted_record_is_hidden_until_it_is_in_force() {
    app(async |app| {
        let (me, observer) = (app.user("secretariat").await, app.user("observer").await);
        let [plan, _, objective, _] = opened(app, "national").await;
        let action =
            json!({"objective": objective.rsplit('/').next(), "title": "Drafted", "lead_agency": "MES"});
        let action = me.post(&next("/actions"), action).await.ok(201)["id"].clone();
        let body = json!({"subject": {"kind": "action", "id": action}, "text": "Is it needed?"});

        let blind = me.post("/comments", body.clone()).await;
        let made = me.post(&next("/comments"), body).await;
        let path = format!("/comments/{}", made.id());
        let before =
            (observer.get(&path).await.status, me.get(&path).await.status, me.get(&next(&path)).await.status);
        let listed = observer.get("/comments?total=true").await;
        let told = me.get(&format!("{plan}/consultation")).await;
        adopt_next(app, &plan).await.ok(200);
        let after = (observer.get(&path).await.status, me.get(&path).await.status);

        assert_eq!(blind.violations(), [("/subject".to_owned(), "reference_not_found".to_owned())]);
        assert_eq!(before, (404, 404, 200));
        assert_eq!(listed.ok(200)["page"]["total"], 0);
        assert_eq!(told.ok(200)["open"], 1);
        assert_eq!(after, (200, 200));
    })
    .await;
}
