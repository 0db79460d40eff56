//! Outsiders learn nothing of an edition that is worked on.

use serde_json::json;

use super::{adopt_next, edit_next, next, opened};
use crate::{plans::at, support::app};

#[tokio::test]
async fn outsiders_see_nothing_of_the_next_edition() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let partner = app.user("partner").await;
        let [plan, pillar, _, action] = opened(app, "released").await;
        let above = pillar.rsplit('/').next().unwrap_or_default().to_owned();
        let before = (
            partner.get(&plan).await,
            partner.get(&action).await,
            partner.get(&format!("{action}/history")).await,
        );
        let cursor =
            partner.get("/changes?after=now").await.ok(200)["next"].as_str().unwrap_or_default().to_owned();

        edit_next(&me, &action, json!({"title": "A secret title"})).await.ok(200);
        me.post("/objectives?edition=working", json!({"pillar": above, "title": "A secret objective"}))
            .await
            .ok(201);
        me.act(&plan, "consult", json!({})).await.ok(200);
        let after = (
            partner.get(&plan).await,
            partner.get(&action).await,
            partner.get(&format!("{action}/history")).await,
        );
        let news = partner.get(&format!("/changes?after={cursor}")).await;

        assert_eq!(before.0.body, after.0.body);
        assert_eq!(before.0.etag(), after.0.etag());
        assert_eq!(before.1.body, after.1.body);
        assert_eq!(before.2.body, after.2.body);
        assert_eq!(news.ok(200)["items"], json!([]));
        assert_eq!(after.0.ok(200)["working_status"], json!(null));
        for path in [
            next(&plan),
            next(&action),
            format!("{plan}/tree?edition=working"),
            format!("{plan}/diff"),
            format!("{plan}/tree?edition=2"),
        ] {
            partner.get(&path).await.problem(404, "not_found");
        }
        assert_eq!(
            partner.get(&format!("{plan}/editions")).await.ok(200)["items"].as_array().map(Vec::len),
            Some(1)
        );
    })
    .await;
}

#[tokio::test]
async fn the_feed_tells_outsiders_of_an_adoption() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let partner = app.user("partner").await;
        let [plan, _, _, action] = opened(app, "released").await;
        edit_next(&me, &action, json!({"title": "An adopted title"})).await.ok(200);
        let cursor =
            partner.get("/changes?after=now").await.ok(200)["next"].as_str().unwrap_or_default().to_owned();

        adopt_next(app, &plan).await.ok(200);
        let news = partner.get(&format!("/changes?after={cursor}")).await;

        assert!(news.ok(200).to_string().contains("An adopted title"));
        assert_eq!(partner.get(&action).await.ok(200)["title"], "An adopted title");
        partner.get(&format!("{plan}/editions/1")).await.problem(404, "not_found");
        partner.get(&format!("{plan}/editions/2")).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn agencies_read_the_next_edition_as_far_as_they_read_the_plan() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let [plan, _, _, action] = opened(app, "national").await;
        edit_next(&me, &action, json!({"title": "For comments"})).await.ok(200);

        let observer = app.user("observer").await;
        let read = observer.get(&next(&action)).await;
        let hidden = observer.get(&next(&at(app, "plan", "group"))).await;
        let anonymous = app.anonymous().get(&next(&plan)).await;

        assert_eq!(read.ok(200)["title"], "For comments");
        hidden.problem(404, "not_found");
        anonymous.problem(404, "not_found");
    })
    .await;
}
