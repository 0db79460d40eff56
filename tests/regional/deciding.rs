//! A country decides on what it has read.

use serde_json::{Value as Json, json};

use super::{ask, item};
use crate::support::app;

#[tokio::test]
async fn a_decision_on_an_item_that_changed_meanwhile_is_refused() {
    app(async |app| {
        let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);
        let item = item(app, json!({})).await;
        let path = ask(&regional, &item, "KAZ").await;
        let read = kaz.get(&path).await;

        regional.edit(&item, json!({"domains": ["C"]})).await.ok(200);
        let endorse = format!("{path}/endorse");
        let late = kaz.with("if-match", read.etag()).post(&endorse, json!({})).await;
        let anew = kaz.get(&path).await;
        let done = kaz.with("if-match", anew.etag()).post(&endorse, json!({})).await;

        assert_eq!(read.ok(200)["revision"], 0);
        late.problem(412, "stale_version");
        let anew = anew.ok(200);
        assert_eq!(
            (&anew["revision"], &anew["status"], &anew["status_reason"]),
            (&json!(1), &json!("proposed"), &Json::Null)
        );
        assert_eq!(done.ok(200)["status"], "endorsed");
    })
    .await;
}

#[tokio::test]
async fn what_a_country_endorses_stays_as_it_is() {
    app(async |app| {
        let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);
        let path = ask(&regional, &item(app, json!({})).await, "KAZ").await;

        let before = regional.edit(&path, json!({"note": "Please decide by May"})).await;
        kaz.act(&path, "endorse", json!({})).await.ok(200);
        let after = regional.edit(&path, json!({"note": "The country pays"})).await;
        kaz.act(&path, "decline", json!({})).await.ok(200);
        let declined = regional.edit(&path, json!({"note": "Please think again"})).await;

        before.ok(200);
        after.problem(409, "consented");
        declined.ok(200);
    })
    .await;
}

#[tokio::test]
async fn the_act_of_a_decision_is_its_own() {
    app(async |app| {
        let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);
        let path = ask(&regional, &item(app, json!({})).await, "KAZ").await;

        let declined = kaz.act(&path, "decline", json!({"act": "Order 5"})).await;
        let endorsed = kaz.act(&path, "endorse", json!({})).await;

        assert_eq!(declined.ok(200)["act"], "Order 5");
        assert_eq!(endorsed.ok(200)["act"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn a_preview_says_what_waits_for_a_decision() {
    app(async |app| {
        let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);
        let path = ask(&regional, &item(app, json!({})).await, "KAZ").await;
        let id = json!(path.rsplit('/').next());
        let plan = json!({"subject": {"plan": app.world.id("plan:regional")}, "audiences": ["public"]});
        let listed = |preview: &Json| {
            let shown = preview["audiences"][0]["records"].as_array().expect("a list");
            let left = preview["left_out"].as_array().expect("a list").iter().find(|one| one["id"] == id);
            (shown.iter().any(|one| one["id"] == id), left.map(|one| one["reason"].clone()))
        };

        let before = regional.post("/releases/preview", plan.clone()).await;
        kaz.act(&path, "endorse", json!({})).await.ok(200);
        let after = regional.post("/releases/preview", plan).await;

        assert_eq!(listed(before.ok(200)), (false, Some(json!("undecided"))));
        assert_eq!(listed(after.ok(200)), (true, None));
    })
    .await;
}
