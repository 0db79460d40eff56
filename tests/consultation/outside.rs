//! Who comments from outside: by a release that says so, and for as long as it lasts.

use serde_json::json;

use super::{on, say};
use crate::support::{TestApp, app, client::Client};

async fn release(me: &Client<'_>, app: &TestApp, may_comment: bool) -> String {
    let body = json!({"subject": {"plan": app.world.id("plan:national")}, "audiences": ["partners"],
        "may_comment": may_comment});
    format!("/releases/{}", me.post("/releases", body).await.id())
}

#[tokio::test]
async fn an_audience_comments_where_the_release_says_so() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let inner = say(&me, on(app, "plan:national", "For the country")).await;
        let body = || on(app, "action:national", "We may help");

        let hidden = partner.post("/comments", body()).await;
        let reading = release(&me, app, false).await;
        let reader = partner.post("/comments", body()).await;
        let unseen = partner.get(&inner).await;
        me.act(&reading, "revoke", json!({})).await.ok(200);
        let talking = release(&me, app, true).await;
        let mut kept = body();
        kept["visibility"] = json!("agency");
        let kept = partner.post("/comments", kept).await;
        let made = partner.post("/comments", body()).await;
        let path = format!("/comments/{}", made.id());
        let seen = (partner.get(&inner).await.status, me.get(&path).await.status);
        let later = say(&me, on(app, "action:national", "Thank you")).await;
        let answer = partner.get(&later).await;
        let edited = partner.edit(&path, json!({"text": "We can help"})).await;
        let settles = partner.act(&path, "resolve", json!({})).await;
        let anonymous = app.anonymous().post("/comments", body()).await;
        me.act(&talking, "revoke", json!({})).await.ok(200);
        let after = (partner.get(&path).await.status, me.get(&path).await.status);

        assert_eq!(hidden.violations(), [("/subject".to_owned(), "reference_not_found".to_owned())]);
        reader.problem(403, "forbidden");
        assert_eq!(unseen.status, 404);
        kept.problem(403, "forbidden");
        assert_eq!(made.ok(201)["owner"], "KGZ");
        assert_eq!(seen, (200, 200));
        assert_eq!(answer.ok(200)["text"], "Thank you");
        assert_eq!(edited.ok(200)["text"], "We can help");
        settles.problem(403, "forbidden");
        anonymous.problem(401, "unauthenticated");
        assert_eq!(after, (404, 200));
    })
    .await;
}

#[tokio::test]
async fn comments_are_released_with_their_record_only() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let comment = say(&me, on(app, "plan:national", "For the country")).await;
        let id = comment.rsplit('/').next().expect("an id");

        let kind = json!({"subject": {"kind": "comment"}, "audiences": ["public"]});
        let kind = me.post("/releases", kind).await;
        let one = json!({"subject": {"record": {"kind": "comment", "id": id}}, "audiences": ["public"]});
        let one = me.post("/releases", one).await;

        assert_eq!(kind.violations(), [("/subject/kind".to_owned(), "not_in_list".to_owned())]);
        assert_eq!(one.violations(), [("/subject/record/kind".to_owned(), "not_in_list".to_owned())]);
        assert_eq!(app.anonymous().get(&comment).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn an_author_outside_names_no_external_key() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        release(&me, app, true).await;
        let keyed = |key: &str| {
            let mut body = on(app, "action:national", "We may help");
            body["source_system"] = json!("drafts");
            body["external_key"] = json!(key);
            body
        };
        say(&me, keyed("1")).await;

        let taken = partner.post("/comments", keyed("1")).await;
        let free = partner.post("/comments", keyed("2")).await;
        let plain = say(&partner, on(app, "action:national", "We may help")).await;
        let later = partner.edit(&plain, json!({"source_system": "drafts", "external_key": "1"})).await;

        for refused in [taken, free, later] {
            refused.problem(403, "forbidden");
            assert!(refused.body["detail"].to_string().contains("external key"), "{}", refused.body);
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_said_of_what_others_see_in_some_states_only() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let project = json!({"owner": "KGZ", "title": "Mobile laboratories", "language": "en"});
        let project = me.post("/projects", project).await.id();
        let asked = json!({"project": project, "country": "KAZ", "language": "en"});
        let asked = me.post("/project-countries", asked).await.id();

        let comment =
            json!({"subject": {"kind": "project_country", "id": asked}, "text": "What do they say?"});
        let comment = me.post("/comments", comment).await;

        assert_eq!(comment.violations(), [("/subject".to_owned(), "reference_not_found".to_owned())]);
    })
    .await;
}
