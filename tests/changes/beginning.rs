//! Reading the feed from its beginning.

use serde_json::{Value as Json, json};

use super::read;
use crate::support::{TestApp, app, client::Client};

async fn new_task(me: &Client<'_>, title: &str) -> String {
    let task = json!({"title": title, "owner": "KGZ", "language": "en", "lead_agency": "MES"});
    me.post("/tasks", task).await.id()
}

async fn delete(me: &Client<'_>, id: &str) {
    let path = format!("/tasks/{id}");
    let etag = me.get(&path).await.etag();
    me.delete(&path, &etag).await.ok(204);
}

/// Two tasks that were there for a while: one is deleted, one hidden.
async fn gone(app: &TestApp) -> [String; 2] {
    let me = app.user("focal_point").await;
    let both = [new_task(&me, "Deleted").await, new_task(&me, "Hidden").await];
    delete(&me, &both[0]).await;
    me.edit(&format!("/tasks/{}", both[1]), json!({"visibility": "group"})).await.ok(200);
    both
}

/// Who begins now never had what is gone; its id would tell that it was there.
#[tokio::test]
async fn what_had_disappeared_before_a_reader_began_is_not_told() {
    app(async |app| {
        let gone = gone(app).await;
        let observer = app.user("observer").await;

        let (changes, _) = read(&observer, None).await;

        let told = |id: &String| changes.iter().any(|one| one["id"] == json!(id));
        assert!(changes.iter().all(|one| one["event"] == "appeared"), "{changes:?}");
        assert_eq!(gone.iter().map(told).collect::<Vec<_>>(), [false, false]);
    })
    .await;
}

#[tokio::test]
async fn what_disappears_while_a_reader_goes_through_the_pages_is_told() {
    app(async |app| {
        gone(app).await;
        let (me, observer) = (app.user("focal_point").await, app.user("observer").await);
        let task = new_task(&me, "Short").await;
        let first = observer.get("/changes?limit=1").await;
        let (rest, _) = read(&observer, first.ok(200)["next"].as_str()).await;
        assert!(rest.iter().any(|one| one["id"] == json!(task) && one["event"] == "appeared"));
        delete(&me, &task).await;

        let (after_all, _) = read(&observer, first.body["next"].as_str()).await;

        let told: Vec<&Json> = after_all.iter().filter(|one| one["event"] == "disappeared").collect();
        assert_eq!(told.iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&json!(task)]);
    })
    .await;
}
