//! Webhooks as their makers keep them, on both faces.

use serde_json::json;

use super::{Receiver, hooked, made, run};

#[tokio::test]
async fn webhooks_are_their_makers_own() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let (path, hook) = made(&me, &receiver.url, json!({})).await;

        let others = ["secretariat", "operator", "foreign_focal_point"];
        for name in others {
            let other = app.user(name).await;
            other.get(&path).await.problem(404, "not_found");
            other.post(&format!("{path}/rotate"), json!({})).await.problem(404, "not_found");
            assert_eq!(other.get("/webhooks").await.ok(200)["items"], json!([]), "{name}");
        }
        assert_eq!(me.get("/webhooks").await.ok(200)["items"][0]["id"], hook["id"]);
        me.with("x-concord-view-as", "public").get(&path).await.problem(404, "not_found");
        me.with("x-concord-view-as", "public")
            .post("/webhooks", json!({ "url": receiver.url }))
            .await
            .problem(403, "viewing_as");
        app.anonymous()
            .post("/webhooks", json!({ "url": receiver.url }))
            .await
            .problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_is_told_at_once_and_a_caller_keeps_so_many() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let wrong = json!({ "url": "nothing", "kinds": ["tusk"], "countries": ["KGZ", "XX"], "events": ["made"], "signature": "rsa" });

        let answer = me.post("/webhooks", wrong).await;
        for _ in 0..20 {
            made(&me, &receiver.url, json!({})).await;
        }
        let more = me.post("/webhooks", json!({ "url": receiver.url })).await;

        answer.problem(422, "invalid");
        let pointers: Vec<String> = answer.violations().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(pointers, ["/countries/1", "/events/0", "/kinds", "/signature", "/url"]);
        more.problem(409, "illegal_move");
        assert_eq!(app.anonymous().get("/limits").await.ok(200)["webhooks"]["kept"], 20);
    })
    .await;
}

#[tokio::test]
async fn a_test_is_sent_whatever_the_state() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let (path, hook) = made(&me, &receiver.url, json!({})).await;
        me.post(&format!("{path}/pause"), json!({})).await.ok(200);

        let asked = me.post(&format!("{path}/test"), json!({})).await;
        receiver.answers(&[500]);
        run(app).await;
        run(app).await;

        asked.ok(202);
        let got = receiver.got();
        assert_eq!(got.len(), 1);
        assert_eq!(
            (&got[0].json()["type"], &got[0].json()["data"]["webhook"]),
            (&json!("ping"), &hook["id"])
        );
        let now = me.get(&path).await;
        assert_eq!((&now.ok(200)["state"], &now.body["failures"]), (&json!("paused"), &json!(0)));
        let attempts = me.get(&format!("{path}/attempts")).await;
        assert_eq!(attempts.ok(200)["items"][0]["status"], 500);
        assert_eq!(attempts.body["items"][0]["type"], "ping");
    })
    .await;
}

#[tokio::test]
async fn graphql_does_the_same() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let (_, hook) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        let id = json!({ "id": hook["id"] });

        let all = me.graphql("{ webhooks { items { id kinds state secret } next } }", json!({})).await;
        let edit = "mutation($id: ID!) { updateWebhook(input: {id: $id, kinds: [\"plans\"], countries: [\"KG\"]}) { kinds countries } }";
        let edited = me.graphql(edit, id.clone()).await;
        let null = me.graphql("mutation($id: ID!) { updateWebhook(input: {id: $id, kinds: null}) { id } }", id.clone()).await;
        let paused = me.graphql("mutation($id: ID!) { pauseWebhook(input: {id: $id}) { state reason } }", id.clone()).await;
        let resumed = me.graphql("mutation($id: ID!) { resumeWebhook(input: {id: $id, after: \"now\"}) { state } }", id.clone()).await;
        me.graphql("mutation($id: ID!) { testWebhook(input: {id: $id}) { id } }", id.clone()).await.data();
        run(app).await;
        let attempts = me.graphql("query($id: ID!) { webhookAttempts(id: $id) { items { type status error } } }", id.clone()).await;
        let gone = me.graphql("mutation($id: ID!) { deleteWebhook(input: {id: $id}) { id } }", id.clone()).await;
        let none = me.graphql("query($id: ID!) { webhook(id: $id) { id } }", id.clone()).await;

        let item = json!({ "id": hook["id"], "kinds": ["task"], "state": "active", "secret": null });
        assert_eq!(all.data()["webhooks"], json!({ "items": [item], "next": null }));
        assert_eq!(edited.data()["updateWebhook"], json!({ "kinds": ["plan"], "countries": ["KGZ"] }));
        assert_eq!(null.fault(), "invalid");
        assert_eq!(paused.data()["pauseWebhook"], json!({ "state": "paused", "reason": "asked" }));
        assert_eq!(resumed.data()["resumeWebhook"]["state"], "active");
        let ping = json!({ "type": "ping", "status": 204, "error": null });
        assert_eq!(attempts.data()["webhookAttempts"]["items"], json!([ping]));
        assert_eq!(gone.data()["deleteWebhook"], id);
        assert_eq!(none.data()["webhook"], json!(null));
    })
    .await;
}
