//! What a caller has already costs one look at the end of the log.

use chrono::TimeDelta;
use concord::domain::KINDS;
use kernel::{db::Db, record::Op};
use serde_json::json;

use super::at;
use crate::{
    statements::counted,
    support::{TestApp, app},
};

/// Statements of a read of somebody who has the answer, and its status.
async fn again(app: &TestApp, who: &str, path: &str) -> (u64, u16) {
    let counting = counted(app);
    let me = counting.user(who).await;
    let read = me.get(path).await;
    read.ok(200);
    let me = me.with("if-none-match", read.etag());
    // Whoever asks first finds out where the log ends.
    me.get(path).await;
    me.get(path).await;
    let before = counting.state.db.statements();
    let same = me.get(path).await;
    assert_eq!((same.bytes.len(), same.etag()), (0, read.etag()), "{path}");
    (counting.state.db.statements() - before, same.status)
}

#[tokio::test]
async fn what_has_not_changed_is_one_statement() {
    app(async |app| {
        let mut found = Vec::new();
        for path in [
            "/tasks",
            "/tasks?total=true&status=planned",
            at(app, "tasks", "task:national").as_str(),
            "/analytics/tasks?group_by=status,lead_agency&measure=count,late",
            "/analytics/tasks/series?group_by=status&time_zone=Asia/Bishkek",
            "/countries?lang=ru",
        ] {
            found.push(again(app, "officer", path).await);
        }

        assert_eq!(found, [(1, 304); 6]);
    })
    .await;
}

#[tokio::test]
async fn figures_of_somebody_remembered_are_one_statement() {
    app(async |app| {
        let counting = counted(app);
        let me = counting.user("officer").await;
        let path = "/analytics/tasks?group_by=status,due_on:month&measure=count,late";
        me.get(path).await.ok(200);

        let before = counting.state.db.statements();
        me.get(path).await.ok(200);

        assert_eq!(counting.state.db.statements() - before, 1);
    })
    .await;
}

#[tokio::test]
async fn what_another_process_writes_is_known_at_once() {
    app(async |app| {
        let db = Db::connect(&app.url, 4).await.expect("the database opens");
        let other = TestApp::on(db, app.world.clone(), app.url.clone()).await;
        let me = app.user("officer").await;
        let read = me.get("/tasks").await;
        let me = me.with("if-none-match", read.etag());
        let same = [me.get("/tasks").await.status, me.get("/tasks").await.status];

        let mut unit = other.system().begin().await.expect("a unit");
        let fields = json!({"title": "Another title"}).as_object().cloned().expect("fields");
        let edit = Op::Update { id: app.world.id("task:national"), version: Some(1), fields };
        unit.apply_one(KINDS.get("task").expect("a kind"), edit).await.expect("an edit");
        unit.commit().await.expect("the unit is committed");
        let changed = me.get("/tasks").await;

        assert_eq!((same, changed.status), ([304, 304], 200));
        assert!(changed.body.to_string().contains("Another title"), "{}", changed.body);
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_tag_is_good_for_its_caller_address_and_languages_only() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let read = me.get("/plans").await;
        let mine = me.with("if-none-match", read.etag());
        assert_eq!([mine.get("/plans").await.status, mine.get("/plans").await.status], [304, 304]);
        let anonymous = app.anonymous().with("if-none-match", read.etag());

        let others = anonymous.get("/plans").await;
        let narrowed = mine.get("/plans?limit=7").await;

        assert_eq!((others.status, narrowed.status), (200, 200));
    })
    .await;
}

#[tokio::test]
async fn an_end_of_a_day_is_a_change_to_figures_of_a_zone() {
    app(async |app| {
        // Shortly before midnight in Bishkek, which is no midnight of UTC.
        let now = app.state.clock.now();
        let today = now.with_timezone(&chrono_tz::Asia::Bishkek).date_naive();
        let midnight = today.and_hms_opt(23, 59, 59).and_then(|end| end.and_local_timezone(chrono_tz::Asia::Bishkek).single());
        app.state.clock.advance(midnight.expect("an instant").to_utc() - now - TimeDelta::minutes(5));
        let task = json!({"owner": "KGZ", "title": "Due today", "lead_agency": "MES", "language": "en", "due_on": today.to_string()});
        app.user("focal_point").await.post("/tasks", task).await.ok(201);
        let me = app.user("officer").await;
        let path = format!("/analytics/tasks?due_from={today}&due_to={today}&measure=late&time_zone=Asia/Bishkek");
        let read = me.get(&path).await;
        let me = me.with("if-none-match", read.etag());
        let same = [me.get(&path).await.status, me.get(&path).await.status];

        app.state.clock.advance(TimeDelta::minutes(6));
        let later = me.get(&path).await;

        assert_eq!((read.ok(200)["rows"][0]["late"].clone(), same), (json!(0), [304, 304]));
        assert_eq!(later.ok(200)["rows"][0]["late"], 1);
    })
    .await;
}
