//! First light.

use serde_json::json;

use crate::support::app;

#[tokio::test]
async fn a_focal_point_creates_reads_edits_and_deletes_a_task() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let made = me
            .post(
                "/tasks",
                json!({"owner": "KGZ", "title": "Write the law", "lead_agency": "MES", "language": "en"}),
            )
            .await;
        made.ok(201);
        let path = format!("/tasks/{}", made.id());
        let read = me.get(&path).await;
        let edited = me.patch(&path, &read.etag(), json!({"title": "Write the law again"})).await;
        let past = me.get(&format!("{path}/history")).await;
        let gone = me.delete(&path, &edited.etag()).await;

        assert_eq!(read.ok(200)["lead_agency"]["code"], "MES");
        assert_eq!(edited.ok(200)["version"], 2);
        assert_eq!(
            past.ok(200)["items"][1]["changes"]["title"],
            json!(["Write the law", "Write the law again"])
        );
        gone.ok(204);
        me.get(&path).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_portal_reads_a_plan_in_one_request() {
    app(async |app| {
        let portal = app.user("portal").await;
        let plan = app.world.id("plan:national");

        let answer = portal
            .graphql(
                "query($id: ID!) { plan(id: $id) { title pillars { totalCount nodes { title objectives { nodes { title
                 actions { nodes { title leadAgency { code name } obligations { nodes { code framework { code } } } } } } } } } } }",
                json!({"id": plan.to_string()}),
            )
            .await;

        let action = &answer.data()["plan"]["pillars"]["nodes"][0]["objectives"]["nodes"][0]["actions"]["nodes"][0];
        assert_eq!(action["leadAgency"]["code"], "MES");
        assert_eq!(action["obligations"]["nodes"][0]["framework"]["code"], "CWC");
    })
    .await;
}
