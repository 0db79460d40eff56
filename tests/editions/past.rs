//! Plans as they stood at a time.

use serde_json::json;

use super::{adopt_next, edit_next, opened};
use crate::support::app;

#[tokio::test]
async fn a_plan_is_read_as_it_stood() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [plan, _, _, action] = opened(app, "national").await;
        let id = plan.rsplit('/').next().unwrap_or_default().to_owned();
        let title = me.get(&action).await.ok(200)["title"].clone();
        let past = me.get(&format!("{plan}/history?limit=200")).await;
        let then = past.ok(200)["items"]
            .as_array()
            .and_then(|all| all.last()?["at"].as_str())
            .unwrap_or_default()
            .to_owned();
        edit_next(&me, &action, json!({"title": "The title of edition 2"})).await.ok(200);
        adopt_next(app, &plan).await.ok(200);

        let past = me.get(&format!("{action}?as_of={then}")).await;
        let tree = me.get(&format!("{plan}/tree?as_of={then}")).await;
        let list = me.get(&format!("/actions?plan_id={id}&as_of={then}")).await;
        let first = me.get(&format!("{action}?edition=1")).await;
        let now = me.get(&action).await;
        let early = me.get(&format!("{plan}?as_of=2000-01-01")).await;

        assert_eq!(past.ok(200)["title"], title);
        assert!(!tree.ok(200).to_string().contains("The title of edition 2"));
        assert_eq!(list.ok(200)["items"][0]["title"], title);
        assert_eq!(first.ok(200)["title"], title);
        assert_eq!(now.ok(200)["title"], "The title of edition 2");
        early.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_list_as_of_a_time_is_of_one_plan() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let refused = me.get("/actions?as_of=yesterday&status=done").await;

        let mut pointers: Vec<String> =
            refused.violations().into_iter().map(|(pointer, _)| pointer).collect();
        pointers.sort();
        assert_eq!(refused.status, 400);
        assert_eq!(pointers, ["?as_of", "?plan_id", "?status"]);
    })
    .await;
}

#[tokio::test]
async fn an_edition_and_a_time_exclude_each_other() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [plan, ..] = opened(app, "national").await;

        me.get(&format!("{plan}/tree?edition=1&as_of=2026-11-20")).await.problem(400, "bad_request");
    })
    .await;
}
