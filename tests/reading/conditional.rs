//! Validators: what a caller has already, what it bases a write on, answers without a body.

use serde_json::json;

use super::{at, head, header};
use crate::support::app;

#[tokio::test]
async fn an_etag_spares_the_body_until_something_changes() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "tasks", "task:national");
        let read = me.get(&path).await;
        let list = me.get("/tasks").await;

        let same = me.with("if-none-match", read.etag()).get(&path).await;
        let same_list = me.with("if-none-match", format!("\"x\", {}", list.etag())).get("/tasks").await;
        me.edit(&path, json!({"title": "Another"})).await.ok(200);
        let other = me.with("if-none-match", read.etag()).get(&path).await;
        let other_list = me.with("if-none-match", list.etag()).get("/tasks").await;

        assert!(read.etag().starts_with("\"1.") && read.etag().len() == 16, "{}", read.etag());
        assert_eq!((same.status, same.bytes.len(), same.etag()), (304, 0, read.etag()));
        assert_eq!((same_list.status, same_list.bytes.len()), (304, 0));
        other.ok(200);
        other_list.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_compressed_answer_has_a_weak_tag_that_serves_as_well() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "tasks", "task:national");
        let plain = me.get(&path).await;

        let zipped = me.with("accept-encoding", "gzip").get(&path).await;
        let same = me.with("if-none-match", zipped.etag()).get(&path).await;
        let edited = me.patch(&path, &zipped.etag(), json!({"title": "By a weak tag"})).await;
        let outdated = me.patch(&path, &plain.etag(), json!({"title": "Again"})).await;
        let row = me.patch(&path, "\"2\"", json!({"title": "By the version alone"})).await;

        assert_eq!(header(&zipped, "content-encoding"), "gzip");
        assert_eq!(zipped.etag(), format!("W/{}", plain.etag()));
        assert_eq!(same.status, 304);
        assert_eq!(edited.ok(200)["version"], 2);
        outdated.problem(412, "stale_version");
        assert_eq!(row.ok(200)["version"], 3);
    })
    .await;
}

#[tokio::test]
async fn each_line_of_known_tags_counts() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "tasks", "task:national");
        let read = me.get(&path).await;

        let same = me.with("if-none-match", "\"x\"").with("if-none-match", read.etag()).get(&path).await;

        assert_eq!(same.status, 304);
    })
    .await;
}

#[tokio::test]
async fn an_etag_depends_on_what_is_shown() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "plans", "plan:national");
        let before = me.get("/countries/KGZ").await;

        let russian = me.get("/countries/KGZ?lang=ru").await;
        let with = me.with("if-none-match", before.etag()).get("/countries/KGZ?lang=ru").await;

        assert_ne!(before.etag(), russian.etag());
        with.ok(200);
        assert_eq!(
            header(&me.get(&path).await, "vary"),
            "Accept, Accept-Language, Accept-Encoding, Authorization, Origin, X-Concord-Act-As, X-Concord-View-As"
        );
    })
    .await;
}

#[tokio::test]
async fn head_answers_the_headers_alone() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "tasks", "task:national");

        let one = head(&me, &path).await;
        let list = head(&me, "/tasks?limit=1").await;
        let hidden = head(&me, &at(app, "tasks", "task:foreign")).await;

        assert_eq!((one.status, one.bytes.len(), one.etag()), (200, 0, me.get(&path).await.etag()));
        assert_eq!((list.status, list.bytes.len()), (200, 0));
        assert!(header(&list, "link").ends_with("rel=\"next\""));
        assert_eq!((hidden.status, hidden.bytes.len()), (404, 0));
    })
    .await;
}
