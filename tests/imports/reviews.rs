//! Four eyes: what one person sends, another one commits.

use serde_json::json;

use super::{act, counts, send};
use crate::support::app;

const FILE: &str = "title,owner,lead_agency,language,source_system,external_key\nDrill,KGZ,MES,en,crm,1\n";

#[tokio::test]
async fn somebody_else_commits_what_was_sent() {
    app(async |app| {
        let (head, me) = (app.user("focal_point").await, app.user("secretariat").await);
        head.post("/import-rules", json!({"owner": "KGZ", "needs_second_person": true})).await.ok(201);

        let sent = send(&me, "kind=tasks", FILE).await;
        let plan = json!({ "import_plan": sent.ok(200)["import_plan"] });
        let own = me.post(&act(&sent, "commit"), plan).await;
        let own_review = me.post(&act(&sent, "review"), json!({})).await;
        let waiting = head.get("/imports?of_owner=true").await;
        let rows = head.get(&act(&sent, "rows")).await;
        let review = head.post(&act(&sent, "review"), json!({})).await;
        let done =
            head.post(&act(&review, "commit"), json!({ "import_plan": review.ok(200)["import_plan"] })).await;

        assert_eq!((&sent.body["state"], counts(&sent.body)), (&json!("awaiting_approval"), [1, 0, 0, 0, 0]));
        assert!(sent.body["warnings"].to_string().contains("awaits_second_person"), "{}", sent.body);
        own.problem(403, "forbidden");
        own_review.problem(409, "illegal_move");
        assert_eq!(waiting.ok(200)["items"][0]["id"], sent.body["id"]);
        rows.problem(404, "not_found");
        assert_eq!(review.body["reviews"], sent.body["id"]);
        assert_eq!((&done.ok(200)["state"], counts(&done.body)), (&json!("completed"), [1, 0, 0, 0, 0]));
        let ended = me.get(&format!("/imports/{}", sent.body["id"].as_str().unwrap())).await;
        assert_eq!((&ended.ok(200)["state"], &ended.body["sets"]), (&json!("completed"), &done.body["sets"]));
        me.get("/tasks/by-key/crm/1").await.ok(200);
        head.post(&act(&sent, "review"), json!({})).await.problem(409, "illegal_move");
    })
    .await;
}

#[tokio::test]
async fn a_review_is_judged_by_the_rights_of_who_reviews() {
    app(async |app| {
        let (head, me) = (app.user("focal_point").await, app.user("secretariat").await);
        let (officer, abroad) = (app.user("officer").await, app.user("foreign_focal_point").await);
        let sent = send(&me, "kind=tasks&dry_run=true", FILE).await;

        officer.post(&act(&sent, "review"), json!({})).await.problem(404, "not_found");
        abroad.post(&act(&sent, "review"), json!({})).await.problem(404, "not_found");
        officer.get("/imports?of_owner=true").await.problem(403, "forbidden");
        abroad
            .get(&format!("/imports/{}", sent.body["id"].as_str().unwrap()))
            .await
            .problem(404, "not_found");
        // Without the rule a review is an offer, and its sender may commit as ever.
        let review = head.post(&act(&sent, "review"), json!({})).await;
        assert_eq!(counts(review.ok(200)), [1, 0, 0, 0, 0]);
        let plan = json!({ "import_plan": sent.body["import_plan"] });
        me.post(&act(&sent, "commit"), plan).await.ok(200);
        let late =
            head.post(&act(&review, "commit"), json!({ "import_plan": review.body["import_plan"] })).await;
        late.problem(409, "plan_moved");
    })
    .await;
}

#[tokio::test]
async fn who_reviews_commits_under_the_source_systems_of_the_sender() {
    app(async |app| {
        let (head, me) = (app.user("focal_point").await, app.user("officer").await);
        head.post("/import-rules", json!({"owner": "KGZ", "needs_second_person": true})).await.ok(201);
        let sent = send(&me, "kind=tasks", FILE.replace("crm", "agency:MES")).await;

        let review = head.post(&act(&sent, "review"), json!({})).await;
        let plan = json!({ "import_plan": review.ok(200)["import_plan"] });
        let done = head.post(&act(&review, "commit"), plan).await;
        let own = send(&head, "kind=tasks&dry_run=true", FILE.replace("crm,1", "agency:MES,2")).await;

        assert_eq!(counts(done.ok(200)), [1, 0, 0, 0, 0], "{} {}", sent.body, done.body);
        head.get("/tasks/by-key/agency:MES/1").await.ok(200);
        assert_eq!(counts(own.ok(200)), [0, 0, 0, 0, 1]);
    })
    .await;
}
