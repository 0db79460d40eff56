//! What the feed costs: pages load what they tell, those who wait share a look, and PostgreSQL tells of commits.

use std::{collections::BTreeSet, time::Duration};

use concord::domain::{KINDS, Registered};
use entity::Task;
use futures_util::future::join_all;
use kernel::{
    change::feed::{self, Position, Stretch},
    db::Db,
    record::Op,
    unit::Atomic,
};
use serde_json::json;
use tokio::time::timeout;
use uuid::Uuid;

use super::now;
use crate::{
    statements::counted,
    support::{TestApp, app, db::is_postgres},
};

/// Adds so many tasks in one change set, and answers where the log ended before.
async fn many_tasks(app: &TestApp, count: usize) -> Position {
    let begin = feed::end(&app.system()).await.expect("the log has an end");
    let fields = |at| {
        json!({ "owner": "KGZ", "title": format!("Task {at}"), "lead_agency": "MES", "language": "en",
            "plan": app.world.id("plan:national") })
    };
    let ops = (0..count).map(|at| Op::Create(fields(at).as_object().cloned().expect("fields")));
    let mut unit = app.system().begin().await.expect("a unit");
    unit.apply(Task::def(), ops.collect(), Atomic::All).await.expect("tasks");
    unit.commit().await.expect("the tasks are committed");
    begin
}

#[tokio::test]
async fn a_page_loads_what_it_tells() {
    app(async |app| {
        let begin = many_tasks(app, 300).await;
        let end = feed::end(&app.system()).await.expect("the log has an end");
        let actor = app.actor("focal_point").await;
        let read = async |after: Position, limit: usize| {
            let db = app.state.db.bounded(u64::MAX);
            let mut ctx = app.system().acting(actor.clone());
            ctx.db = db.clone();
            (
                feed::since(&ctx, Stretch { after, until: end, begun: 0 }, KINDS.all(), limit)
                    .await
                    .expect("a page"),
                db.rows(),
            )
        };

        let (one, for_one) = read(begin, 1).await;
        let (fifty, for_fifty) = read(begin, 50).await;
        let (mut told, mut after, mut pages) = (Vec::<Uuid>::new(), begin, 0);
        loop {
            let (page, _) = read(after, 40).await;
            told.extend(page.news.iter().map(|news| news.id));
            (after, pages) = (page.position, pages + 1);
            if !page.has_more {
                break;
            }
        }

        assert_eq!((one.news.len(), one.has_more, fifty.news.len()), (1, true, 50));
        // Changes looked at, the records that are told, and one more that says whether others follow.
        assert!(for_one <= 32 + 2 && for_fifty <= 100 + 51, "{for_one} and {for_fifty} rows");
        assert_eq!((told.len(), told.iter().collect::<BTreeSet<_>>().len()), (300, 300));
        assert_eq!(pages, 8);
    })
    .await;
}

#[tokio::test]
async fn a_record_that_changed_often_is_told_once_in_a_page() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let after = now(&me).await;
        let path = format!("/tasks/{}", app.world.id("task:national"));
        for at in 0..80 {
            me.edit(&path, json!({ "title": format!("Title {at}") })).await.ok(200);
        }

        let page = me.get(&format!("/changes?limit=2&after={after}")).await;

        let items = page.ok(200)["items"].as_array().cloned().unwrap_or_default();
        assert_eq!((items.len(), &page.body["has_more"]), (1, &json!(false)));
        assert_eq!(items[0]["record"]["title"], "Title 79");
    })
    .await;
}

#[tokio::test]
async fn those_who_wait_take_one_look_together() {
    app(async |app| {
        let counted = counted(app);
        let db = &counted.state.db;
        let me = app.user("focal_point").await;
        let before = db.statements();

        let first = join_all((0..20).map(|_| db.look(0))).await;
        let after_first = db.statements();
        let second = join_all((0..20).map(|_| db.look(1))).await;
        let after_second = db.statements();
        me.at(&counted)
            .edit(&format!("/tasks/{}", app.world.id("task:national")), json!({ "title": "Told" }))
            .await
            .ok(200);
        let third = db.look(1).await.expect("a look");

        let numbers = |looks: Vec<kernel::Result<kernel::db::Look>>| {
            looks.into_iter().map(|look| look.expect("a look").number).collect::<BTreeSet<_>>()
        };
        assert_eq!((after_first - before, after_second - after_first), (1, 1));
        let seq = second[0].as_ref().expect("a look").seq;
        assert_eq!((numbers(first), numbers(second)), (BTreeSet::from([1]), BTreeSet::from([2])));
        // Whoever saw the first only would take the second, were it not that something was committed since.
        assert_eq!((third.number, third.seq), (3, seq + 1));
    })
    .await;
}

#[tokio::test]
async fn commits_of_another_process_are_heard_on_postgresql() {
    app(async |app| {
        let other = Db::connect(&app.url, 2).await.expect("the database opens");
        let mut commits = other.commits();
        let hearing = tokio::spawn({
            let other = other.clone();
            async move { other.hear().await }
        });
        let me = app.user("focal_point").await;
        let mut heard =
            async || matches!(timeout(Duration::from_secs(20), commits.changed()).await, Ok(Ok(())));

        let listens = !is_postgres() || heard().await;
        me.edit(&format!("/tasks/{}", app.world.id("task:national")), json!({ "title": "Heard" }))
            .await
            .ok(200);
        let is_told = !is_postgres() || heard().await;

        assert!(listens && is_told);
        hearing.abort();
        let _ = hearing.await;
        other.close().await.expect("the database closes");
    })
    .await;
}
